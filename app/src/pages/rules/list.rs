//! `/rules`: the list.

use leptos::prelude::*;
use tenure_services::access::RuleDetail;

use crate::components::{Column, Empty, Hide, LinkButton, Look, PageHeader, Slot, Table, TableLook, Tag, Tone};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::roles::access_tabs;
use crate::pages::words::many;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// All rules.
    pub rules: Vec<RuleDetail>,
    /// Whether the person may draft one.
    pub may_change: bool,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    frame.page("Rules", Some(NavItem::Access), move || body(model))
}

fn body(model: Model) -> AnyView {
    let Model { rules, may_change } = model;
    let new = || may_change.then(|| view! { <LinkButton href="/rules/new" icon="plus" look=Look::Main>"New rule"</LinkButton> }.into_any());
    let action = (!rules.is_empty()).then(new).flatten();
    let n = rules.len();
    let lead = format!(
        "{}. A rule gives a role to everybody whose attributes match, and takes it when they no longer do.",
        many(i64::try_from(n).unwrap_or(i64::MAX), "rule", "rules")
    );
    let content = if rules.is_empty() {
        view! { <Empty title="No rules yet" icon="layers" level=2 action=Slot(new())>"The access that comes with a job is given by rules: for instance to everybody in a department."</Empty> }.into_any()
    } else {
        let rows = rules.into_iter().map(row).collect_view();
        let columns = vec![Column::new("Rule"), Column::new("Gives"), Column::new("To whom").hide(Hide::Small)];
        view! { <Table caption=format!("Rules by name, {n} shown") name="Rules" columns look=TableLook::Top>{rows}</Table> }.into_any()
    };
    view! {
        <PageHeader title="Rules" lead>{action}</PageHeader>
        {access_tabs("/rules")}
        {content}
    }
    .into_any()
}

fn row(r: RuleDetail) -> AnyView {
    let off = (!r.rule.enabled).then(|| view! { " "<Tag tone=Tone::Off>"Off"</Tag> });
    view! {
        <tr>
            <th scope="row"><a href=format!("/rules/{}", r.rule.id)>{r.rule.name}</a>{off}</th>
            <td><a href=format!("/roles/{}", r.rule.role_id)>{r.role}</a></td>
            <td class="hide-s"><code>{r.rule.expression}</code></td>
        </tr>
    }
    .into_any()
}
