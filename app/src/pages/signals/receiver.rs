//! `/signals/receivers/{id}`: one receiver, and what went to it last.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::signal::{DeliveryState, ReceiverKind, ReceiverState, SignalKind};
use tenure_services::signals::ReceiverPage;
use tenure_store::signals::{ReceiverRow, SignalRow};

use super::{crumbs, removal, state};
use crate::components::{
    Banner, Button, Column, Empty, ErrorSummary, Fact, Facts, FormErrors, Hide, LinkButton, Look, PageHeader, Pager, Panel, PostForm,
    Query, Slot, Table, TableLook, Tag, TextField, Time, Tone, Width, count,
};
use crate::layout::NavItem;
use crate::page::Frame;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The receiver.
    pub receiver: ReceiverPage,
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
    let title = model.errors.title(&model.receiver.view.receiver.name);
    frame.page(title, Some(NavItem::Audit), move || body(model, token, now))
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> AnyView {
    let Model { receiver: ReceiverPage { view, signals }, origin, may_manage, errors } = model;
    let left = view.is_left_waiting(now);
    let r = view.receiver;
    let at = format!("/signals/receivers/{}", r.id);
    let kinds: Vec<&str> = r.kinds().into_iter().map(SignalKind::label).collect();
    let mut facts = vec![Fact::new("By", r.kind.label()), Fact::new("Told when", kinds.join("; "))];
    match r.kind {
        ReceiverKind::Poll => facts.push(Fact::new("It asks", format!("{origin}/api/ssf/v1/poll/{}", r.id))),
        _ => facts.push(Fact::new("At", r.url.clone())),
    }
    if r.kind != ReceiverKind::Webhook {
        facts.push(Fact::new("Audience", r.audience.clone()));
        facts.push(Fact::new("Subjects are named", r.subject_form.label()));
        facts.push(Fact::new("Who fetches", view.reader.clone().unwrap_or_else(|| "Nobody".to_owned())));
    }
    if r.kind == ReceiverKind::Poll {
        let fetched = r.fetched_at.map_or_else(|| "Never".into_any(), |at| view! { <Time at now/> }.into_any());
        facts.push(Fact::new("Last fetched", fetched));
    }
    facts.push(Fact::new("On its way", count(view.owed)));
    if let Some(at) = view.waiting_since {
        facts.push(Fact::new("The oldest waits since", view! { <Time at now/> }));
    }
    let left = left.then(|| {
        view! { <Banner tone=Tone::Warning title="Nobody fetches it.">"What happens waits for the service that fetches: look there whether it runs, and whether its API token still works."</Banner> }
    });
    let banner = banner(r.state, &r.said);
    let acts = may_manage.then(|| acts(&at, &r, &errors, &token));
    let next = signals.next.as_ref().map(|cursor| format!("{at}?{}", Query::parse("").and("after", cursor.encode())));
    let list = if signals.rows.is_empty() {
        view! { <Empty title="Nothing yet" icon="refresh" level=3>"What happens from now on is told. A test shows whether it arrives."</Empty> }.into_any()
    } else {
        let columns = vec![Column::new("What"), Column::new("State"), Column::new("Last answer").hide(Hide::Small), Column::new("Since")];
        let rows = signals.rows.into_iter().map(|row| delivery(row, now)).collect_view();
        view! {
            <Table caption="Deliveries, newest first" name="Deliveries" columns look=TableLook::Top>{rows}</Table>
            <Pager shown="Newest first" next=next/>
        }
        .into_any()
    };
    view! {
        <ErrorSummary errors/>
        <PageHeader title=r.name crumbs=crumbs() tags=Slot(Some(state(r.state, r.failures)))/>
        {banner}
        {left}
        <Facts facts/>
        {acts}
        <Panel title="Deliveries" note="What arrived is kept for 14 days; what did not is tried until it has, or until the receiver refused it ten times.">{list}</Panel>
    }
    .into_any()
}

fn banner(state: ReceiverState, said: &str) -> Option<AnyView> {
    let title = match state {
        ReceiverState::Paused => "It is paused: nothing goes out, and what happens is kept.",
        ReceiverState::Enabled if said.is_empty() => return None,
        ReceiverState::Enabled => "The last try did not arrive.",
    };
    let said = said.to_owned();
    Some(view! { <Banner tone=Tone::Warning title>{said}</Banner> }.into_any())
}

fn acts(at: &str, receiver: &ReceiverRow, errors: &FormErrors, token: &str) -> AnyView {
    let (kind, state, version) = (receiver.kind, receiver.state, receiver.version);
    let form = |act: &str| (format!("{at}/{act}"), token.to_owned());
    let ((test, test_token), (resume, resume_token), (pause, pause_token), (remove, remove_token)) =
        (form("test"), form("resume"), form("pause"), form("remove"));
    let edit = format!("{at}/edit");
    let switch = match state {
        ReceiverState::Paused => {
            view! { <PostForm action=resume token=resume_token class=""><Button look=Look::Main>"Resume"</Button></PostForm> }.into_any()
        }
        ReceiverState::Enabled => {
            view! { <PostForm action=pause token=pause_token class=""><Button>"Pause"</Button></PostForm> }.into_any()
        }
    };
    let (rotate, rotate_token) = form("rotate");
    let secret = match kind {
        ReceiverKind::Poll => None,
        ReceiverKind::Webhook => Some(
            view! { <PostForm action=rotate token=rotate_token class=""><input type="hidden" name="version" value=version.to_string()/><Button icon="key">"New secret"</Button></PostForm> }.into_any(),
        ),
        ReceiverKind::Push => {
            let error = errors.at("authorization");
            Some(
                view! {
                    <Panel title="Another Authorization" light=true>
                        <PostForm action=rotate token=rotate_token>
                            <input type="hidden" name="version" value=version.to_string()/>
                            <TextField label="Authorization" name="authorization" error=error hint="As the receiver gave it to you: Bearer … It replaces the one before at once. Empty for none." autocomplete="off" width=Width::Medium/>
                            <div class="row"><Button icon="key">"Replace it"</Button></div>
                        </PostForm>
                    </Panel>
                }
                .into_any(),
            )
        }
    };
    let confirm_error = errors.at("confirm");
    view! {
        <div class="row">
            <PostForm action=test token=test_token class=""><Button icon="refresh">"Send a test"</Button></PostForm>
            {switch}
            <LinkButton href=edit>"Change it"</LinkButton>
        </div>
        {secret}
        {removal("Remove it", "It is told nothing any more, also not what is on its way.", remove, confirm_error, remove_token)}
    }
    .into_any()
}

fn delivery(row: SignalRow, now: DateTime<Utc>) -> AnyView {
    let tone = match row.state {
        DeliveryState::Delivered => Tone::Success,
        DeliveryState::Owed if row.failures == 0 => Tone::default(),
        _ => Tone::Warning,
    };
    let tries = (row.failures > 0)
        .then(|| if row.failures == 1 { " after 1 refusal".to_owned() } else { format!(" after {} refusals", row.failures) });
    let said = if row.said.is_empty() { "Not asked yet".to_owned() } else { row.said };
    view! {
        <tr>
            <th scope="row">{row.kind.as_str()}<br/><code class="faint">{row.id.to_string()}</code></th>
            <td><Tag tone=tone>{row.state.label()}</Tag>{tries}</td>
            <td class="hide-s">{said}</td>
            <td class="nowrap"><Time at=row.created_at now short=true/></td>
        </tr>
    }
    .into_any()
}
