use super::icon::Icon;
use super::values::{Slot, Words};
use leptos::prelude::*;

/// Pages by key: how much is shown, and links to the page before and after.
/// There are no page numbers: a list moves while it is read.
#[component]
pub fn Pager(
    /// How much is shown: `50 of 128, by name`.
    #[prop(into)]
    shown: Slot,
    /// The page before.
    #[prop(into, optional)]
    prev: Words,
    /// The page after.
    #[prop(into, optional)]
    next: Words,
    /// What is paged, when there is more than one list.
    #[prop(into, default = "Pages".to_owned())]
    label: String,
) -> impl IntoView {
    let alone = prev.is_none() && next.is_none();
    // Both ends keep their place, so that "next" is always under the same finger.
    let prev = match prev.0 {
        Some(href) => view! { <a class="btn btn--s" href=href rel="prev"><Icon name="prev" small=true/>"Previous"</a> }.into_any(),
        None => view! { <span class="btn btn--s" aria-disabled="true"><Icon name="prev" small=true/>"Previous"</span> }.into_any(),
    };
    let next = match next.0 {
        Some(href) => view! { <a class="btn btn--s" href=href rel="next">"Next"<Icon name="next" small=true/></a> }.into_any(),
        None => view! { <span class="btn btn--s" aria-disabled="true">"Next"<Icon name="next" small=true/></span> }.into_any(),
    };
    let links = (!alone).then(|| view! { <nav class="row" aria-label=label>{prev}{next}</nav> });
    view! { <div class="pager"><span>{shown.0}</span>{links}</div> }.into_any()
}
