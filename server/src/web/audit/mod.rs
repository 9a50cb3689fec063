//! `/audit` and below.

mod export;
mod list;
mod show;
mod verify;

use crate::http::Route;

pub(super) fn routes() -> Vec<Route> {
    [list::routes(), export::routes(), verify::routes(), show::routes()].into_iter().flatten().collect()
}
