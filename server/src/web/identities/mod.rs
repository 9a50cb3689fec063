//! `/identities` and below.

mod end;
mod factors;
mod form;
mod lifecycle;
mod list;
mod portal;
mod roles;
mod show;

use crate::http::Route;

pub(super) fn routes() -> Vec<Route> {
    [
        list::routes(),
        form::routes(),
        show::routes(),
        lifecycle::routes(),
        roles::routes(),
        portal::routes(),
        factors::routes(),
        end::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
