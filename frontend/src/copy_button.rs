//! A button that copies a text. Without script it is not shown: the text itself stands beside it.

use crate::browser;
use leptos::prelude::*;
use std::time::Duration;

/// How long the button says that it has copied.
const SAID_FOR: Duration = Duration::from_secs(3);

/// Copies `text` to the clipboard. `label` says what is copied, as in "Copy the link".
///
/// The style `.copy` keeps it invisible, but in its place, until the islands have started.
#[island]
pub fn CopyButton(
    /// What to copy. It stands in the page's HTML: never a secret that the page does not show.
    text: String,
    /// The button's words.
    label: String,
) -> impl IntoView {
    let text = StoredValue::new(text);
    let said = RwSignal::new("");
    let copy = move |_| {
        leptos::task::spawn_local(async move {
            let copied = browser::copy(&text.get_value()).await;
            said.set(if copied {
                "Copied"
            } else {
                "Not copied: select the text instead"
            });
            set_timeout(move || said.set(""), SAID_FOR);
        });
    };

    view! {
        <span class="copy">
            <button type="button" class="btn btn--quiet btn--s" on:click=copy>
                {label}
            </button>
            <span class="copy__said" role="status">
                {said}
            </span>
        </span>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn it_renders_its_label_and_carries_its_text_escaped() {
        let html = view! { <CopyButton text="a\"b<c>".to_owned() label="Copy <it>".to_owned() /> }
            .to_html();
        assert!(
            html.starts_with("<leptos-island data-component=\"CopyButton_"),
            "{html}"
        );
        assert!(html.contains("Copy &lt;it&gt;"), "{html}");
        assert!(!html.contains("a\"b<c>"), "{html}");
        assert!(html.contains("role=\"status\""), "{html}");
    }
}
