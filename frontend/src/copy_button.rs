//! A button that copies a text. Without script it is not shown: the text itself stands beside it.

use crate::browser;
use leptos::{html, prelude::*};
use std::time::Duration;

/// How long the button says that it has copied.
const SAID_FOR: Duration = Duration::from_secs(3);

/// Copies `text` to the clipboard. The button reads "Copy", and is named "Copy" and `what`.
///
/// The style `.copy` keeps it invisible, but in its place, until the islands have started.
#[component]
pub fn CopyButton(
    /// What to copy. It stands in the page's HTML: never a secret that the page does not show.
    text: String,
    /// What it is, in words that follow "Copy": "the sign-in link".
    what: String,
) -> impl IntoView {
    view! {
        <span class="copy" data-copy=text data-copy-what=what>
            <CopyIsland />
        </span>
    }
}

#[island]
fn CopyIsland() -> impl IntoView {
    let button = NodeRef::<html::Button>::new();
    let said = RwSignal::new("");
    let given = move |name: &str| {
        let around = button.get_untracked()?.closest("[data-copy]").ok()??;
        around.get_attribute(name)
    };
    let name = RwSignal::new(None);
    Effect::new(move |_| name.set(given("data-copy-what").map(|what| format!("Copy {what}"))));
    let copy = move |_| {
        let text = given("data-copy").unwrap_or_default();
        leptos::task::spawn_local(async move {
            let copied = browser::copy(&text).await;
            said.set(if copied { "Copied" } else { "Not copied: select the text instead" });
            set_timeout(move || said.set(""), SAID_FOR);
        });
    };

    view! {
        <button
            type="button"
            class="btn btn--quiet btn--s"
            aria-label=name
            node_ref=button
            on:click=copy
        >
            "Copy"
        </button>
        <span class="copy__said" role="status">
            {said}
        </span>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn html(text: &str, what: &str) -> String {
        let (text, what) = (text.to_owned(), what.to_owned());
        view! { <CopyButton text what /> }.to_html()
    }

    #[test]
    fn it_carries_its_text_and_name_escaped() {
        let html = html("a\"b<c>", "the <it>");
        assert!(html.contains("data-copy=\"a&quot;b&lt;c&gt;\""), "{html}");
        assert!(!html.contains("<it>"), "{html}");
        assert!(html.contains("role=\"status\""), "{html}");
        assert!(html.contains("<leptos-island data-component=\"CopyIsland_"), "{html}");
    }

    /// A property would put a JSON parser into what the browser loads: 21 kB.
    #[test]
    fn no_island_has_properties() {
        assert!(!html("a", "b").contains("data-props"));
    }
}
