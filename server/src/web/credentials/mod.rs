//! `/credentials` and below.

mod list;
mod new;
mod show;

use crate::http::Route;

pub(super) fn routes() -> Vec<Route> {
    [list::routes(), new::routes(), show::routes()].into_iter().flatten().collect()
}
