//! `/settings/sign-in` and below: by which providers people sign in.

pub mod edit;
pub mod list;
pub mod policy;
pub mod show;

use leptos::prelude::*;
use tenure_domain::sign_in::ProviderState;

use crate::components::{Tag, Tone};

/// The way to a page below the list.
fn crumbs() -> Vec<(String, String)> {
    vec![("Sign-in".to_owned(), "/settings/sign-in".to_owned())]
}

/// Whether people may sign in by it, and whether it worked last.
fn state(state: ProviderState, said: &str) -> AnyView {
    match (state, said) {
        (ProviderState::Disabled, _) => view! { <Tag tone=Tone::Off>"Disabled"</Tag> }.into_any(),
        (ProviderState::Enabled, "") => view! { <Tag tone=Tone::Success>"Enabled"</Tag> }.into_any(),
        (ProviderState::Enabled, _) => view! { <Tag tone=Tone::Warning>"Does not answer as it should"</Tag> }.into_any(),
    }
}
