use leptos::prelude::*;

/// How much a cell matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heat {
    /// Within policy.
    Fine,
    /// Watch.
    Watch,
    /// Outside policy.
    Outside,
    /// Act first.
    First,
}

impl Heat {
    fn class(self) -> &'static str {
        match self {
            Self::Fine => "h-0",
            Self::Watch => "h-2",
            Self::Outside => "h-3",
            Self::First => "h-4",
        }
    }
}

/// A cell: how many, how much it matters, and the list behind it.
#[derive(Debug, Clone)]
pub struct HeatCell {
    /// How many.
    pub n: u64,
    /// How much it matters.
    pub heat: Heat,
    /// The list.
    pub href: String,
}

/// Two properties against each other. Colour repeats what the row and column say; a
/// key names the four shades.
#[component]
pub fn HeatGrid(
    /// What it shows.
    #[prop(into)]
    caption: String,
    /// What is counted: `credentials`.
    #[prop(into)]
    unit: String,
    /// What the rows are: `Age`.
    #[prop(into)]
    rows_are: String,
    /// What the columns are: `last used`.
    #[prop(into)]
    columns_are: String,
    /// Titles of the columns.
    columns: Vec<String>,
    /// Title and cells of each row.
    rows: Vec<(String, Vec<HeatCell>)>,
) -> impl IntoView {
    let cell = |row: &str, at: usize, cell: HeatCell| {
        let number = crate::components::count(cell.n);
        if cell.n == 0 {
            return view! { <td><span>{number}</span></td> }.into_any();
        }
        let column = columns.get(at).map(String::as_str).unwrap_or_default();
        let label = format!("{number} {unit}, {} {row}, {columns_are} {column}", rows_are.to_lowercase());
        view! { <td><a class=cell.heat.class() href=cell.href aria-label=label>{number}</a></td> }.into_any()
    };
    let body = rows
        .into_iter()
        .map(|(title, cells)| {
            let cells = cells.into_iter().enumerate().map(|(at, one)| cell(&title, at, one)).collect_view();
            view! { <tr><th scope="row">{title}</th>{cells}</tr> }
        })
        .collect_view();
    let heads = columns.iter().map(|title| view! { <th scope="col">{title.clone()}</th> }).collect_view();
    let key = [(Heat::Fine, "Within policy"), (Heat::Watch, "Watch"), (Heat::Outside, "Outside policy"), (Heat::First, "Act first")]
        .map(|(heat, words)| view! { <li><span class=format!("swatch {}", heat.class())></span>{words}</li> });
    view! {
        <table class="heat">
            <caption class="vh">{caption}</caption>
            <colgroup><col/><col span=columns.len().to_string()/></colgroup>
            <thead><tr><td><span class="vh">{rows_are}</span></td>{heads}</tr></thead>
            <tbody>{body}</tbody>
        </table>
        <ul class="key">{key.into_iter().collect_view()}</ul>
    }
    .into_any()
}
