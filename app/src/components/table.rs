use super::icon::Icon;
use super::query::Query;
use super::values::{Slot, Words, classes};
use leptos::prelude::*;

/// When a column gives way to the others. It is printed in any case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Hide {
    /// Never.
    #[default]
    Never,
    /// On a phone.
    Small,
    /// On a phone and on a narrow window.
    Medium,
}

impl Hide {
    /// The class for the column's cells.
    pub fn class(self) -> &'static str {
        match self {
            Self::Never => "",
            Self::Small => "hide-s",
            Self::Medium => "hide-m",
        }
    }
}

/// How a list is sorted: the key, and `-key` when it descends, as in the address's `sort`.
#[derive(Debug, Clone)]
pub struct Sorting {
    path: String,
    query: Query,
    current: String,
}

impl Sorting {
    /// The list's path, its query, and the sort that holds when the query names none.
    pub fn new(path: impl Into<String>, query: &Query, default: &str) -> Self {
        let current = query.get("sort").unwrap_or(default).to_owned();
        Self { path: path.into(), query: query.first_page(), current }
    }

    /// The value of `aria-sort` for a key, and where its header leads.
    fn of(&self, key: &str) -> (&'static str, String) {
        let down = format!("-{key}");
        let (state, next) = if self.current == key {
            ("ascending", down.as_str())
        } else if self.current == down {
            ("descending", key)
        } else {
            ("none", key)
        };
        (state, self.query.with("sort", next).to_href(&self.path))
    }
}

/// A column: its title, and whether it sorts, holds numbers, or gives way.
#[derive(Debug, Clone)]
pub struct Column {
    title: String,
    sort: Option<(&'static str, String)>,
    numeric: bool,
    quiet: bool,
    hide: Hide,
}

impl Column {
    /// A column of words.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), sort: None, numeric: false, quiet: false, hide: Hide::Never }
    }

    /// Its header sorts by this key.
    #[must_use]
    pub fn sorts(mut self, key: &str, sorting: &Sorting) -> Self {
        self.sort = Some(sorting.of(key));
        self
    }

    /// It holds numbers: they stand at the end. Give its cells the class `num`.
    #[must_use]
    pub fn numeric(mut self) -> Self {
        self.numeric = true;
        self
    }

    /// Its title is for assistive technology only: a column of buttons.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    /// It gives way to the others. Give its cells the class `hide.class()`.
    #[must_use]
    pub fn hide(mut self, hide: Hide) -> Self {
        self.hide = hide;
        self
    }

    fn head(self) -> impl IntoView {
        let class = classes(&[if self.numeric { "num" } else { "" }, self.hide.class()]);
        let class = (!class.is_empty()).then_some(class);
        let sort = self.sort.as_ref().map(|(state, _)| *state);
        let words = match self.sort {
            Some((state, href)) => {
                let icon = match state {
                    "ascending" => "asc",
                    "descending" => "desc",
                    _ => "sort",
                };
                view! { <a href=href>{self.title}<Icon name=icon/></a> }.into_any()
            }
            None if self.quiet => view! { <span class="vh">{self.title}</span> }.into_any(),
            None => self.title.into_any(),
        };
        view! { <th scope="col" class=class aria-sort=sort>{words}</th> }
    }
}

/// How a table is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TableLook {
    /// A list.
    #[default]
    List,
    /// Cells begin at the top: some hold several lines.
    Top,
    /// The last row has no rule: it ends a section.
    Last,
}

/// A table. The children are `<tr>`s whose first cell is `<th scope="row">`; a click
/// on a row does nothing. It scrolls inside a region that has a name and takes
/// focus, and never turns to blocks, so that its roles stay. With `select` the
/// first column holds boxes: begin each row with `RowCheck`.
#[component]
pub fn Table(
    /// What it shows, filtered and sorted how, and how many: for assistive technology.
    #[prop(into)]
    caption: String,
    /// The columns.
    columns: Vec<Column>,
    /// A shorter name of its region; the caption unless given.
    #[prop(into, optional)]
    name: Words,
    /// Show the caption to all.
    #[prop(optional)]
    captioned: bool,
    /// How it is set.
    #[prop(optional)]
    look: TableLook,
    /// What the box in the head is called: `Select the 50 rows on this page`. It sends `page=yes`.
    #[prop(into, optional)]
    select: Words,
    /// Rows of sums.
    #[prop(into, optional)]
    foot: Slot,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let name = name.0.unwrap_or_else(|| caption.clone());
    let class = match look {
        TableLook::List => "table",
        TableLook::Top => "table table--top",
        TableLook::Last => "table table--plain",
    };
    let select = select.0.map(|label| {
        view! { <th scope="col" class="check"><input type="checkbox" name="page" value="yes" aria-label=label/></th> }
    });
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label=name>
            <table class=class>
                <caption class=(!captioned).then_some("vh")>{caption}</caption>
                <thead><tr>{select}{columns.into_iter().map(Column::head).collect_view()}</tr></thead>
                <tbody>{children()}</tbody>
                {foot.0.map(|foot| view! { <tfoot>{foot}</tfoot> })}
            </table>
        </div>
    }
    .into_any()
}

/// The cell with the box that selects a row.
#[component]
pub fn RowCheck(
    /// What the form sends.
    #[prop(into, default = "id".to_owned())]
    name: String,
    /// Which row.
    #[prop(into)]
    value: String,
    /// Whom or what it selects: `Select Adaeze Eze`.
    #[prop(into)]
    label: String,
    /// Whether it is selected.
    #[prop(optional)]
    checked: bool,
) -> impl IntoView {
    view! {
        <td class="check"><input type="checkbox" name=name value=value aria-label=label checked=checked/></td>
    }
    .into_any()
}

/// A row that heads the rows after it.
#[component]
pub fn GroupRow(
    /// How many columns it spans.
    span: usize,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! { <tr class="group"><th scope="colgroup" colspan=span.to_string()>{children()}</th></tr> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_says_its_order_and_leads_to_the_next() {
        let query = Query::parse("q=a&sort=name&after=x");
        let sorting = Sorting::new("/identities", &query, "name");
        assert_eq!(sorting.of("name"), ("ascending", "/identities?q=a&sort=-name".to_owned()));
        assert_eq!(sorting.of("risk"), ("none", "/identities?q=a&sort=risk".to_owned()));
        let sorting = Sorting::new("/identities", &Query::new(), "-risk");
        assert_eq!(sorting.of("risk"), ("descending", "/identities?sort=risk".to_owned()));
    }

    #[test]
    fn the_region_and_the_table_are_named() {
        let html = view! {
            <Table caption="Identities, 2 shown" name="Identities" columns=vec![Column::new("Identity"), Column::new("Grants").numeric()]>
                <tr><th scope="row">"A"</th><td class="num">"1"</td></tr>
            </Table>
        }
        .to_html();
        assert!(html.contains(r#"tabindex="0" role="region" aria-label="Identities""#), "{html}");
        assert!(html.contains(r#"<caption class="vh">Identities, 2 shown</caption>"#), "{html}");
        assert!(html.contains(r#"<th scope="col" class="num">Grants</th>"#), "{html}");
    }
}
