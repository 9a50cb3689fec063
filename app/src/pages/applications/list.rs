//! `/applications`: the list.

use leptos::prelude::*;
use tenure_services::access::ApplicationDetail;

use crate::components::{Column, Empty, Hide, LinkButton, Look, PageHeader, Slot, Table, TableLook, Tag, Tone, count};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::roles::access_tabs;
use crate::pages::words::many;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// All applications.
    pub applications: Vec<ApplicationDetail>,
    /// Whether the person may record one.
    pub may_manage: bool,
}

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    frame.page("Applications", Some(NavItem::Access), move || body(model))
}

fn body(model: Model) -> AnyView {
    let Model { applications, may_manage } = model;
    let new = || {
        may_manage
            .then(|| view! { <LinkButton href="/applications/new" icon="plus" look=Look::Main>"New application"</LinkButton> }.into_any())
    };
    let action = (!applications.is_empty()).then(new).flatten();
    let memberships = (may_manage && !applications.is_empty())
        .then(|| view! { <LinkButton href="/imports/memberships/new" icon="upload">"Import memberships"</LinkButton> });
    let n = applications.len();
    let entitlements: usize = applications.iter().map(|a| a.entitlements.len()).sum();
    let many = |n: usize, one, more| many(i64::try_from(n).unwrap_or(i64::MAX), one, more);
    let lead = format!(
        "{} with {}: the targets on which access is held.",
        many(n, "application", "applications"),
        many(entitlements, "entitlement", "entitlements")
    );
    let content = if applications.is_empty() {
        view! { <Empty title="No applications yet" icon="server" level=2 action=Slot(new())>"Record one by hand, or import what is held on it: then it is recorded with its entitlements."</Empty> }.into_any()
    } else {
        let rows = applications.into_iter().map(row).collect_view();
        let columns = vec![
            Column::new("Application"),
            Column::new("Owner").hide(Hide::Medium),
            Column::new("Entitlements").numeric().hide(Hide::Small),
            Column::new("Grants").numeric(),
            Column::new("Out of band").numeric(),
            Column::new("Removals owed").numeric().hide(Hide::Small),
        ];
        view! { <Table caption=format!("Applications by name, {n} shown") name="Applications" columns look=TableLook::Top>{rows}</Table> }
            .into_any()
    };
    view! {
        <PageHeader title="Applications" lead>{memberships}{action}</PageHeader>
        {access_tabs("/applications")}
        {content}
    }
    .into_any()
}

fn row(a: ApplicationDetail) -> AnyView {
    let sum = |pick: fn(&tenure_services::access::HeldEntitlement) -> i64| a.entitlements.iter().map(pick).sum::<i64>();
    let (grants, found, owed) = (sum(|e| e.holders), sum(|e| e.out_of_band), sum(|e| e.removal_owed));
    let owner = a.owner.map(|o| {
        let ended = o.state.has_ended().then(|| view! { <br/><Tag tone=Tone::Warning>"Has ended"</Tag> });
        view! { <a href=format!("/identities/{}", o.id)>{o.display_name}</a>{ended} }
    });
    let note = a.application.description;
    view! {
        <tr>
            <th scope="row"><a href=format!("/applications/{}", a.application.id)>{a.application.name}</a>{(!note.is_empty()).then(|| view! { <br/><span class="faint">{note}</span> })}</th>
            <td class="hide-m">{owner}</td>
            <td class="num hide-s">{count(a.entitlements.len() as i128)}</td>
            <td class="num">{count(grants)}</td>
            <td class="num">{finding(found)}</td>
            <td class="num hide-s">{count(owed)}</td>
        </tr>
    }
    .into_any()
}

/// A number that should be nought.
pub(super) fn finding(n: i64) -> AnyView {
    if n == 0 { "0".into_any() } else { view! { <span class="t-warning">{count(n)}</span> }.into_any() }
}
