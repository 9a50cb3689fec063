use super::frame::{Series, frame};
use super::scale::{WIDTH, top, y};
use leptos::prelude::*;

/// The path of a series: a gap where a value is not known.
fn path(values: &[Option<f64>], top: f64) -> (String, Option<(f64, f64)>) {
    let step = WIDTH / (values.len().max(2) - 1) as f64;
    let mut path = String::new();
    let mut last = None;
    let mut pen_up = true;
    for (at, value) in values.iter().enumerate() {
        let Some(value) = value else {
            pen_up = true;
            continue;
        };
        let (x, y) = (at as f64 * step, y(*value, top));
        path.push_str(&format!("{}{x:.1} {y:.1}", if pen_up { "M" } else { "L" }));
        last = Some((x, y));
        pen_up = false;
    }
    (path, last)
}

/// Lines over time. With `limit` a dashed line shows what must not be passed.
#[component]
pub fn LineChart(
    /// What it shows, as a sentence: from where to where, and what matters.
    #[prop(into)]
    said: String,
    /// Its short name, for the table of numbers.
    #[prop(into)]
    title: String,
    /// A label for each point.
    labels: Vec<String>,
    /// One or two series; the first is the main one.
    series: Vec<Series>,
    /// What must not be passed.
    #[prop(optional)]
    limit: Option<f64>,
    /// Fill what is below the second series, or below the only one.
    #[prop(optional)]
    area: bool,
) -> impl IntoView {
    let greatest = series.iter().flat_map(|one| &one.values).flatten().copied().chain(limit).fold(0.0, f64::max);
    let top = top(greatest);
    let mut shapes = String::new();
    if let (true, Some(one)) = (area, series.last()) {
        let (path, last) = path(&one.values, top);
        // An area is drawn below an unbroken line only; below a gap there is nothing to fill.
        if let (Some((x, _)), true) = (last, path.matches('M').count() == 1) {
            let first = path.trim_start_matches('M').split(' ').next().unwrap_or("0").to_owned();
            let base = super::scale::HEIGHT;
            shapes.push_str(&format!("<path class=\"c-area\" d=\"{path}L{x:.1} {base}L{first} {base}z\"/>"));
        }
    }
    if let Some(limit) = limit {
        shapes.push_str(&format!("<path class=\"c-limit\" d=\"M0 {:.1}H{WIDTH}\"/>", y(limit, top)));
    }
    for one in series.iter().rev() {
        let (path, last) = path(&one.values, top);
        let stroke = one.fill.stroke();
        if let Some((x, y)) = last {
            shapes.push_str(&format!(
                "<path class=\"c-line {stroke}\" d=\"{path}\"/><path class=\"c-dot {stroke}\" d=\"M{x:.1} {y:.1}h0\"/>"
            ));
        }
    }
    frame(said, &title, &labels, series, top, shapes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_a_gap() {
        let (path, last) = path(&[Some(0.0), None, Some(4.0)], 4.0);
        assert_eq!(path, "M0.0 136.0M440.0 0.0");
        assert_eq!(last, Some((440.0, 0.0)));
        assert_eq!(super::path(&[], 4.0), (String::new(), None));
    }
}
