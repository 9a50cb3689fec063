//! `/roles/{id}`: what it gives, who has it, and why.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_domain::grant::{AssignmentState, Risk};
use tenure_services::access::RoleDetail;
use tenure_store::access::EntitlementRow;

use super::crumbs;
use crate::components::{
    Chip, Column, Empty, Fact, Facts, FactsLook, Hide, Kind, LinkButton, Look, PageHeader, Pager, Panel, Query, Step, Table, TableLook,
    Tag, Time, Tone, WhyPath, count,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::{capital, many};

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The role.
    pub detail: RoleDetail,
    /// The address's query.
    pub query: Query,
    /// Whether the person may change it.
    pub may_change: bool,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let now = frame.now;
    frame.page(model.detail.role.name.clone(), Some(NavItem::Access), move || body(model, now))
}

fn body(model: Model, now: DateTime<Utc>) -> AnyView {
    let Model { detail, query, may_change } = model;
    let role = &detail.role;
    let action = may_change.then(
        || view! { <LinkButton href=format!("/roles/{}/edit", detail.role.id) icon="edit" look=Look::Main>"Draft a change"</LinkButton> },
    );
    let lead = if role.description.is_empty() {
        capital(role.kind.label())
    } else {
        format!("{}. {}", capital(role.kind.label()), role.description)
    };
    let (changed, version) = (role.updated_at, role.version);
    let owner = match &detail.owner {
        Some(o) => {
            let ended = o.state.has_ended().then(|| view! { " "<Tag tone=Tone::Warning>"Has ended"</Tag> });
            view! { <a href=format!("/identities/{}", o.id)>{o.display_name.clone()}</a>{ended} }.into_any()
        }
        None => view! { <span class="faint">"Nobody"</span> }.into_any(),
    };
    let grace = if role.grace_days == 0 {
        "None: a mover loses it at once".to_owned()
    } else {
        format!("{} after a move", many(i64::from(role.grace_days), "day", "days"))
    };
    let facts = vec![
        Fact::new("Members", count(detail.members)),
        Fact::new("Entitlements", count(detail.effective as i128)),
        Fact::new("Owner", owner),
        Fact::new("Grace time", grace),
        Fact::new("Version", view! { {version}", "<Time at=changed now short=true/> }),
    ];
    view! {
        <PageHeader title=role.name.clone() crumbs=crumbs() lead>{action}</PageHeader>
        <Facts facts look=FactsLook::Wide/>
        <div class="cols cols--2">
            <div class="flow">{gives(&detail)}{related(&detail)}</div>
            <div class="flow">{rules(&detail)}</div>
        </div>
        {holders(&detail, &query, now)}
    }
    .into_any()
}

/// How much harm an entitlement can do: a tag, when it is not ordinary.
pub(crate) fn risk(risk: Risk) -> AnyView {
    let (tone, words) = match risk {
        Risk::Low => return view! { <span class="faint">"Low risk"</span> }.into_any(),
        Risk::Medium => (Tone::Plain, "Medium risk"),
        Risk::High => (Tone::Warning, "High risk"),
        Risk::Critical => (Tone::Danger, "Privileged"),
    };
    view! { <Tag tone>{words}</Tag> }.into_any()
}

fn entitlement(e: &EntitlementRow, application: &str, way: &[String]) -> AnyView {
    let way = (!way.is_empty()).then(|| view! { <br/><span class="faint">{format!("by {}", way.join(" → "))}</span> });
    let note = (!e.description.is_empty()).then(|| view! { <br/><span class="faint">{e.description.clone()}</span> });
    view! {
        <tr>
            <th scope="row">{e.name.clone()}{note}{way}</th>
            <td class="hide-s"><a href=format!("/applications/{}", e.application_id)>{application.to_owned()}</a></td>
            <td>{risk(e.risk)}</td>
        </tr>
    }
    .into_any()
}

fn gives(detail: &RoleDetail) -> AnyView {
    if detail.effective == 0 {
        return view! { <Panel title="What it gives"><Empty title="Nothing yet" icon="layers">"A role without entitlements gives nobody access."</Empty></Panel> }.into_any();
    }
    let rows = detail
        .entitlements
        .iter()
        .map(|(e, application)| entitlement(e, application, &[]))
        .chain(detail.through.iter().map(|(e, application, way)| entitlement(e, application, way)))
        .collect_view();
    let columns = vec![Column::new("Entitlement"), Column::new("Application").hide(Hide::Small), Column::new("Risk")];
    let note = if detail.through.is_empty() {
        String::new()
    } else {
        format!("{} itself, {} by the roles inside it.", count(detail.entitlements.len() as i128), count(detail.through.len() as i128))
    };
    view! { <Panel title="What it gives" note><Table caption="Entitlements that the role gives" name="Entitlements" columns look=TableLook::Top>{rows}</Table></Panel> }.into_any()
}

