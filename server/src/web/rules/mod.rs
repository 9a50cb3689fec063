//! `/rules` and below.

mod draft;
mod list;
mod plan;

use crate::http::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/rules", list::list),
        get("/rules/new", draft::new),
        post("/rules/match", draft::try_it),
        post("/rules/draft", draft::again_draft),
        post("/rules/plan", plan::plan),
        post("/rules/apply", plan::apply),
        get("/rules/{id}", list::show),
        get("/rules/{id}/edit", draft::edit),
    ]
}
