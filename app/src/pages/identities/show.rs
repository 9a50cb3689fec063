//! `/identities/{id}`: one identity with everything about it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::access::PortalRole;
use tenure_domain::grant::GrantState;
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{IdentityKind, LifecycleState, Transition};
use tenure_services::identities::IdentityDetail;
use tenure_store::audit::AuditRow;

use super::access::access;
use super::links::{Links, links_card};
use super::portal::portal_card;
use super::rights::Rights;
use super::tables::{credentials, operations, roles};
use super::{list, side};
use crate::components::{
    Banner, ErrorSummary, Fact, Facts, FactsLook, FormErrors, Kind, LinkButton, Look, PageHeader, Tab, Tabs, Tag, Time, Tone, date,
    relative,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::capital;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The identity with everything about it.
    pub detail: IdentityDetail,
    /// What the reader may do.
    pub rights: Rights,
    /// The newest events about it.
    pub happened: Vec<AuditRow>,
    /// Whether there are older ones.
    pub more_happened: bool,
    /// Portal roles and whether there is a password; for administrators.
    pub portal: Option<(BTreeSet<PortalRole>, bool)>,
    /// Which subjects of providers stand for them; for administrators.
    pub links: Option<Links>,
    /// Why the last command was not carried out.
    pub errors: FormErrors,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let (token, now) = (frame.token(), frame.now);
    let title = model.errors.title(&model.detail.identity.display_name);
    frame.page(title, Some(NavItem::Identities), move || body(model, token, now))
}

fn body(model: Model, token: String, now: DateTime<Utc>) -> impl IntoView {
    let Model { detail, rights, happened, more_happened, portal, links, errors } = model;
    let i = &detail.identity;
    let id = i.id;
    let links = links.and_then(|links| links_card(i, links, &errors, token.clone(), now));
    let portal = portal.map(|(roles, password)| portal_card(i, &roles, password, token));
    view! {
        <ErrorSummary errors/>
        {header(&detail, &rights)}
        {facts(&detail, now)}
        {findings(&detail, &rights)}
        {tabs(&detail)}
        <div class="cols cols--main-side">
            <div class="flow">
                {access(&detail, rights.sees_access, false, now)}
                {roles(&detail, &rights, now)}
                {credentials(&detail, &rights, now)}
                {operations(&detail, now)}
            </div>
            <div class="flow">
                {portal}
                {links}
                {side::names("Owned identities", &detail.owned, Some(format!("/identities?owner={id}")), "It answers for them.")}
                {side::names("Personas", &detail.personas, None, "They end with this identity.")}
                {side::names("Reports", &detail.reports, Some(format!("/identities?manager={id}")), "")}
                {side::record(&detail)}
                {side::employments(&detail)}
                {side::timeline(i, &happened, more_happened, rights.sees_audit, now)}
            </div>
        </div>
    }
}

/// The link to an identity by its key, when its name is known.
fn link(detail: &IdentityDetail, id: Option<IdentityId>) -> Option<AnyView> {
    let name = detail.names.get(&id?)?;
    let gone = name.state.has_ended().then(|| view! { " "<Tag tone=Tone::Danger>"Ended"</Tag> });
    Some(view! { <a href=format!("/identities/{}", name.id)>{name.display_name.clone()}</a>{gone} }.into_any())
}

fn header(detail: &IdentityDetail, rights: &Rights) -> AnyView {
    let i = &detail.identity;
    let id = i.id;
    let work = [i.title.as_str(), i.department.as_str()].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(", ");
    let lead = if i.purpose.is_empty() { work } else { i.purpose.clone() };
    let kind_words = capital(i.kind.label());
    let kind = (i.kind != IdentityKind::Person).then(|| view! { <Tag>{kind_words}</Tag> });
    let state = (i.state != LifecycleState::Active).then(|| list::state(i.state));
    let persona = link(detail, i.persona_of).map(|main| view! { <span class="sub">"Persona of "{main}</span> });
    let any = kind.is_some() || state.is_some() || persona.is_some();
    let tags = crate::components::Slot(any.then(|| view! { {kind}{state}{persona} }.into_any()));
    let at = |part: &str| format!("/identities/{id}/{part}");
    let transitions = rights
        .transitions
        .iter()
        .map(|t| (capital(words(*t)), at(&format!("lifecycle?to={t}"))))
        .map(|(words, href)| view! { <LinkButton href>{words}</LinkButton> })
        .collect_view();
    let edit = rights.edit.then(|| view! { <LinkButton href=at("edit") icon="edit">"Edit"</LinkButton> });
    let rehire = rights.rehire.then(|| view! { <LinkButton href=at("rehire") look=Look::Main>"Rehire…"</LinkButton> });
    let ended = i.state.has_ended().then(|| view! { <LinkButton href=at("ended")>"What its end did"</LinkButton> });
    let end = rights.end.then(|| view! { <LinkButton href=at("end") look=Look::Danger>"End…"</LinkButton> });
    view! {
        <PageHeader title=i.display_name.clone() crumbs=vec![("Identities".to_owned(), "/identities".to_owned())] kind=Kind::from_word(i.kind.as_str()) lead tags>
            {edit}{transitions}{ended}{rehire}{end}
        </PageHeader>
    }
    .into_any()
}

