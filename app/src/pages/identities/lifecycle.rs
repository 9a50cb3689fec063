//! `/identities/{id}/lifecycle`: one change of state, with its reason.

use leptos::prelude::*;
use tenure_domain::identity::{Identity, Transition};

use super::confirm::confirm_field;
use crate::components::{Banner, Button, ErrorSummary, FormErrors, Kind, LinkButton, Look, PageHeader, PostForm, TextField, Tone};
use crate::layout::NavItem;
use crate::page::Frame;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Model {
    /// Whose state changes.
    pub identity: Identity,
    /// How.
    pub transition: Transition,
    /// What was typed as reason.
    pub reason: String,
    /// What was typed to confirm.
    pub confirm: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// Whether nothing takes a transition back.
pub const fn is_final(t: Transition) -> bool {
    matches!(t, Transition::Archive)
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    let title = title(model.transition, &model.identity.display_name);
    frame.page(model.errors.title(&title), Some(NavItem::Identities), move || body(model, title, token))
}

fn title(t: Transition, name: &str) -> String {
    match t {
        Transition::Activate => format!("Start {name} now"),
        Transition::StartLeave => format!("Send {name} on leave"),
        Transition::EndLeave => format!("Bring {name} back from leave"),
        Transition::Suspend => format!("Suspend {name}"),
        Transition::Resume => format!("Resume {name}"),
        Transition::Archive => format!("Archive {name}"),
        other => format!("{}: {name}", other.label()),
    }
}

/// What follows from it, in a sentence or two.
fn follows(t: Transition) -> &'static str {
    match t {
        Transition::Activate => "The first day is today, whatever the source says. Birthright rules give access at once.",
        Transition::StartLeave => "Access, sessions and tokens stay, by policy. The timeline says since when.",
        Transition::EndLeave => "It is active again, with the access that it kept.",
        Transition::Suspend => {
            "Its sessions and tokens end at once and for good, and it cannot sign in. What it holds stays recorded, so that resuming needs no new start. Accounts on targets are not touched."
        }
        Transition::Resume => {
            "It is active again and may sign in. Sessions and tokens that the suspension ended stay dead: issue new tokens where they are needed."
        }
        Transition::Archive => "It is put away for the record. Its user name is free for somebody else, and it can never be rehired.",
        _ => "",
    }
}

fn body(model: Model, title: String, token: String) -> AnyView {
    let Model { identity, transition, reason, confirm, errors } = model;
    let back = format!("/identities/{}", identity.id);
    let crumbs = vec![("Identities".to_owned(), "/identities".to_owned()), (identity.display_name.clone(), back.clone())];
    let last = is_final(transition);
    let warning = last.then(
        || view! { <Banner tone=Tone::Danger title="This cannot be undone.">"Nothing changes an archived identity any more."</Banner> },
    );
    let field = last.then(|| confirm_field(&identity.user_name, confirm, &errors));
    let look = if last { Look::DangerMain } else { Look::Main };
    let words = title.clone();
    view! {
        <ErrorSummary errors=errors.clone()/>
        <PageHeader title crumbs kind=Kind::from_word(identity.kind.as_str()) named=identity.display_name.clone() lead=follows(transition)/>
        {warning}
        <PostForm action=format!("{back}/lifecycle") token>
            <input type="hidden" name="to" value=transition.as_str()/>
            <TextField label="Reason" name="reason" value=reason hint="It stands in the timeline" error=errors.at("reason")/>
            {field}
            <div class="row"><Button look>{words}</Button><LinkButton href=back look=Look::Quiet>"Cancel"</LinkButton></div>
        </PostForm>
    }
    .into_any()
}
