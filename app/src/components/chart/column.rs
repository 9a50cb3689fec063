use super::frame::{Series, frame};
use super::scale::{HEIGHT, WIDTH, top, y};
use leptos::prelude::*;

/// Columns over time, stacked: the first series stands at the bottom.
#[component]
pub fn ColumnChart(
    /// What it shows, as a sentence: from where to where, and what matters.
    #[prop(into)]
    said: String,
    /// Its short name, for the table of numbers.
    #[prop(into)]
    title: String,
    /// A label for each column.
    labels: Vec<String>,
    /// The series.
    series: Vec<Series>,
) -> impl IntoView {
    let value = |one: &Series, at: usize| one.values.get(at).copied().flatten().unwrap_or(0.0);
    let sums = (0..labels.len()).map(|at| series.iter().map(|one| value(one, at)).sum::<f64>());
    let top = top(sums.fold(0.0, f64::max));
    let slot = WIDTH / labels.len().max(1) as f64;
    let mut shapes = String::new();
    for at in 0..labels.len() {
        let mut below = 0.0;
        for one in &series {
            let value = value(one, at);
            if value <= 0.0 {
                continue;
            }
            let upper = y(below + value, top);
            // One unit is left open between two series, so that they differ without colour.
            let height = (HEIGHT - upper - (HEIGHT - y(below, top)) - if below > 0.0 { 1.0 } else { 0.0 }).max(0.5);
            shapes.push_str(&format!(
                "<rect class=\"{}\" x=\"{:.1}\" y=\"{upper:.1}\" width=\"{:.1}\" height=\"{height:.1}\"/>",
                one.fill.class(),
                at as f64 * slot + slot * 0.16,
                slot * 0.68,
            ));
            below += value;
        }
    }
    frame(said, &title, &labels, series, top, shapes)
}
