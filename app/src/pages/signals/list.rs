//! `/signals`: all receivers and transmitters.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::signal::{Effect, ReceiverKind, ReceiverState};
use tenure_store::signals::{ReceiverView, TransmitterRow};

use super::state;
use crate::components::{Column, Empty, Hide, LinkButton, Look, PageHeader, Panel, Table, TableLook, Tag, Time, Tone, count};
use crate::layout::NavItem;
use crate::page::Frame;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// Who is told.
    pub receivers: Vec<ReceiverView>,
    /// Whose signals are taken.
    pub transmitters: Vec<TransmitterRow>,
    /// Whether the reader may change them.
    pub may_manage: bool,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let now = frame.now;
    frame.page("Signals", Some(NavItem::Audit), move || body(model, now))
}

fn body(model: Model, now: DateTime<Utc>) -> AnyView {
    let Model { receivers, transmitters, may_manage } = model;
    let tell =
        may_manage.then(|| view! { <LinkButton href="/signals/receivers/new" icon="plus" look=Look::Main>"Tell somebody"</LinkButton> });
    let trust = may_manage.then(|| view! { <LinkButton href="/signals/transmitters/new" icon="plus">"Trust a transmitter"</LinkButton> });
    let told = if receivers.is_empty() {
        view! { <Empty title="Nobody is told yet" icon="refresh" level=3>"A receiver is told what happens to identities and credentials: by signed webhooks, or by security event tokens (CAEP, RISC)."</Empty> }.into_any()
    } else {
        let columns = vec![
            Column::new("Receiver"),
            Column::new("By"),
            Column::new("State"),
            Column::new("On its way").numeric(),
            Column::new("Last arrived").hide(Hide::Small),
        ];
        let rows = receivers.into_iter().map(|view| receiver(view, now)).collect_view();
        view! { <Table caption="Who is told, by name" name="Receivers" columns look=TableLook::Top>{rows}</Table> }.into_any()
    };
    let taken = if transmitters.is_empty() {
        view! { <Empty title="Nobody's signals are taken yet" icon="lock" level=3>"An identity provider that you trust can say that somebody's sessions are over or their account is disabled. Sessions and API tokens here then end at once."</Empty> }.into_any()
    } else {
        let columns = vec![
            Column::new("Transmitter"),
            Column::new("State"),
            Column::new("A disabled account").hide(Hide::Small),
            Column::new("Last taken").hide(Hide::Small),
        ];
        let rows = transmitters.into_iter().map(|row| transmitter(row, now)).collect_view();
        view! { <Table caption="Whose signals are taken, by name" name="Transmitters" columns look=TableLook::Top>{rows}</Table> }
            .into_any()
    };
    view! {
        <PageHeader title="Signals" lead="Other systems are told what happens here, and tell it themselves.">{trust}{tell}</PageHeader>
        <Panel title="Who is told">{told}</Panel>
        <Panel title="Whose signals are taken">{taken}</Panel>
    }
    .into_any()
}

fn never() -> AnyView {
    view! { <span class="faint">"Never"</span> }.into_any()
}

fn receiver(view: ReceiverView, now: DateTime<Utc>) -> AnyView {
    let left = view.is_left_waiting(now).then(|| view! { " "<Tag tone=Tone::Warning>"Nobody fetches it"</Tag> });
    let fetches = (view.receiver.kind == ReceiverKind::Poll).then(|| {
        let fetched = view.receiver.fetched_at.map_or_else(|| "never".into_any(), |at| view! { <Time at now short=true/> }.into_any());
        view! { <br/><span class="faint">"Last fetched: "{fetched}</span> }
    });
    let waiting = view.waiting_since.map(|at| view! { <br/><span class="faint">"since "<Time at now short=true/></span> });
    let r = view.receiver;
    let said = (!r.said.is_empty()).then(|| view! { <br/><span class="faint">{r.said.clone()}</span> });
    view! {
        <tr>
            <th scope="row"><a href=format!("/signals/receivers/{}", r.id)>{r.name}</a></th>
            <td>{r.kind.label()}</td>
            <td>{state(r.state, r.failures)}{left}{fetches}{said}</td>
            <td class="num">{count(view.owed)}{waiting}</td>
            <td class="nowrap hide-s">{r.delivered_at.map_or_else(never, |at| view! { <Time at now short=true/> }.into_any())}</td>
        </tr>
    }
    .into_any()
}

fn transmitter(t: TransmitterRow, now: DateTime<Utc>) -> AnyView {
    let said = (!t.said.is_empty()).then(|| view! { <br/><span class="faint">{format!("Last refused: {}", t.said)}</span> });
    let effect = if t.state == ReceiverState::Paused { Effect::Record } else { t.on_account_disabled };
    view! {
        <tr>
            <th scope="row"><a href=format!("/signals/transmitters/{}", t.id)>{t.name}</a><br/><span class="faint">{t.issuer}</span></th>
            <td>{state(t.state, 0)}{said}</td>
            <td class="hide-s">{effect.label()}</td>
            <td class="nowrap hide-s">{t.taken_at.map_or_else(never, |at| view! { <Time at now short=true/> }.into_any())}</td>
        </tr>
    }
    .into_any()
}
