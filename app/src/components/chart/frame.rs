use super::scale;
use crate::components::panel::Disclosure;
use crate::components::table::{Column, Table, TableLook};
use leptos::prelude::*;

/// A colour that means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// High risk, removed.
    Danger,
    /// Medium risk, late.
    Warning,
    /// Proven.
    Success,
    /// Under way.
    Info,
    /// The main series.
    Accent,
    /// The second series.
    Soft,
    /// What is left.
    Mute,
}

impl Fill {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Danger => "f-danger",
            Self::Warning => "f-warning",
            Self::Success => "f-success",
            Self::Info => "f-info",
            Self::Accent => "f-accent",
            Self::Soft => "f-soft",
            Self::Mute => "f-mute",
        }
    }

    pub(super) fn stroke(self) -> &'static str {
        match self {
            Self::Danger => "s-danger",
            Self::Warning => "s-warning",
            Self::Soft => "s-soft",
            _ => "s-accent",
        }
    }
}

/// One series: its name, colour and values, one for each label. A value that is
/// not known is a gap, never a zero.
#[derive(Debug, Clone)]
pub struct Series {
    pub(super) name: String,
    pub(super) fill: Fill,
    pub(super) values: Vec<Option<f64>>,
    pub(super) hrefs: Vec<String>,
}

impl Series {
    /// A series.
    pub fn new(name: impl Into<String>, fill: Fill, values: impl IntoIterator<Item = Option<f64>>) -> Self {
        Self { name: name.into(), fill, values: values.into_iter().collect(), hrefs: Vec::new() }
    }

    /// The list behind each value.
    #[must_use]
    pub fn hrefs(mut self, hrefs: impl IntoIterator<Item = String>) -> Self {
        self.hrefs = hrefs.into_iter().collect();
        self
    }
}

/// The words around a drawing: scale at the side, first, middle and last label
/// below, and the numbers in a table that opens.
pub(super) fn frame(said: String, title: &str, labels: &[String], series: Vec<Series>, top: f64, shapes: String) -> AnyView {
    let scale = (0..5).map(|step| view! { <span>{scale::read(top * f64::from(4 - step) / 4.0)}</span> }).collect_view();
    let ends = match labels {
        [] => Vec::new(),
        [only] => vec![only.clone()],
        [first, last] => vec![first.clone(), last.clone()],
        [first, .., last] => vec![first.clone(), labels[labels.len() / 2].clone(), last.clone()],
    };
    let ends = ends.into_iter().map(|label| view! { <span>{label}</span> }).collect_view();
    let view_box = format!("0 0 {} {}", scale::WIDTH, scale::HEIGHT);
    // The shapes are numbers and class names of ours alone.
    let drawing = format!(
        "<svg role=\"img\" viewBox=\"{view_box}\" preserveAspectRatio=\"none\" aria-label=\"{}\">{}{shapes}</svg>",
        said.replace('&', "&amp;").replace('"', "&quot;"),
        scale::grid(),
    );
    view! {
        <figure class="chart">
            <div class="chart__y" aria-hidden="true">{scale}</div>
            <div class="chart__plot" inner_html=drawing></div>
            <div class="chart__x" aria-hidden="true">{ends}</div>
        </figure>
        {numbers(title, labels, series)}
    }
    .into_any()
}

fn numbers(title: &str, labels: &[String], series: Vec<Series>) -> impl IntoView + use<> {
    let mut columns = vec![Column::new("When")];
    columns.extend(series.iter().map(|one| Column::new(one.name.clone()).numeric()));
    let rows = labels.iter().enumerate().map(|(at, label)| {
        let cells = series.iter().map(|one| {
            let number = one.values.get(at).copied().flatten().map_or_else(|| "No data".to_owned(), scale::read);
            match one.hrefs.get(at) {
                Some(href) => view! { <td class="num"><a href=href.clone()>{number}</a></td> }.into_any(),
                None => view! { <td class="num">{number}</td> }.into_any(),
            }
        });
        view! { <tr><th scope="row">{label.clone()}</th>{cells.collect_view()}</tr> }
    });
    let rows = rows.collect_view();
    let name = format!("{title}, numbers");
    view! {
        <Disclosure summary="Numbers">
            <Table caption=name columns look=TableLook::Last>{rows}</Table>
        </Disclosure>
    }
}
