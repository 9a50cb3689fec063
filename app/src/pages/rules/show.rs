//! `/rules/{id}`: one rule, counted clause by clause.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use tenure_services::access::{RuleDetail, RuleMatches};

use super::crumbs;
use super::matches::matches;
use crate::components::{LinkButton, Look, PageHeader, Panel, Step, Tag, Time, Tone, WhyPath};
use crate::layout::NavItem;
use crate::page::Frame;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The rule.
    pub rule: RuleDetail,
    /// Who it matches.
    pub matches: RuleMatches,
    /// Whether the person may change it.
    pub may_change: bool,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let now = frame.now;
    frame.page(model.rule.rule.name.clone(), Some(NavItem::Access), move || body(model, now))
}

fn body(model: Model, now: DateTime<Utc>) -> AnyView {
    let Model { rule: RuleDetail { rule, role }, matches: found, may_change } = model;
    let edit = format!("/rules/{}/edit", rule.id);
    let action = may_change.then(|| view! { <LinkButton href=edit icon="edit" look=Look::Main>"Draft a change"</LinkButton> });
    let off = (!rule.enabled).then(|| view! { <Tag tone=Tone::Off>"Off: it gives nobody anything"</Tag> }.into_any());
    let (href, changed, version) = (format!("/roles/{}", rule.role_id), rule.updated_at, rule.version);
    let lead = view! { "Gives the role "<a href=href.clone()>{role.clone()}</a>". Version "{version}", "<Time at=changed now/>"." };
    let counted = matches(&found);
    let steps = vec![Step::new("identity", "Anybody it matches"), Step::new("rule", rule.name.clone()), Step::new("role", role).href(href)];
    view! {
        <PageHeader title=rule.name crumbs=crumbs() lead tags=crate::components::Slot(off)>{action}</PageHeader>
        <Panel title="To whom"><p class="measure"><code>{rule.expression}</code></p></Panel>
        <Panel title="Clause by clause" note="Counted just now, over everybody who may hold access.">{counted}</Panel>
        <Panel title="What one of them gets" light=true><WhyPath steps/></Panel>
    }
    .into_any()
}