fn related(detail: &RoleDetail) -> Option<AnyView> {
    if detail.induced.is_empty() && detail.inside.is_empty() {
        return None;
    }
    let links = |roles: &[(tenure_domain::id::RoleId, String)]| {
        if roles.is_empty() {
            return view! { <span class="faint">"None"</span> }.into_any();
        }
        roles.iter().map(|(id, name)| view! { <div><a href=format!("/roles/{id}")>{name.clone()}</a></div> }).collect_view().into_any()
    };
    let facts = vec![Fact::new("Roles inside it", links(&detail.induced)), Fact::new("It is inside", links(&detail.inside))];
    Some(view! { <Panel title="Roles inside roles" light=true><Facts facts/></Panel> }.into_any())
}

fn rules(detail: &RoleDetail) -> AnyView {
    let role = detail.role.name.clone();
    let new = format!("/rules/new?role={}", detail.role.id);
    if detail.rules.is_empty() {
        return view! { <Panel title="Rules that give it"><p class="sub">"None. People get it by hand, with a reason, on their own page. "<a href=new>"New rule for it"</a></p></Panel> }.into_any();
    }
    let rows = detail
        .rules
        .iter()
        .map(|rule| {
            let off = (!rule.enabled).then(|| view! { " "<Tag tone=Tone::Off>"Off"</Tag> });
            view! { <li class="grant"><div><a href=format!("/rules/{}", rule.id)>{rule.name.clone()}</a>{off}</div><code>{rule.expression.clone()}</code></li> }
        })
        .collect_view();
    let n = detail.effective;
    let first = detail.rules.first().map(|r| r.name.clone()).unwrap_or_default();
    let steps = vec![
        Step::new("identity", "Anybody it matches"),
        Step::new("rule", first),
        Step::new("role", role),
        Step::new("entitlements", count(n as i128)),
    ];
    view! { <Panel title="Rules that give it"><ul class="list">{rows}</ul><WhyPath steps/></Panel> }.into_any()
}

fn holders(detail: &RoleDetail, query: &Query, now: DateTime<Utc>) -> AnyView {
    let page = &detail.holders;
    if page.rows.is_empty() {
        return view! { <Panel title="Who has it"><Empty title="Nobody has this role" icon="people">"A rule gives it to whom it matches; on the page of an identity it is given by hand."</Empty></Panel> }.into_any();
    }
    let path = format!("/roles/{}", detail.role.id);
    let next = page.next.as_ref().map(|c| format!("{}#holders", query.first_page().with("after", c.encode()).to_href(&path)));
    let prev = page.previous.as_ref().map(|c| format!("{}#holders", query.first_page().with("before", c.encode()).to_href(&path)));
    let rows = page
        .rows
        .iter()
        .map(|h| {
            let grace = (h.state == AssignmentState::Grace).then(|| view! { " "<Tag tone=Tone::Warning>"In grace"</Tag> });
            let (since, reason) = (h.since, capital(h.reason.label()));
            view! {
                <tr>
                    <th scope="row"><Chip kind=Kind::from_word(h.kind.as_str()) name=h.display_name.clone() href=format!("/identities/{}", h.identity_id) note=h.department.clone()/></th>
                    <td>{reason}{grace}</td>
                    <td class="hide-s nowrap"><Time at=since now short=true/></td>
                </tr>
            }
        })
        .collect_view();
    let shown = page.rows.len();
    let columns = vec![Column::new("Identity"), Column::new("Why"), Column::new("Since").hide(Hide::Small)];
    let said = format!("{shown} of {}, newest first", count(detail.members));
    view! {
        <Panel title="Who has it" id="holders" aside=view! { <span class="count">{count(detail.members)}</span> }>
            <Table caption=format!("Who has the role, {said}") name="Holders" columns look=TableLook::Last>{rows}</Table>
            <Pager shown=said prev next/>
        </Panel>
    }
    .into_any()
}
