//! `/api/v1/signals` and below: who is told, and whose signals are taken.

mod receivers;
mod transmitters;

use crate::http::Route;

pub(super) fn routes() -> Vec<Route> {
    let mut routes = receivers::routes();
    routes.extend(transmitters::routes());
    routes
}
