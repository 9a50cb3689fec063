//! Home of somebody who sees their own, and perhaps a team's.

use leptos::prelude::*;
use tenure_domain::credential::CredentialKind;
use tenure_domain::grant::{AssignmentState, GrantState};
use tenure_domain::identity::LifecycleState;
use tenure_services::home::Own;
use tenure_services::identities::IdentityDetail;
use tenure_store::identities::IdentityName;

use super::work::{self, Task};
use crate::components::{Card, Chip, Column, Date, Empty, Fact, Facts, FactsLook, Hide, Kind, Panel, Stat, Stats, Table, TableLook, count};
use crate::pages::identities::list::state;
use crate::pages::words::many;

pub(super) fn view(own: Own, tasks: Vec<Task>) -> AnyView {
    let me = own.me;
    view! {
        <div class="cols cols--main-side home-top">
            {work::view(tasks, "What needs you appears here: credentials that end, secrets that grow old, what nobody uses any more.")}
            {account(&me)}
        </div>
        {holds(&me)}
        {reports(&me)}
        {answers_for(&me)}
    }
    .into_any()
}

fn account(me: &IdentityDetail) -> AnyView {
    let live =
        |kind: CredentialKind| me.credentials.iter().filter(|c| c.credential.kind == kind && c.credential.state.is_live()).count() as i64;
    let i = &me.identity;
    let manager = i.manager_id.and_then(|id| me.names.get(&id)).map(|m| m.display_name.clone());
    let facts = vec![
        Fact::new("User name", i.user_name.clone()),
        Fact::new("Department", if i.department.is_empty() { "None".to_owned() } else { i.department.clone() }),
        Fact::new("Manager", manager.unwrap_or_else(|| "None".to_owned())),
        Fact::new("Signed in", many(live(CredentialKind::Session), "session", "sessions")),
        Fact::new("Tokens", count(live(CredentialKind::Token))),
    ];
    let aside = view! { <a class="sub" href="/account">"Sessions and tokens"</a> };
    view! {
        <aside aria-label="Your account">
            <Card title="Your account" paper=true aside><Facts facts look=FactsLook::Lines/></Card>
        </aside>
    }
    .into_any()
}

fn holds(me: &IdentityDetail) -> AnyView {
    let grants = me.grants.iter().filter(|g| matches!(g.grant.state, GrantState::Held | GrantState::OutOfBand)).count() as i64;
    let roles: Vec<_> = me.assignments.iter().filter(|a| a.state != AssignmentState::Ended).collect();
    let live =
        me.credentials.iter().filter(|c| c.credential.state.is_live() && c.credential.kind != CredentialKind::Session).count() as i64;
    let aside = view! { <a class="sub" href="/my-access">"All of it, and why"</a> };
    let (role_count, credentials) = (count(roles.len() as i64), format!("/credentials?live=yes&of={}", me.identity.id));
    let numbers = view! {
        <Stats>
            <Stat label="Roles" value=role_count href="/my-access"/>
            <Stat label="Entitlements" value=count(grants) href="/my-access"/>
            <Stat label="Credentials" value=count(live) href=credentials note="Keys, tokens, certificates; not sessions"/>
        </Stats>
    };
    let list = if roles.is_empty() {
        view! { <Empty title="You hold no role" icon="layers">"Roles come by rule, from your department and title, or an administrator gives you one."</Empty> }.into_any()
    } else {
        let columns =
            vec![Column::new("Role"), Column::new("Why"), Column::new("Since").hide(Hide::Small), Column::new("Until").hide(Hide::Small)];
        let rows = roles
            .iter()
            .take(20)
            .map(|a| {
                let why = match &a.rule {
                    Some(rule) => format!("Rule {rule}"),
                    None => crate::pages::words::capital(a.reason.label()),
                };
                let until = match a.until {
                    Some(at) => view! { <Date day=at.date_naive()/> }.into_any(),
                    None => view! { <span class="faint">"No end"</span> }.into_any(),
                };
                view! { <tr><th scope="row">{a.role.clone()}</th><td>{why}</td><td class="hide-s"><Date day=a.since.date_naive()/></td><td class="hide-s">{until}</td></tr> }
            })
            .collect_view();
        view! { <Table caption="Your roles" columns look=TableLook::Last>{rows}</Table> }.into_any()
    };
    view! { <Panel title="What you hold" aside><div class="stack">{numbers}{list}</div></Panel> }.into_any()
}

fn reports(me: &IdentityDetail) -> Option<AnyView> {
    if me.reports.is_empty() {
        return None;
    }
    let n = me.reports.len() as i64;
    let active = me.reports.iter().filter(|r| r.state == LifecycleState::Active).count() as i64;
    let aside = view! { <a class="sub" href=format!("/identities?manager={}", me.identity.id)>{format!("All {}", count(n))}</a> };
    let note = format!("{}, {} active.", many(n, "person reports to you", "people report to you"), count(active));
    let list = names("People who report to you", &me.reports);
    Some(view! { <Panel title="Your team" aside note>{list}</Panel> }.into_any())
}

fn answers_for(me: &IdentityDetail) -> Option<AnyView> {
    if me.owned.is_empty() {
        return None;
    }
    let aside =
        view! { <a class="sub" href=format!("/identities?owner={}", me.identity.id)>{format!("All {}", count(me.owned.len() as i64))}</a> };
    let list = names("Non-human identities that you own", &me.owned);
    Some(view! { <Panel title="You answer for" aside note="Non-human identities that you own: services, workloads, agents, vendors.">{list}</Panel> }.into_any())
}

fn names(caption: &'static str, names: &[IdentityName]) -> AnyView {
    let rows = names
        .iter()
        .take(20)
        .map(|i| {
            view! {
                <tr>
                    <th scope="row"><Chip kind=Kind::from_word(i.kind.as_str()) name=i.display_name.clone() href=format!("/identities/{}", i.id) note=i.user_name.clone()/></th>
                    <td>{state(i.state)}</td>
                </tr>
            }
        })
        .collect_view();
    view! { <Table caption columns=vec![Column::new("Identity"), Column::new("State")] look=TableLook::Last>{rows}</Table> }.into_any()
}
