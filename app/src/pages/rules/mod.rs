//! `/rules` and below.

pub mod edit;
pub mod list;
mod matches;
pub mod plan;
pub mod show;

/// The pages above one of a rule.
fn crumbs() -> Vec<(String, String)> {
    vec![("Rules".to_owned(), "/rules".to_owned())]
}
