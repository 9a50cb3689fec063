//! Roles, credentials and operations of an identity, as tables.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::credential::CredentialKind;
use tenure_domain::grant::{AssignmentReason, AssignmentState};
use tenure_domain::id::IdentityId;
use tenure_services::identities::IdentityDetail;
use tenure_store::credentials::CredentialView;
use tenure_store::operations::OperationView;

use super::access::note;
use super::rights::Rights;
use crate::components::{Column, Disclosure, Hide, LinkButton, Look, Panel, Proof, ProofMark, Table, TableLook, Tag, Time, Tone, date};
use crate::pages::browser::browser;
use crate::pages::credentials::words::state_tag;
use crate::pages::words::capital;

/// The roles, with the reason of each.
pub(crate) fn roles(detail: &IdentityDetail, rights: &Rights, now: DateTime<Utc>) -> AnyView {
    let id = detail.identity.id;
    let give = rights.assign.then(|| {
        view! { <LinkButton href=format!("/identities/{id}/roles/new") small=true icon="plus">"Give a role"</LinkButton> }.into_any()
    });
    let aside = crate::components::Slot(give);
    if detail.assignments.is_empty() {
        return view! { <Panel title="Roles" aside><p class="sub">"None: no rule matches, and nobody gave one by hand."</p></Panel> }
            .into_any();
    }
    let rows = detail
        .assignments
        .iter()
        .map(|a| {
            let role = if rights.sees_access { view! { <a href=format!("/roles/{}", a.role_id)>{a.role.clone()}</a> }.into_any() } else { a.role.clone().into_any() };
            let reason = match (&a.rule, a.reason) {
                (Some(rule), AssignmentReason::Rule) if rights.sees_access => view! { "Rule: "<a href=format!("/rules/{}", a.origin)>{rule.clone()}</a> }.into_any(),
                (Some(rule), AssignmentReason::Rule) => format!("Rule: {rule}").into_any(),
                (_, AssignmentReason::Direct) => format!("By hand: {}", note(a)).into_any(),
                (_, reason) => format!("{}: {}", capital(reason.label()), note(a)).into_any(),
            };
            let until = match (a.state, a.until) {
                (AssignmentState::Grace, Some(at)) => view! { <Tag tone=Tone::Warning icon="clock">"In grace"</Tag>" "<Time at now short=true/> }.into_any(),
                (_, Some(at)) => view! { <Time at now short=true/> }.into_any(),
                (_, None) => "No end".into_any(),
            };
            let by_hand = a.reason != AssignmentReason::Rule;
            let take = (rights.assign && by_hand).then(|| view! { <LinkButton href=format!("/identities/{id}/roles/{}/end", a.id) small=true look=Look::Quiet label=format!("Take away… {}", a.role)>"Take away…"</LinkButton> });
            let cell = rights.assign.then(|| view! { <td>{take}</td> });
            let since = a.since;
            view! {
                <tr>
                    <th scope="row">{role}</th>
                    <td>{reason}</td>
                    <td class="hide-s nowrap"><Time at=since now short=true/></td>
                    <td class="nowrap">{until}</td>
                    {cell}
                </tr>
            }
        })
        .collect_view();
    let mut columns = vec![Column::new("Role"), Column::new("Why"), Column::new("Since").hide(Hide::Small), Column::new("Ends")];
    if rights.assign {
        columns.push(Column::new("Change").quiet());
    }
    let caption = format!("Roles of {}", detail.identity.display_name);
    view! { <Panel title="Roles" aside><Table caption name="Table of roles" look=TableLook::Last columns>{rows}</Table></Panel> }.into_any()
}

/// The credentials: the live ones, then what has ended.
pub(super) fn credentials(detail: &IdentityDetail, rights: &Rights, now: DateTime<Utc>) -> AnyView {
    let (live, dead): (Vec<_>, Vec<_>) = detail.credentials.iter().partition(|c| c.credential.state.is_live());
    let id = detail.identity.id;
    let issue = rights
        .issue_token
        .then(|| view! { <LinkButton href=format!("/identities/{id}/tokens/new") small=true icon="plus">"Issue a token"</LinkButton> });
    let register = rights
        .register_key
        .then(|| view! { <LinkButton href=format!("/identities/{id}/ssh-keys/new") small=true icon="plus">"Add an SSH key"</LinkButton> });
    let aside = view! { <span class="row">{issue}{register}{all(id, detail.credentials.len())}</span> }.into_any();
    let name = &detail.identity.display_name;
    let alive = if live.is_empty() {
        view! { <p class="sub">"None that could prove anything."</p> }.into_any()
    } else {
        credential_table(&live, &format!("Live credentials of {name}"), "Table of live credentials", now)
    };
    let past = (!dead.is_empty()).then(|| {
        let summary = if dead.len() == 1 { "1 that is dead".to_owned() } else { format!("{} that are dead", dead.len()) };
        let shown: Vec<_> = dead.iter().copied().take(20).collect();
        let table = credential_table(
            &shown,
            &format!("Dead credentials of {name}, newest first, {} of {} shown", shown.len(), dead.len()),
            "Table of dead credentials",
            now,
        );
        view! { <Disclosure summary>{table}</Disclosure> }
    });
    view! { <Panel title="Credentials" aside><div class="stack stack--s">{alive}{past}</div></Panel> }.into_any()
}

