//! Something that could not be shown or done.

use leptos::prelude::*;

use crate::layout::Theme;
use crate::page::plain;

/// A page that says what went wrong and what to do.
pub fn page(title: &str, words: &str, request_id: &str, theme: Theme) -> String {
    let (heading, words, request_id) = (title.to_owned(), words.to_owned(), request_id.to_owned());
    plain(title, theme, move || {
        let id = (!request_id.is_empty()).then(
            || view! { <p class="faint">"If you ask for help, name this request: " <span class="mono">{request_id.clone()}</span></p> },
        );
        view! {
            <h1>{heading}</h1>
            <p>{words}</p>
            <p><a href="/">"Go to the start page"</a></p>
            {id}
        }
    })
}
