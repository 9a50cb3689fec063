//! `/identities`: the list.

use leptos::prelude::*;
use tenure_domain::identity::{Identity, IdentityKind, LifecycleState};
use tenure_services::identities::{COUNT_LIMIT, IdentityList};
use tenure_store::views::SavedView;

use crate::components::{
    Chip, Column, ColumnMenu, Empty, Filter, FilterBar, Hide, Kind, LinkButton, Look, PageHeader, Pager, Query, SelectField, Sorting,
    Table, Tag, Tone, count, options,
};
use crate::layout::NavItem;
use crate::page::Frame;
use crate::pages::saved_views;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// The page of the list.
    pub list: IdentityList,
    /// The address's query: filters, order, page, columns.
    pub query: Query,
    /// The views that the person keeps.
    pub views: Vec<SavedView>,
    /// Whether the person may record an identity.
    pub may_create: bool,
}

const PATH: &str = "/identities";
const BUILT_IN: [(&str, &str); 4] =
    [("All", ""), ("People", "kind=person"), ("Non-human", "kind=non-human"), ("Without owner", "finding=without-owner")];

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let token = frame.token();
    frame.page("Identities", Some(NavItem::Identities), move || body(model, token))
}

fn body(model: Model, token: String) -> impl IntoView {
    let Model { list, query, views, may_create } = model;
    let total = said_total(list.total);
    let shown = list.page.rows.len();
    let caption = format!("Identities. {total} match, {shown} shown.");
    let action = may_create.then(|| view! { <LinkButton href="/identities/new" icon="plus" look=Look::Main>"New identity"</LinkButton> });
    view! {
        <PageHeader title="Identities" lead=format!("{total} match this view.")>{action}</PageHeader>
        {saved_views::tabs(PATH, &BUILT_IN, &views, &query)}
        {filters(&query, &list)}
        {if shown == 0 { nothing(&query) } else { table(&list, &query, caption) }}
        {pager(&list, &query, &total)}
        {saved_views::keep("identities", &views, &query, token)}
    }
}

fn said_total(total: i64) -> String {
    let n = count(u64::try_from(total).unwrap_or_default());
    if total >= COUNT_LIMIT { format!("More than {n}") } else { n }
}

fn filters(query: &Query, list: &IdentityList) -> AnyView {
    let without = |key: &str| query.without(key).first_page().to_href(PATH);
    let mut set = Vec::new();
    for (key, label) in
        [("state", "State"), ("kind", "Kind"), ("department", "Department"), ("finding", "Finding"), ("joined", "Joined"), ("left", "Left")]
    {
        if let Some(value) = query.get(key).filter(|v| !v.is_empty()) {
            set.push(Filter::new(label, value.to_owned(), without(key)));
        }
    }
    for (key, label) in [("manager", "Manager"), ("owner", "Owner")] {
        if let Some(id) = query.get(key).and_then(|v| v.parse().ok()) {
            let name = list.names.get(&id).map_or_else(|| "somebody".to_owned(), |n| n.display_name.clone());
            set.push(Filter::new(label, name, without(key)));
        }
    }
    let states = options(LifecycleState::ALL.iter().map(|s| (s.as_str(), s.label())));
    let mut kinds: Vec<(&str, &str)> = IdentityKind::ALL.iter().map(|k| (k.as_str(), k.label())).collect();
    kinds.push(("non-human", "any non-human"));
    let kinds = options(kinds);
    let departments = options(list.departments.iter().map(|d| (d.clone(), d.clone())));
    let (state, kind, department) = (text(query, "state"), text(query, "kind"), text(query, "department"));
    let columns = vec![
        ("email", "Mail", shows(query, "email")),
        ("title", "Title", shows(query, "title")),
        ("start", "Start", shows(query, "start")),
    ];
    let csv = query.first_page().to_href("/identities.csv");
    view! {
        <FilterBar path=PATH label="Filter identities" query=query.clone() search="Name, user name, number, department, title" filters=set controls=vec!["state", "kind", "department", "col"]
            more=view! {
                <SelectField label="State" name="state" none="Any" options=states value=state/>
                <SelectField label="Kind" name="kind" none="Any" options=kinds value=kind/>
                <SelectField label="Department" name="department" none="Any" options=departments value=department/>
            }>
            <ColumnMenu columns/>
            <LinkButton href=csv small=true icon="download" download=true>"CSV"</LinkButton>
        </FilterBar>
    }
    .into_any()
}

