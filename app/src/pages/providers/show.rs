//! `/settings/sign-in/{id}`: one provider.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::sign_in::{LinkBy, ProviderState};
use tenure_store::sign_in::ProviderView;

use super::{crumbs, state};
use crate::components::{
    Banner, Button, Copy, ErrorSummary, Fact, Facts, FormErrors, LinkButton, Look, PageHeader, Panel, PostForm, Slot, TextField, Time,
    Tone, Width, count,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The provider.
    pub view: ProviderView,
    /// What it said of itself last.
    pub findings: Vec<(&'static str, String)>,
    /// What is registered there as redirect URI.
    pub callback: String,
    /// What is registered there for logout.
    pub logout: String,
    /// Where it may send people back to who signed out.
    pub signed_out: String,
    /// Whether the reader may change it.
    pub may_manage: bool,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    let title = model.errors.title(&model.view.provider.name);
    frame.page(title, Some(NavItem::Audit), move || body(model, token, now))
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> AnyView {
    let Model { view, findings, callback, logout, signed_out, may_manage, errors } = model;
    let (p, links) = (view.provider, view.links);
    let at = format!("/settings/sign-in/{}", p.id);
    let found = match p.link_by {
        LinkBy::EmployeeId | LinkBy::UserName => format!("{}, in the claim {}", p.link_by.label(), p.link_claim),
        LinkBy::Email => format!("{}: {}", p.link_by.label(), p.link_domains),
        LinkBy::Administrator => p.link_by.label().to_owned(),
    };
    let facts = vec![
        Fact::new("Issuer", p.issuer.clone()),
        Fact::new("Client ID", p.client_id.clone()),
        Fact::new("Tenure proves itself by", p.client_auth.label()),
        Fact::new("Scopes", format!("openid {}", p.scopes)),
        Fact::new("Who comes first is found by", found),
        Fact::new("Signing out there too", if p.sign_out_there { "Yes, where it offers it" } else { "No" }),
        Fact::new("Linked people", count(links)),
    ];
    let said = p.said.clone();
    let refused = (!said.is_empty()).then(|| view! { <Banner tone=Tone::Warning title="It could not be used last.">{said}</Banner> });
    let copied = |text: String| view! { <Copy text/> }.into_any();
    let addresses = vec![
        Fact::new("Redirect URI", copied(callback)),
        Fact::new("Back-channel logout URI", copied(logout.clone())),
        Fact::new("Front-channel logout URI", copied(logout)),
        Fact::new("Post-logout redirect URI", copied(signed_out)),
    ];
    let looked = p.looked_at.map(|at| view! { <p class="faint">"As of "<Time at now/></p> });
    let what: Vec<Fact> = findings.into_iter().map(|(name, words)| Fact::new(name, words)).collect();
    let acts = may_manage.then(|| acts(&at, p.state, &errors, &token));
    let edit = may_manage.then(|| view! { <LinkButton href=format!("{at}/edit") icon="edit">"Edit"</LinkButton> });
    view! {
        <ErrorSummary errors/>
        <PageHeader title=p.name crumbs=crumbs() tags=Slot(Some(state(p.state, &p.said)))>{edit}</PageHeader>
        {refused}
        <Facts facts/>
        <Panel title="What is registered there" note="Exactly so, for the client of Tenure."><Facts facts=addresses/></Panel>
        <Panel title="What it says of itself">{looked}<Facts facts=what/></Panel>
        {acts}
    }
    .into_any()
}

fn acts(at: &str, state: ProviderState, errors: &FormErrors, token: &str) -> AnyView {
    let (act, words, note) = if state == ProviderState::Disabled {
        ("enable", "Enable it", "")
    } else {
        ("disable", "Disable it", "Nobody signs in by it any more, and the sessions that it opened end at once.")
    };
    let (test, switch, remove) = (format!("{at}/test"), format!("{at}/{act}"), format!("{at}/remove"));
    let error = errors.at("confirm");
    let (test_token, switch_token, remove_token) = (token.to_owned(), token.to_owned(), token.to_owned());
    view! {
        <div class="row">
            <PostForm action=test token=test_token class=""><Button icon="refresh">"Test it now"</Button></PostForm>
            <PostForm action=switch token=switch_token class=""><Button>{words}</Button></PostForm>
            <span class="faint">{note}</span>
        </div>
        <Panel title="Remove it" note="Its links go, and the sessions that it opened end at once." light=true>
            <PostForm action=remove token=remove_token>
                <TextField label="Its name, to confirm" name="confirm" error=error autocomplete="off" width=Width::Medium/>
                <div class="row"><Button look=Look::Danger>"Remove"</Button></div>
            </PostForm>
        </Panel>
    }
    .into_any()
}
