use super::icon::Icon;
use super::menu::Menu;
use super::query::Query;
use super::values::{Slot, Words};
use leptos::prelude::*;

/// A filter that holds: shown as a chip with a link that takes it away.
#[derive(Debug, Clone)]
pub struct Filter {
    /// The name: `Department`.
    pub name: String,
    /// The value in words: `Finance`.
    pub value: String,
    /// The list without it.
    pub remove: String,
}

impl Filter {
    /// A filter and where the list without it is.
    pub fn new(name: impl Into<String>, value: impl Into<String>, remove: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), remove: remove.into() }
    }
}

fn draw(filter: Filter) -> impl IntoView {
    let label = format!("Remove filter: {} is {}", filter.name.to_lowercase(), filter.value);
    view! {
        <span class="filter">
            <span>{filter.name}</span>
            <b>{filter.value}</b>
            <a href=filter.remove aria-label=label><Icon name="x" small=true/></a>
        </span>
    }
}

/// What stands above a table: search, filters that hold, more filters, and tools at
/// the end. It is a GET form, so that the whole state is in the address.
#[component]
pub fn FilterBar(
    /// The list's path.
    #[prop(into)]
    path: String,
    /// What it filters: `Filter identities`.
    #[prop(into)]
    label: String,
    /// The query as it is; what no control here sends is sent along.
    #[prop(optional)]
    query: Query,
    /// What can be searched, as the label of the field `q`: `Name, mail or employee number`.
    #[prop(into, optional)]
    search: Words,
    /// The filters that hold.
    #[prop(optional)]
    filters: Vec<Filter>,
    /// The names of the controls in `more`, which replace the query's.
    #[prop(optional)]
    controls: Vec<&'static str>,
    /// Controls for filters; they open below "Filters" and are sent by its button.
    #[prop(into, optional)]
    more: Slot,
    /// Begins the ids, when there are two on a page.
    #[prop(into, default = "filter".to_owned())]
    id: String,
    /// Tools at the end of the line: columns, CSV.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let searched = query.get("q").unwrap_or_default().to_owned();
    let kept = query.first_page();
    let kept = kept
        .pairs()
        .iter()
        .filter(|(name, _)| (search.is_none() || name != "q") && !controls.contains(&name.as_str()))
        .map(|(name, value)| view! { <input type="hidden" name=name.clone() value=value.clone()/> })
        .collect_view();
    // Beside a search field the menu has room before it, else after it.
    let first = search.is_none();
    let field = search.0.map(|words| {
        let id = format!("{id}-q");
        view! {
            <div class="search">
                <Icon name="search" small=true/>
                <label class="vh" for=id.clone()>{words.clone()}</label>
                <input class="input" id=id type="search" name="q" value=searched placeholder=words/>
            </div>
            // Enter sends it; the button is for those who do not have one.
            <button class="btn btn--s">"Search"</button>
        }
    });
    let more = more.0.map(|more| {
        view! {
            <Menu label="Filters" icon="filter" start=first small=true>
                <div class="stack stack--s">{more}<button class="btn btn--s btn--main">"Show"</button></div>
            </Menu>
        }
    });
    let filters = (!filters.is_empty()).then(|| view! { <div class="row filters">{filters.into_iter().map(draw).collect_view()}</div> });
    view! {
        <form class="toolbar" role="search" aria-label=label method="get" action=path>
            {kept}
            {field}
            {more}
            {children.map(|children| view! { <div class="row push">{children()}</div> })}
            {filters}
        </form>
    }
    .into_any()
}

/// Says how many rows are selected, and what can be done with them. It stands inside the
/// form around the table.
#[component]
pub fn SelectionBar(
    /// How many, in words: `3 selected on this page`.
    #[prop(into)]
    said: String,
    /// How many match, if all can be selected at once: a button says the number aloud.
    #[prop(optional)]
    matching: Option<u64>,
    /// What can be done.
    children: Children,
) -> impl IntoView {
    let all = matching.map(|n| {
        let words = format!("Select all {} matching", super::values::count(n));
        view! { <button class="btn btn--s" name="select" value="matching">{words}</button> }
    });
    view! {
        <div class="selbar">
            <strong>{said}</strong>
            {all}
            <button class="btn btn--s btn--quiet" name="select" value="none">"Clear"</button>
            <span class="row push">{children()}</span>
        </div>
    }
    .into_any()
}
