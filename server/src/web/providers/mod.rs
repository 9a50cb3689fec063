//! `/settings/sign-in` and below: by which providers people sign in; and the way to them and back, below `/sign-in`.

mod policy;
mod settings;
mod way;

pub(super) use way::{begun, forward, known, no_way, ways};

use crate::http::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        // Bound to no session yet: the browser's own secret binds the way back to the way there.
        post("/sign-in/providers/{id}", way::begin).public(),
        get("/sign-in/providers/{id}/callback", way::finish).public(),
        // Of the provider, by tokens of its own.
        post("/sign-in/providers/{id}/logout", way::back_channel).public().plain(),
        get("/sign-in/providers/{id}/logout", way::front_channel).public().plain(),
        get("/settings/sign-in", settings::list),
        post("/settings/sign-in", settings::create),
        get("/settings/sign-in/new", settings::new),
        get("/settings/sign-in/policy", policy::show),
        post("/settings/sign-in/policy/plan", policy::plan),
        post("/settings/sign-in/policy", policy::apply),
        get("/settings/sign-in/{id}", settings::show),
        get("/settings/sign-in/{id}/edit", settings::edit),
        post("/settings/sign-in/{id}/edit", settings::save),
        post("/settings/sign-in/{id}/test", settings::test),
        post("/settings/sign-in/{id}/enable", settings::enable),
        post("/settings/sign-in/{id}/disable", settings::disable),
        post("/settings/sign-in/{id}/remove", settings::remove),
    ]
}