/// What a button calls a transition.
pub(super) fn words(t: Transition) -> &'static str {
    match t {
        Transition::Activate => "start now…",
        Transition::StartLeave => "start leave…",
        Transition::EndLeave => "back from leave…",
        Transition::Suspend => "suspend…",
        Transition::Resume => "resume…",
        Transition::Archive => "archive…",
        other => other.label(),
    }
}

fn facts(detail: &IdentityDetail, now: DateTime<Utc>) -> AnyView {
    let i = &detail.identity;
    let none = || "None".into_any();
    let mut facts = Vec::new();
    if i.kind.is_non_human() {
        facts.push(Fact::new("Owner", link(detail, i.owner_id).unwrap_or_else(none)));
    } else {
        facts.push(Fact::new("Manager", link(detail, i.manager_id).unwrap_or_else(none)));
    }
    facts.push(Fact::new("User name", view! { <span class="mono">{i.user_name.clone()}</span> }.into_any()));
    if let Some(number) = &i.employee_id {
        facts.push(Fact::new("Employee number", number.clone()));
    }
    facts.push(Fact::new("Source", detail.source.clone().unwrap_or_else(|| "Recorded by hand".to_owned())));
    match detail.source_as_of {
        Some(day) => {
            let age = day.and_hms_opt(0, 0, 0).map(|at| relative(at.and_utc(), now)).unwrap_or_default();
            facts.push(Fact::new("Data as of", format!("{}, {age}", date(day))));
        }
        None => facts.push(Fact::new("Last change", view! { <Time at=i.updated_at now short=true/> }.into_any())),
    }
    if let Some(day) = i.start_on {
        facts.push(Fact::new("First day", date(day)));
    }
    if let Some(day) = i.end_on {
        facts.push(Fact::new("Last day", date(day)));
    }
    if let Some(at) = i.ended_at {
        facts.push(Fact::new("Ended", view! { <Time at now short=true/> }.into_any()));
    }
    view! { <Facts facts look=FactsLook::Wide/> }.into_any()
}

/// What somebody should look at.
fn findings(detail: &IdentityDetail, rights: &Rights) -> AnyView {
    let i = &detail.identity;
    let of = |state| detail.grants.iter().filter(|g| g.grant.state == state).count();
    let open = detail.operations.iter().filter(|o| o.state.is_open()).count();
    let owner = i.owner_id.and_then(|id| detail.names.get(&id));
    let mut found = Vec::new();
    if i.state.has_ended() && open > 0 {
        let words = format!("{open} {} still owed to targets.", if open == 1 { "change is" } else { "changes are" });
        found.push(view! { <Banner tone=Tone::Danger title="It has ended, and something may still work."><p>{words}" "<a href="#operations">"See which"</a></p></Banner> }.into_any());
    }
    if i.kind.is_non_human() && !i.state.has_ended() && owner.is_none_or(|o| o.state.has_ended()) {
        let mend = rights.hand_over.then(|| view! { " "<a href="/hand-overs">"Give it a new owner"</a> });
        found.push(
            view! { <Banner tone=Tone::Danger title="Nobody answers for it.">"Its owner has ended, or it never had one."{mend}</Banner> }
                .into_any(),
        );
    }
    if of(GrantState::OutOfBand) > 0 {
        let n = of(GrantState::OutOfBand);
        let words = if n == 1 {
            "1 grant was found on a target and nothing explains it.".to_owned()
        } else {
            format!("{n} grants were found on targets and nothing explains them.")
        };
        found.push(view! { <Banner tone=Tone::Warning title=words>"Put it into a role, give a role by hand with a reason, or take it away on the target."</Banner> }.into_any());
    }
    if !i.state.has_ended() && i.source_id.is_some() && !i.source_present {
        found.push(view! { <Banner tone=Tone::Warning title="Its source does not list it any more.">"The next import decides whether it leaves."</Banner> }.into_any());
    }
    found.collect_view().into_any()
}

fn tabs(detail: &IdentityDetail) -> AnyView {
    let n = |len: usize| u64::try_from(len).unwrap_or_default();
    let mut tabs = vec![
        Tab::new("Access", "#access").count(n(detail.grants.len())),
        Tab::new("Roles", "#roles").count(n(detail.assignments.len())),
        Tab::new("Credentials", "#credentials").count(n(detail.credentials.len())),
    ];
    for (title, href, len) in [
        ("Operations", "#operations", detail.operations.len()),
        ("Owned", "#owned-identities", detail.owned.len()),
        ("Personas", "#personas", detail.personas.len()),
        ("Reports", "#reports", detail.reports.len()),
    ] {
        if len > 0 {
            tabs.push(Tab::new(title, href).count(n(len)));
        }
    }
    tabs.push(Tab::new("Timeline", "#timeline"));
    view! { <Tabs label="Parts of this identity" tabs/> }.into_any()
}
