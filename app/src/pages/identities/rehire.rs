//! `/identities/{id}/rehire`: bringing an ended identity back.

use leptos::prelude::*;
use tenure_domain::identity::Identity;

use crate::components::{
    Banner, Button, DateField, ErrorSummary, FormErrors, Kind, LinkButton, Look, PageHeader, PostForm, TextField, Tone,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Model {
    /// Who comes back.
    pub identity: Identity,
    /// The first day, as it was typed: day, month, year.
    pub start_on: (String, String, String),
    /// What was typed as reason.
    pub reason: String,
    /// What was wrong; the day's fault under `start_on-day`.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    let title = format!("Rehire {}", model.identity.display_name);
    frame.page(model.errors.title(&title), Some(NavItem::Identities), move || body(model, title, token))
}

fn body(model: Model, title: String, token: String) -> AnyView {
    let Model { identity, start_on, reason, errors } = model;
    let back = format!("/identities/{}", identity.id);
    let crumbs = vec![("Identities".to_owned(), "/identities".to_owned()), (identity.display_name.clone(), back.clone())];
    let lead = "It keeps its history, and gets back nothing unasked: what birthright rules give, they give anew. Old sessions, tokens and passwords stay dead.";
    let listed = identity.source_id.is_some() && !identity.source_present;
    let warning = listed.then(|| view! { <Banner tone=Tone::Warning title="Its source does not list it.">"The next import would end it again. List it in the source, too."</Banner> });
    let ownerless = identity.kind.is_non_human().then(
        || view! { <Banner tone=Tone::Warning title="Check its owner.">"A non-human identity needs somebody who answers for it."</Banner> },
    );
    let words = title.clone();
    view! {
        <ErrorSummary errors=errors.clone()/>
        <PageHeader title crumbs kind=Kind::from_word(identity.kind.as_str()) named=identity.display_name.clone() lead/>
        {warning}
        {ownerless}
        <PostForm action=format!("{back}/rehire") token>
            <DateField legend="First day" name="start_on" value=start_on hint="A day to come makes it a pre-hire, and it starts by itself" error=errors.at("start_on-day")/>
            <TextField label="Reason" name="reason" value=reason hint="A mistaken end is undone by a rehire, never silently" error=errors.at("reason") required=true/>
            <div class="row"><Button look=Look::Main>{words}</Button><LinkButton href=back look=Look::Quiet>"Cancel"</LinkButton></div>
        </PostForm>
    }
    .into_any()
}
