//! `/roles` and below.

pub mod edit;
pub mod list;
pub mod plan;
pub mod show;

use leptos::prelude::*;

use crate::components::{Tab, Tabs};

/// The three lists of what gives access.
pub(crate) fn access_tabs(current: &str) -> AnyView {
    let tabs = [("Roles", "/roles"), ("Rules", "/rules"), ("Applications", "/applications")]
        .map(|(words, href)| Tab::new(words, href).current(href == current))
        .to_vec();
    view! { <Tabs label="Access" tabs/> }.into_any()
}

/// The pages above one of a role.
pub(crate) fn crumbs() -> Vec<(String, String)> {
    vec![("Roles".to_owned(), "/roles".to_owned())]
}
