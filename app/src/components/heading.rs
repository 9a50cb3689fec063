use super::values::Slot;
use leptos::prelude::*;

/// A heading of a level that its place decides.
pub(crate) fn heading(level: u8, id: Option<String>, words: impl Into<Slot>) -> AnyView {
    let words = words.into().0;
    match level {
        1 => view! { <h1 id=id>{words}</h1> }.into_any(),
        2 => view! { <h2 id=id>{words}</h2> }.into_any(),
        3 => view! { <h3 id=id>{words}</h3> }.into_any(),
        _ => view! { <h4 id=id>{words}</h4> }.into_any(),
    }
}
