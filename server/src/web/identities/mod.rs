//! `/identities` and below.

mod list;

use crate::http::Route;

pub(super) fn routes() -> Vec<Route> {
    list::routes()
}
