use super::frame::Fill;
use leptos::prelude::*;

/// A bar of parts: kept, removed, open.
#[component]
pub fn Bar(
    /// What it shows, as a sentence.
    #[prop(into)]
    said: String,
    /// Colour and amount of each part, from the start.
    parts: Vec<(Fill, u64)>,
    /// The whole, when the parts do not fill it.
    #[prop(optional)]
    of: Option<u64>,
) -> impl IntoView {
    let sum: u64 = parts.iter().map(|(_, n)| n).sum();
    let whole = of.unwrap_or(sum).max(sum).max(1);
    let mut shapes = format!("<rect class=\"f-mute\" width=\"{whole}\" height=\"10\"/>");
    let mut x = 0;
    for (fill, n) in parts {
        shapes.push_str(&format!("<rect class=\"{}\" x=\"{x}\" width=\"{n}\" height=\"10\"/>", fill.class()));
        x += n;
    }
    let view_box = format!("0 0 {whole} 10");
    view! {
        <svg class="bar" role="img" aria-label=said viewBox=view_box preserveAspectRatio="none" inner_html=shapes></svg>
    }
    .into_any()
}

/// A clause of a rule with its count, and how much of the whole that is.
#[component]
pub fn BarRow(
    /// The clause.
    #[prop(into)]
    label: crate::components::Slot,
    /// How many fulfil it.
    n: u64,
    /// Of how many.
    of: u64,
    /// What is counted: `identities`.
    #[prop(into)]
    unit: String,
    /// The list behind the count.
    #[prop(into, optional)]
    href: crate::components::Words,
) -> impl IntoView {
    let number = crate::components::count(n);
    let said = format!("{number} of {} {unit}", crate::components::count(of));
    let number = match href.0 {
        Some(href) => view! { <a href=href>{number}</a> }.into_any(),
        None => number.into_any(),
    };
    view! {
        <li>
            <span>{label.0}</span>
            <b class="n">{number}</b>
            <Bar said parts=vec![(Fill::Accent, n)] of=of/>
        </li>
    }
    .into_any()
}
