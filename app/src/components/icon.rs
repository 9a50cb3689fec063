use super::values::{Words, classes};
use crate::layout::asset;
use leptos::prelude::*;

/// An icon of the sprite, 20 px, or 16 px when `small`. Hidden from assistive
/// technology unless it has a `label`; an icon with a word beside it needs none.
#[component]
pub fn Icon(
    /// The name of a symbol in `style/icons.svg`.
    name: &'static str,
    /// 16 px: in buttons, filters and table headers.
    #[prop(optional)]
    small: bool,
    /// Further classes: `t-danger`, `seal`, `inline`.
    #[prop(into, optional)]
    class: String,
    /// What it says, when no word stands beside it.
    #[prop(into, optional)]
    label: Words,
) -> impl IntoView {
    let class = classes(&["icon", if small { "icon--s" } else { "" }, &class]);
    // The reference is ours alone, so it goes in as text: no element type per icon to compile.
    let shape = format!("<use href=\"{}#{name}\"/>", asset("icons.svg"));
    match label.0 {
        Some(label) => view! { <svg class=class role="img" aria-label=label inner_html=shape></svg> }.into_any(),
        None => view! { <svg class=class aria-hidden="true" inner_html=shape></svg> }.into_any(),
    }
}
