//! `/identities/{id}/ended`: what the end did, and how far what it owes has come.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::identity::LifecycleState;
use tenure_services::identities::EndReport;
use tenure_store::operations::OperationView;

use super::tables::{proof, proof_state};
use super::{list, side};
use crate::components::{
    Banner, Chip, Column, GroupRow, Hide, Kind, LinkButton, PageHeader, Panel, Progress, Proof, ProofMark, Stat, Stats, Table, TableLook,
    Tag, Time, Tone, absolute, count,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::capital;

/// The page. `may_hand_over` says whether the reader may give what it owned a new owner.
pub fn page(frame: &Frame, report: EndReport, may_hand_over: bool) -> String {
    let now = frame.now;
    frame.page(format!("The end of {}", report.identity.display_name), Some(NavItem::Identities), move || body(report, may_hand_over, now))
}

fn body(report: EndReport, may_hand_over: bool, now: DateTime<Utc>) -> AnyView {
    let i = &report.identity;
    let back = format!("/identities/{}", i.id);
    let crumbs = vec![("Identities".to_owned(), "/identities".to_owned()), (i.display_name.clone(), back.clone())];
    let lead = format!(
        "{}, by {} ({}): “{}”",
        absolute(report.ending.at, chrono_tz::Tz::UTC),
        report.ending.actor,
        report.ending.channel,
        report.ending.reason
    );
    let state = view! { {list::state(i.state)} }.into_any();
    let back_again = (!matches!(i.state, LifecycleState::Terminated | LifecycleState::Archived)).then(|| view! { <Banner tone=Tone::Warning title="It was rehired since.">"What the end did stands below. What came back, came by rules or by hand."</Banner> });
    let refresh = format!("{back}/ended");
    let record = report.record.map(|id| view! { <LinkButton href=format!("/offboarding/{id}") icon="check">"The record"</LinkButton> });
    view! {
        <PageHeader title=format!("The end of {}", i.display_name) crumbs kind=Kind::from_word(i.kind.as_str()) named=i.display_name.clone() lead tags=state>
            {record}
            <LinkButton href=refresh icon="refresh">"Refresh"</LinkButton>
            <LinkButton href=back>"To the identity"</LinkButton>
        </PageHeader>
        {back_again}
        {progress(&report.operations)}
        {dead(&report)}
        {cascade(&report.operations, now)}
        {heirs(&report, may_hand_over)}
        {side::names("Personas that ended with it", &report.personas, None, "")}
    }
    .into_any()
}

/// What of the owed is proven: superseded changes are not wanted any more and count for neither.
fn wanted(operations: &[OperationView]) -> Vec<&OperationView> {
    operations.iter().filter(|o| o.state != tenure_domain::operation::OperationState::Superseded).collect()
}

fn progress(operations: &[OperationView]) -> AnyView {
    let wanted = wanted(operations);
    if wanted.is_empty() {
        return view! { <Banner tone=Tone::Success title="Nothing is owed to any target.">"Whatever could act in its name was Tenure's own, and is dead."</Banner> }.into_any();
    }
    let n = |len: usize| u64::try_from(len).unwrap_or_default();
    let of = |state: Proof| wanted.iter().filter(|o| proof_state(o) == state).count();
    let proven = of(Proof::Verified) + of(Proof::Attested);
    let label = format!("{proven} of {} owed items proven", wanted.len());
    let tally = Proof::ALL
        .into_iter()
        .map(|state| (state, of(state)))
        .filter(|(_, n)| *n > 0)
        .map(|(state, n)| view! { <li><ProofMark state words=format!("{n} {}", state.word().to_lowercase())/></li> })
        .collect_view();
    view! {
        <section class="stack stack--s" aria-labelledby="progress-title">
            <h2 id="progress-title" class="vh">"Progress"</h2>
            <p><b class="big">{format!("{proven} of {}", wanted.len())}</b>" items that were owed to targets are proven dead"</p>
            <Progress value=n(proven) max=n(wanted.len()) label/>
            <ul class="tally">{tally}</ul>
        </section>
    }
    .into_any()
}

fn dead(report: &EndReport) -> AnyView {
    let e = report.effects.clone();
    let words = |n: usize| count(i128::try_from(n).unwrap_or_default());
    view! {
        <Panel title="Died at once" note="In the transaction of the end itself: no request was answered in its name after that moment.">
            <Stats>
                <Stat label="Sessions" value=words(e.sessions) note="deleted"/>
                <Stat label="API tokens" value=words(e.api_tokens) note="deleted"/>
                <Stat label="Other credentials of Tenure" value=words(e.issued_revoked) note="password, set-up link"/>
                <Stat label="Roles" value=words(e.assignments) note="ended"/>
            </Stats>
        </Panel>
    }
    .into_any()
}

fn cascade(operations: &[OperationView], now: DateTime<Utc>) -> AnyView {
    if operations.is_empty() {
        return ().into_any();
    }
    let mut rows: Vec<AnyView> = Vec::new();
    let mut target: Option<String> = None;
    for o in operations {
        let name = o.application.clone().unwrap_or_else(|| "No target".to_owned());
        if target.as_ref() != Some(&name) {
            let n = operations.iter().filter(|x| x.application == o.application).count();
            rows.push(view! { <GroupRow span=4>{format!("{name}: {n}")}</GroupRow> }.into_any());
            target = Some(name);
        }
        let what = o.subject.clone().unwrap_or_else(|| "unnamed".to_owned());
        let (since, changed) = (o.created_at, o.updated_at);
        let same = since == changed;
        let last = if same { "not yet".into_any() } else { view! { <Time at=changed now short=true/> }.into_any() };
        rows.push(
            view! {
                <tr>
                    <th scope="row">{what}<br/><span class="faint">{capital(o.kind.label())}</span></th>
                    <td>{proof(o)}</td>
                    <td class="hide-s nowrap"><Time at=since now short=true/></td>
                    <td class="hide-s nowrap">{last}</td>
                </tr>
            }
            .into_any(),
        );
    }
    let caption = format!("What was owed to targets, by target: {} items", operations.len());
    let columns = vec![
        Column::new("Item"),
        Column::new("State"),
        Column::new("Owed since").hide(Hide::Small),
        Column::new("Last change").hide(Hide::Small),
    ];
    view! { <Panel title="Owed to targets"><Table caption name="Table of what was owed" look=TableLook::Last columns>{rows}</Table></Panel> }.into_any()
}

fn heirs(report: &EndReport, may_hand_over: bool) -> AnyView {
    if report.hand_overs.is_empty() {
        return ().into_any();
    }
    let open = report.hand_overs.iter().filter(|h| h.state == "open").count();
    let rows = report
        .hand_overs
        .iter()
        .map(|h| {
            let state = match &h.new_owner {
                Some(owner) => view! { <span>{format!("Now {owner}'s")}</span> }.into_any(),
                None => view! { <Tag tone=Tone::Danger>"No owner yet"</Tag> }.into_any(),
            };
            view! { <li class="row row--between"><Chip kind=Kind::from_word(h.kind.as_str()) name=h.display_name.clone() href=format!("/identities/{}", h.identity_id) note=h.purpose.clone()/>{state}</li> }
        })
        .collect_view();
    let aside = (may_hand_over && open > 0).then(|| view! { <a class="sub" href="/hand-overs">"Choose new owners"</a> }.into_any());
    view! { <Panel title="What it owned" aside=crate::components::Slot(aside)><ul class="stack stack--s">{rows}</ul></Panel> }.into_any()
}
