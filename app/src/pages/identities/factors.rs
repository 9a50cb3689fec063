//! `/identities/{id}/factors`: two administrators let somebody begin anew who lost their second factors.

use chrono_tz::Tz;
use leptos::prelude::*;
use tenure_domain::identity::Identity;
use tenure_services::factors::RESET_HOURS;
use tenure_store::factors::FactorResetView;

use crate::components::{
    Banner, Button, ErrorSummary, FormErrors, LinkButton, Look, PageHeader, Panel, PostForm, TextArea, Tone, absolute,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// Whose factors.
    pub identity: Identity,
    /// What was asked and waits.
    pub asked: Option<FactorResetView>,
    /// How many they have.
    pub factors: usize,
    /// Whether the reader asked.
    pub own: bool,
    /// What was typed.
    pub typed: String,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    let title = format!("Second factors of {}", model.identity.display_name);
    frame.page(model.errors.title(&title), Some(NavItem::Identities), move || body(model, title, token))
}

fn body(model: Model, title: String, token: String) -> AnyView {
    let Model { identity, asked, factors, own, typed, errors } = model;
    let (name, id) = (identity.display_name.clone(), identity.id);
    let crumbs = vec![("Identities".to_owned(), "/identities".to_owned()), (name.clone(), format!("/identities/{id}"))];
    let has = match factors {
        0 => format!("{name} has none here."),
        1 => format!("{name} has 1."),
        n => format!("{name} has {n}."),
    };
    let e = errors.clone();
    let content = match asked {
        None if factors == 0 => ().into_any(),
        None => view! {
            <Panel title="They were lost" note=format!("A second administrator confirms it within {RESET_HOURS} hours, or it is over.")>
                <PostForm action=format!("/identities/{id}/factors") token>
                    <TextArea label="What was lost, and how you know" name="reason" value=typed hint="It stands in the audit log" error=e.at("reason")/>
                    <div><Button look=Look::Danger>"Ask that they be taken away"</Button></div>
                </PostForm>
            </Panel>
        }
        .into_any(),
        Some(view) => {
            let until = absolute(view.reset.expires_at, Tz::UTC);
            let asked = format!("{} asked for it, until {until}: {}", view.asked_by_name, view.reset.reason);
            let confirm = if own {
                view! { <Banner tone=Tone::Plain title="You asked for it.">"Another administrator confirms it, after making sure of who it is."</Banner> }.into_any()
            } else {
                view! {
                    <PostForm action=format!("/identities/{id}/factors/confirm") token=token.clone()>
                        <TextArea label="How you made sure of who it is" name="proofed" value=typed hint="In person, by a document, by a call to a number that you knew before. It stands in the audit log" error=e.at("proofed")/>
                        <div><Button look=Look::DangerMain>"Take them away"</Button></div>
                    </PostForm>
                    <p class="faint">"Second factors, recovery codes, password and sessions are gone at once. A link leads to a new password, and from there to new factors."</p>
                }
                .into_any()
            };
            view! {
                <Panel title="Waits for a second administrator">
                    <div class="stack">
                        <p>{asked}</p>
                        {confirm}
                        <PostForm action=format!("/identities/{id}/factors/withdraw") token class=""><Button look=Look::Quiet>"Withdraw it"</Button></PostForm>
                    </div>
                </Panel>
            }
            .into_any()
        }
    };
    view! {
        <ErrorSummary errors/>
        <PageHeader title crumbs lead=has><LinkButton href=format!("/identities/{id}") look=Look::Quiet>"Back"</LinkButton></PageHeader>
        {content}
    }
    .into_any()
}
