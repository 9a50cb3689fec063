use super::icon::Icon;
use leptos::prelude::*;

/// A menu: a native `<details>`, open and shut without script. Its content is one
/// element: a fieldset of boxes, a list of links, a form.
#[component]
pub fn Menu(
    /// What opens it.
    #[prop(into)]
    label: String,
    /// An icon before the words.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// It opens towards the end of the line, from its start.
    #[prop(optional)]
    start: bool,
    /// For toolbars and tables.
    #[prop(optional)]
    small: bool,
    /// Open from the start.
    #[prop(optional)]
    open: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <details class=if start { "menu menu--start" } else { "menu" } open=open>
            <summary class=if small { "btn btn--s" } else { "btn" }>
                {icon.map(|name| view! { <Icon name small=true/> })}
                {label}
            </summary>
            <div>{children()}</div>
        </details>
    }
    .into_any()
}

/// The menu of a table's columns; it sends `col` for each that is shown.
#[component]
pub fn ColumnMenu(
    /// Key, words, and whether it is shown.
    columns: Vec<(&'static str, &'static str, bool)>,
) -> impl IntoView {
    let boxes = columns
        .into_iter()
        .map(|(key, words, shown)| {
            view! { <label><input type="checkbox" name="col" value=key checked=shown/>{words}</label> }
        })
        .collect_view();
    view! {
        <Menu label="Columns" icon="columns" small=true>
            <fieldset><legend class="faint">"Shown columns"</legend>{boxes}<button class="btn btn--s">"Apply"</button></fieldset>
        </Menu>
    }
    .into_any()
}