fn all(id: IdentityId, n: usize) -> Option<AnyView> {
    (n > 0).then(|| view! { <a class="sub" href=format!("/credentials?of={id}")>{format!("All ({n})")}</a> }.into_any())
}

/// Credentials as rows: the same on all pages of an identity.
pub(crate) fn credential_table(rows: &[&CredentialView], caption: &str, name: &str, now: DateTime<Utc>) -> AnyView {
    let rows = rows
        .iter()
        .map(|v| {
            let c = &v.credential;
            let label = if c.kind == CredentialKind::Session { browser(&c.label) } else { c.label.clone() };
            let note = [Some(capital(c.kind.label())), v.application.clone().or(Some(c.issuer.clone()).filter(|i| !i.is_empty()))]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · ");
            let (created, ends, used) = (c.created_at, c.expires_at, c.last_used_at);
            let ends = ends.map_or_else(|| "No end".into_any(), |at| view! { <Time at now short=true/> }.into_any());
            let used = used.map_or_else(|| "No data".into_any(), |at| view! { <Time at now short=true/> }.into_any());
            view! {
                <tr>
                    <th scope="row"><a href=format!("/credentials/{}", c.id)>{label}</a><br/><span class="faint">{note}</span></th>
                    <td>{state_tag(c.state)}</td>
                    <td class="hide-s nowrap"><Time at=created now short=true/></td>
                    <td class="hide-s nowrap">{ends}</td>
                    <td class="nowrap">{used}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        Column::new("Credential"),
        Column::new("State"),
        Column::new("Made").hide(Hide::Small),
        Column::new("Ends").hide(Hide::Small),
        Column::new("Last used"),
    ];
    view! { <Table caption=caption.to_owned() name=name.to_owned() look=TableLook::Last columns>{rows}</Table> }.into_any()
}

/// What is or was owed to targets.
pub(super) fn operations(detail: &IdentityDetail, now: DateTime<Utc>) -> AnyView {
    if detail.operations.is_empty() {
        return ().into_any();
    }
    let open = detail.operations.iter().filter(|o| o.state.is_open()).count();
    let shown: Vec<_> = detail.operations.iter().take(50).collect();
    let caption =
        format!("Operations for {}, newest first, {} of {} shown", detail.identity.display_name, shown.len(), detail.operations.len());
    let table = operation_table(&shown, &caption, now);
    let aside = view! { <span class="sub">{if open == 0 { "Nothing is owed now".to_owned() } else { format!("{open} owed now") }}</span> }
        .into_any();
    view! { <Panel title="Operations" aside note="Changes owed to targets. Each stays until it is read back, or somebody attests it.">{table}</Panel> }.into_any()
}

/// Operations as rows, each with its proof mark.
pub(super) fn operation_table(rows: &[&OperationView], caption: &str, now: DateTime<Utc>) -> AnyView {
    let rows = rows
        .iter()
        .map(|o| {
            let what = o.subject.clone().unwrap_or_else(|| "unnamed".to_owned());
            let target = o.application.clone().unwrap_or_else(|| "no target".to_owned());
            let (since, changed) = (o.created_at, o.updated_at);
            view! {
                <tr>
                    <th scope="row">{what}<br/><span class="faint">{format!("{} · {target}", capital(o.kind.label()))}</span></th>
                    <td>{proof(o)}</td>
                    <td class="hide-s nowrap"><Time at=since now short=true/></td>
                    <td class="hide-s nowrap"><Time at=changed now short=true/></td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        Column::new("Operation"),
        Column::new("State"),
        Column::new("Owed since").hide(Hide::Small),
        Column::new("Last change").hide(Hide::Small),
    ];
    view! { <Table caption=caption.to_owned() name="Table of operations" look=TableLook::Last columns>{rows}</Table> }.into_any()
}

/// The mark of an operation. What is no longer wanted is neither proven nor owed.
pub(super) fn proof(o: &OperationView) -> AnyView {
    if o.state == tenure_domain::operation::OperationState::Superseded {
        return view! { <Tag tone=Tone::Off>"Superseded"</Tag> }.into_any();
    }
    view! { <ProofMark state=proof_state(o)/> }.into_any()
}

/// How far an operation is proven.
pub(super) fn proof_state(o: &OperationView) -> Proof {
    Proof::from_word(o.state.label())
}

/// A day as words, or what stands for none.
pub(crate) fn day_or(day: Option<chrono::NaiveDate>, none: &str) -> String {
    day.map_or_else(|| none.to_owned(), date)
}
