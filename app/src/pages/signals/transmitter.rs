//! `/signals/transmitters/{id}`: one transmitter, and what was taken from it last.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::signal::ReceiverState;
use tenure_services::signals::TransmitterPage;
use tenure_store::signals::TakenRow;

use super::{crumbs, removal, state};
use crate::components::{
    Banner, Button, Column, Empty, ErrorSummary, Fact, Facts, FormErrors, Hide, PageHeader, Panel, PostForm, Slot, Table, TableLook, Time,
    Tone,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The transmitter.
    pub page: TransmitterPage,
    /// The address by which this installation is known.
    pub origin: String,
    /// Whether the reader may change it.
    pub may_manage: bool,
    /// What was wrong.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    let title = model.errors.title(&model.page.transmitter.name);
    frame.page(title, Some(NavItem::Audit), move || body(model, token, now))
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> AnyView {
    let Model { page: TransmitterPage { transmitter: t, taken }, origin, may_manage, errors } = model;
    let at = format!("/signals/transmitters/{}", t.id);
    let keys = if t.jwks_uri.is_empty() { "Pasted".to_owned() } else { t.jwks_uri.clone() };
    let facts = vec![
        Fact::new("Issuer", t.issuer.clone()),
        Fact::new("Audience", t.audience.clone()),
        Fact::new("Its keys", keys),
        Fact::new("It sends to", format!("{origin}/api/ssf/v1/events")),
        Fact::new("By the token", format!("{}…", t.hint)),
        Fact::new("Whom it means is found by", t.match_by.label()),
        Fact::new("Session revoked", t.on_session_revoked.label()),
        Fact::new("Credential changed", t.on_credential_change.label()),
        Fact::new("Account disabled", t.on_account_disabled.label()),
    ];
    let said = t.said.clone();
    let refused = (!said.is_empty()).then(|| view! { <Banner tone=Tone::Warning title="Its last token was refused.">{said}</Banner> });
    let acts = may_manage.then(|| acts(&at, t.state, &errors, &token));
    let list = if taken.is_empty() {
        view! { <Empty title="Nothing yet" icon="lock" level=3>"What it sends stands here, with what came of it."</Empty> }.into_any()
    } else {
        let columns =
            vec![Column::new("Event"), Column::new("What came of it"), Column::new("Whom").hide(Hide::Small), Column::new("When")];
        let rows = taken.into_iter().map(|row| one(row, now)).collect_view();
        view! { <Table caption="What was taken, newest first, fifty at most" name="Taken" columns look=TableLook::Top>{rows}</Table> }
            .into_any()
    };
    view! {
        <ErrorSummary errors/>
        <PageHeader title=t.name crumbs=crumbs() tags=Slot(Some(state(t.state, 0)))/>
        {refused}
        <Facts facts/>
        {acts}
        <Panel title="What was taken">{list}</Panel>
    }
    .into_any()
}

fn acts(at: &str, state: ReceiverState, errors: &FormErrors, token: &str) -> AnyView {
    let (act, words) =
        if state == ReceiverState::Paused { ("resume", "Take its signals again") } else { ("pause", "Take none for a while") };
    let (switch, remove) = (format!("{at}/{act}"), format!("{at}/remove"));
    let error = errors.at("confirm");
    let (switch_token, remove_token) = (token.to_owned(), token.to_owned());
    view! {
        <PostForm action=switch token=switch_token class=""><Button>{words}</Button></PostForm>
        {removal("Trust it no more", "Its token and its keys are forgotten.", remove, error, remove_token)}
    }
    .into_any()
}

fn one(row: TakenRow, now: DateTime<Utc>) -> AnyView {
    let events: Vec<&str> = row.events.split(' ').map(|uri| uri.rsplit('/').next().unwrap_or(uri)).collect();
    let whom = row.identity_id.map(|id| view! { <a href=format!("/identities/{id}")>"Identity"</a> });
    view! {
        <tr>
            <th scope="row">{events.join(", ")}<br/><code class="faint">{row.jti.clone()}</code></th>
            <td>{row.said}</td>
            <td class="hide-s">{whom}</td>
            <td class="nowrap"><Time at=row.at now short=true/></td>
        </tr>
    }
    .into_any()
}
