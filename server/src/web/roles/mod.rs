//! `/roles` and below.

mod draft;
mod list;
mod plan;

use crate::http::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/roles", list::list),
        get("/roles.csv", list::csv),
        get("/roles/new", draft::new),
        post("/roles/draft", draft::again_draft),
        post("/roles/plan", plan::plan),
        post("/roles/apply", plan::apply),
        get("/roles/{id}", list::show),
        get("/roles/{id}/edit", draft::edit),
    ]
}
