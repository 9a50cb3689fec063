//! `/imports` and below.

pub mod applying;
mod counts;
pub mod list;
mod mapping;
pub mod new;
mod outcome;
mod plan;
pub mod show;
pub mod show_list;

use leptos::prelude::*;

use crate::components::{Tag, Tone};

/// The pages above one of an import.
fn crumbs() -> Vec<(String, String)> {
    vec![("Identities".to_owned(), "/identities".to_owned()), ("Imports".to_owned(), "/imports".to_owned())]
}

/// Where an import stands: what waits for a person gets a tag.
fn state(state: &str) -> AnyView {
    match state {
        "applied" => "Applied".into_any(),
        "staged" => view! { <Tag tone=Tone::Accent>"Waits"</Tag> }.into_any(),
        _ => view! { <Tag tone=Tone::Off>"Discarded"</Tag> }.into_any(),
    }
}
