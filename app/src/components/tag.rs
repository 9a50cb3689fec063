use super::icon::Icon;
use super::values::{Tone, Words, toned};
use leptos::prelude::*;

/// A word about a state. The normal state gets none: write it as plain text.
#[component]
pub fn Tag(
    /// What the colour means; `Off` is dashed.
    #[prop(optional)]
    tone: Tone,
    /// An icon before the word.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// The word.
    children: Children,
) -> impl IntoView {
    view! { <span class=toned("tag", tone)>{icon.map(|name| view! { <Icon name/> })}{children()}</span> }.into_any()
}

/// A number beside a name.
#[component]
pub fn Count(
    /// How many.
    #[prop(into)]
    n: i128,
    /// What is counted, for those who do not see the place: `open`.
    #[prop(into, optional)]
    of: Words,
) -> impl IntoView {
    view! {
        <span class="count">{super::values::count(n)}{of.0.map(|of| view! { <span class="vh">{format!(" {of}")}</span> })}</span>
    }
    .into_any()
}
