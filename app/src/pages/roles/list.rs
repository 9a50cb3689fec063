//! `/roles`: the list.

use leptos::prelude::*;
use tenure_domain::role::RoleKind;
use tenure_services::access::RoleList;
use tenure_store::access::RoleSummary;

use super::access_tabs;
use crate::components::{
    Column, Empty, Filter, FilterBar, Hide, LinkButton, Look, PageHeader, Pager, Query, Tab, Table, TableLook, Tag, Tone, Views, count,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::words::{many, size};

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The page of the list.
    pub list: RoleList,
    /// The address's query.
    pub query: Query,
    /// Whether the person may draft one.
    pub may_change: bool,
}

const PATH: &str = "/roles";

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    frame.page("Roles", Some(NavItem::Access), move || body(model))
}

fn body(model: Model) -> AnyView {
    let Model { list, query, may_change } = model;
    let all: i64 = list.counts.iter().map(|(_, n)| n).sum();
    let lead = format!(
        "{}: named bundles of what applications allow. People get them by rules, or by hand with a reason.",
        many(all, "role", "roles")
    );
    let action = may_change.then(|| view! { <LinkButton href="/roles/new" icon="plus" look=Look::Main>"New role"</LinkButton> });
    let shown = list.page.rows.len();
    let content = if shown == 0 { nothing(&query, may_change) } else { table(&list, shown) };
    let filters: Vec<Filter> = query
        .get("q")
        .filter(|q| !q.is_empty())
        .map(|q| Filter::new("Name", q.to_owned(), query.without("q").first_page().to_href(PATH)))
        .into_iter()
        .collect();
    let csv = query.first_page().to_href("/roles.csv");
    let next = list.page.next.as_ref().map(|c| query.first_page().with("after", c.encode()).to_href(PATH));
    let prev = list.page.previous.as_ref().map(|c| query.first_page().with("before", c.encode()).to_href(PATH));
    let views = kinds(&list.counts, &query, all);
    view! {
        <PageHeader title="Roles" lead>{action}</PageHeader>
        {access_tabs(PATH)}
        <div>
        {views}
        <FilterBar path=PATH label="Filter roles" query search="Name of a role" filters>
            <LinkButton href=csv small=true icon="download" download=true>"CSV"</LinkButton>
        </FilterBar>
        {content}
        <Pager shown=format!("{shown} shown, by name") prev next/>
        </div>
    }
    .into_any()
}

fn kinds(counts: &[(RoleKind, i64)], query: &Query, all: i64) -> AnyView {
    let of = |kind: RoleKind| counts.iter().find(|(k, _)| *k == kind).map_or(0, |(_, n)| *n);
    let now = query.get("kind").unwrap_or_default().to_owned();
    let without = query.without("kind").first_page();
    let mut views = vec![Tab::new("All", without.to_href(PATH)).count(size(all)).current(now.is_empty())];
    for (kind, words) in [(RoleKind::Business, "Business"), (RoleKind::Application, "Application")] {
        views.push(Tab::new(words, without.with("kind", kind.as_str()).to_href(PATH)).count(size(of(kind))).current(now == kind.as_str()));
    }
    view! { <Views label="Kinds of roles" views/> }.into_any()
}

fn nothing(query: &Query, may_change: bool) -> AnyView {
    if query.first_page().to_href(PATH) != PATH {
        return view! { <Empty title="No role matches" level=2 action=view! { <LinkButton href=PATH>"Show all"</LinkButton> }>"Search for a part of a name."</Empty> }.into_any();
    }
    let action = crate::components::Slot(
        may_change.then(|| view! { <LinkButton href="/roles/new" look=Look::Main>"New role"</LinkButton> }.into_any()),
    );
    view! { <Empty title="No roles yet" icon="layers" level=2 action>"Record an application and its entitlements first, then bundle them into a role, and give it to people by a rule."</Empty> }.into_any()
}

fn table(list: &RoleList, shown: usize) -> AnyView {
    let columns = vec![
        Column::new("Role"),
        Column::new("Kind").hide(Hide::Small),
        Column::new("Owner").hide(Hide::Medium),
        Column::new("Members").numeric(),
        Column::new("Entitlements").numeric().hide(Hide::Small),
        Column::new("How people get it").hide(Hide::Small),
    ];
    let rows = list.page.rows.iter().map(|r| row(r, list)).collect_view();
    view! { <Table caption=format!("Roles by name, {shown} shown") name="Roles" columns look=TableLook::Top>{rows}</Table> }.into_any()
}

fn row(r: &RoleSummary, list: &RoleList) -> AnyView {
    let href = format!("/roles/{}", r.role.id);
    let kind = match r.role.kind {
        RoleKind::Business => "Business",
        RoleKind::Application => "Application",
    };
    let owner = r.role.owner_id.and_then(|id| list.owners.get(&id));
    let ended = owner.is_some_and(|o| o.state.has_ended()).then(|| view! { <br/><Tag tone=Tone::Warning>"Has ended"</Tag> });
    let owner = owner.map(|o| (o.display_name.clone(), format!("/identities/{}", o.id)));
    let rules = list.rules.get(&r.role.id).map(Vec::as_slice).unwrap_or_default();
    let given = if rules.is_empty() {
        view! { <span class="faint">"By hand"</span> }.into_any()
    } else {
        let n = rules.len();
        let links = rules.iter().take(3).map(|rule| view! { <div>"Rule "<a href=format!("/rules/{}", rule.id)>{rule.name.clone()}</a>{(!rule.enabled).then_some(" (off)")}</div> }).collect_view();
        view! { {links}{(n > 3).then(|| view! { <span class="faint">{format!("and {} more", n - 3)}</span> })} }.into_any()
    };
    let inside = (r.induced > 0).then(|| view! { <br/><span class="faint">{format!("+ {}", many(r.induced, "role", "roles"))}</span> });
    let note = r.role.description.clone();
    view! {
        <tr>
            <th scope="row"><a href=href.clone()>{r.role.name.clone()}</a>{(!note.is_empty()).then(|| view! { <br/><span class="faint">{note}</span> })}</th>
            <td class="hide-s">{kind}</td>
            <td class="hide-m">{owner.map(|(name, href)| view! { <a href=href>{name}</a> })}{ended}</td>
            <td class="num">{count(r.members)}</td>
            <td class="num hide-s">{count(r.entitlements)}{inside}</td>
            <td class="hide-s">{given}</td>
        </tr>
    }
    .into_any()
}
