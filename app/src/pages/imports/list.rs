//! `/imports`: the sources with the age of their data, and every import.

use chrono::{DateTime, NaiveDate, Utc};
use leptos::prelude::*;
use tenure_store::Page;
use tenure_store::imports::{ImportRow, Source};

use super::counts::{many, said};
use super::state;
use crate::components::{Column, Date, Empty, Hide, LinkButton, Look, PageHeader, Pager, Panel, Query, Table, TableLook, Tag, Time, Tone};
use crate::layout::NavItem;
use crate::page::Frame;

/// What the page shows.
#[derive(Debug)]
pub struct Model {
    /// All sources.
    pub sources: Vec<Source>,
    /// A page of the imports.
    pub page: Page<ImportRow>,
    /// The address's query.
    pub query: Query,
    /// Whether the person may import.
    pub may_import: bool,
}

/// From this age on a list is old: most sources send one a month or more often.
const OLD_DAYS: i64 = 35;

/// The page.
pub fn page(frame: &Frame, model: Model) -> String {
    let now = frame.now;
    frame.page("Imports", Some(NavItem::Identities), move || body(model, now))
}

fn body(model: Model, now: DateTime<Utc>) -> AnyView {
    let Model { sources, page, query, may_import } = model;
    let actions = may_import.then(|| {
        view! {
            <LinkButton href="/imports/memberships/new">"Memberships"</LinkButton>
            <LinkButton href="/imports/credentials/new">"Credentials"</LinkButton>
            <LinkButton href="/imports/new" icon="upload" look=Look::Main>"Import people"</LinkButton>
        }
    });
    let crumbs = vec![("Identities".to_owned(), "/identities".to_owned())];
    let none = page.rows.is_empty() && query.first_page() == query;
    let list = if none { nothing(may_import) } else { imports(&page, &query, now) };
    let lead = "What identity data comes from, how old it is, and what each file did. A file is tried first; it changes nothing until somebody applies it.";
    view! {
        <PageHeader title="Imports" crumbs lead>{actions}</PageHeader>
        {(!sources.is_empty()).then(|| table_of_sources(sources, now))}
        {list}
    }
    .into_any()
}

fn nothing(may_import: bool) -> AnyView {
    let action =
        may_import.then(|| view! { <LinkButton href="/imports/new" icon="upload" look=Look::Main>"Import people"</LinkButton> }.into_any());
    let action = crate::components::Slot(action);
    view! { <Empty title="No imports yet" icon="upload" level=2 action>"Export the full list of people from your HR system as CSV and send it here. You see what it would do before anything changes."</Empty> }.into_any()
}

fn table_of_sources(sources: Vec<Source>, now: DateTime<Utc>) -> AnyView {
    let columns =
        vec![Column::new("Source"), Column::new("List of"), Column::new("Age of the data"), Column::new("Applied").hide(Hide::Small)];
    let rows = sources
        .into_iter()
        .map(|s| {
            let of = s.last_as_of.map_or_else(|| view! { <span class="faint">"Never"</span> }.into_any(), |day| view! { <Date day/> }.into_any());
            let applied = s.last_import_at.map(|at| view! { <Time at now short=true/> });
            view! { <tr><th scope="row">{s.name}</th><td class="nowrap">{of}</td><td>{age(s.last_as_of, now)}</td><td class="hide-s">{applied}</td></tr> }
        })
        .collect_view();
    view! { <Panel title="Sources"><Table caption="Sources, with the day and age of their data" name="List of sources" columns look=TableLook::Last>{rows}</Table></Panel> }.into_any()
}

fn age(as_of: Option<NaiveDate>, now: DateTime<Utc>) -> AnyView {
    let Some(as_of) = as_of else { return ().into_any() };
    match (now.date_naive() - as_of).num_days() {
        ..0 => "From the future".into_any(),
        0 => "Today".into_any(),
        days if days > OLD_DAYS => {
            view! { <Tag tone=Tone::Warning icon="clock">{many(usize::try_from(days).unwrap_or_default(), "day", "days")}</Tag> }.into_any()
        }
        days => many(usize::try_from(days).unwrap_or_default(), "day", "days").into_any(),
    }
}

fn imports(page: &Page<ImportRow>, query: &Query, now: DateTime<Utc>) -> AnyView {
    let columns = vec![
        Column::new("File"),
        Column::new("State"),
        Column::new("What it did"),
        Column::new("List of").hide(Hide::Medium),
        Column::new("By").hide(Hide::Medium),
        Column::new("Sent").hide(Hide::Small),
    ];
    let shown = page.rows.len();
    let rows = page.rows.iter().map(|i| row(i, now)).collect_view();
    let next = page.next.as_ref().map(|c| query.first_page().with("after", c.encode()).to_href("/imports"));
    let prev = page.previous.as_ref().map(|c| query.first_page().with("before", c.encode()).to_href("/imports"));
    view! {
        <Panel title="Imports" id="all">
            <Table caption=format!("Imports, newest first, {shown} shown") name="List of imports" columns look=TableLook::Top>{rows}</Table>
            <Pager shown=format!("{shown} shown, newest first") prev next/>
        </Panel>
    }
    .into_any()
}

fn row(i: &ImportRow, now: DateTime<Utc>) -> AnyView {
    let name = if i.file_name.is_empty() { "(no name)".to_owned() } else { i.file_name.clone() };
    let of = match i.kind.as_str() {
        "people" => format!("People, {}", i.source_name),
        "memberships" => format!("Memberships, {}", i.source_name),
        _ => "Credentials".to_owned(),
    };
    let did = match i.state.as_str() {
        "applied" => said(&i.kind, &i.summary).into_any(),
        "staged" => view! { <span class="faint">"Nothing yet"</span> }.into_any(),
        _ => view! { <span class="faint">"Nothing"</span> }.into_any(),
    };
    let (as_of, at) = (i.as_of, i.created_at);
    view! {
        <tr>
            <th scope="row"><a href=format!("/imports/{}", i.id)>{name}</a><br/><span class="faint">{of}</span></th>
            <td>{state(&i.state)}</td>
            <td>{did}</td>
            <td class="hide-m nowrap"><Date day=as_of/></td>
            <td class="hide-m">{i.actor.clone()}</td>
            <td class="hide-s nowrap"><Time at now short=true/></td>
        </tr>
    }
    .into_any()
}