fn text(query: &Query, key: &str) -> String {
    query.get(key).unwrap_or_default().to_owned()
}

fn shows(query: &Query, column: &str) -> bool {
    query.all("col").any(|c| c == column)
}

fn table(list: &IdentityList, query: &Query, caption: String) -> AnyView {
    let sorting = Sorting::new(PATH, query, "name");
    let mut columns = vec![
        Column::new("Identity").sorts("name", &sorting),
        Column::new("State").sorts("state", &sorting),
        Column::new("Department").sorts("department", &sorting).hide(Hide::Small),
        Column::new("Manager or owner").hide(Hide::Medium),
    ];
    let extra: Vec<&str> = ["email", "title", "start"].into_iter().filter(|c| shows(query, c)).collect();
    columns.extend(extra.iter().map(|c| {
        Column::new(match *c {
            "email" => "Mail",
            "title" => "Title",
            _ => "Start",
        })
        .hide(Hide::Medium)
    }));
    let rows = list.page.rows.iter().map(|i| row(i, list, &extra)).collect_view();
    view! { <Table caption name="Identities" columns>{rows}</Table> }.into_any()
}

fn row(i: &Identity, list: &IdentityList, extra: &[&str]) -> AnyView {
    let answers =
        i.owner_id.or(i.manager_id).and_then(|id| list.names.get(&id)).map(|n| (n.display_name.clone(), format!("/identities/{}", n.id)));
    let more = extra
        .iter()
        .map(|c| match *c {
            "email" => i.email.clone(),
            "title" => i.title.clone(),
            _ => i.start_on.map(|d| d.to_string()).unwrap_or_default(),
        })
        .map(|cell| view! { <td class="hide-m">{cell}</td> })
        .collect_view();
    view! {
        <tr>
            <th scope="row"><Chip kind=Kind::from_word(i.kind.as_str()) name=i.display_name.clone() href=format!("/identities/{}", i.id) note=i.user_name.clone()/></th>
            <td>{state(i.state)}</td>
            <td class="hide-s">{i.department.clone()}</td>
            <td class="hide-m">{answers.map(|(name, href)| view! { <a href=href>{name}</a> })}</td>
            {more}
        </tr>
    }
    .into_any()
}

/// A life-cycle state: the normal one is plain text, only what differs gets a tag.
pub fn state(state: LifecycleState) -> AnyView {
    let tone = match state {
        LifecycleState::Active => return "Active".into_any(),
        LifecycleState::PreHire => Tone::Info,
        LifecycleState::OnLeave | LifecycleState::Suspended => Tone::Warning,
        LifecycleState::Terminated | LifecycleState::Archived => Tone::Off,
    };
    let label = state.label();
    let label = format!("{}{}", label[..1].to_uppercase(), &label[1..]);
    view! { <Tag tone>{label}</Tag> }.into_any()
}

fn nothing(query: &Query) -> AnyView {
    if query.first_page().to_href(PATH) == PATH {
        view! { <Empty title="No identities yet" icon="people" action=view! { <LinkButton href="/imports/new" look=Look::Main>"Import people"</LinkButton> }>"Import a snapshot of people from your HR system, or record one by hand."</Empty> }.into_any()
    } else {
        view! { <Empty title="No identity matches" icon="search" action=view! { <LinkButton href=PATH>"Show all"</LinkButton> }>"Take a filter away, or search for the beginning of a name."</Empty> }.into_any()
    }
}

fn pager(list: &IdentityList, query: &Query, total: &str) -> AnyView {
    let next = list.page.next.as_ref().map(|c| query.first_page().with("after", c.encode()).to_href(PATH));
    let prev = list.page.previous.as_ref().map(|c| query.first_page().with("before", c.encode()).to_href(PATH));
    view! { <Pager shown=format!("{} of {total}", list.page.rows.len()) prev next/> }.into_any()
}
