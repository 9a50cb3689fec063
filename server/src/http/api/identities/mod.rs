//! `/api/v1/identities` and below.

mod about;
mod access;
mod life;
mod list;
mod picture;
mod portal;
mod record;

pub(super) use access::Made;
pub(super) use life::Reason;

use crate::http::Route;

pub(super) fn routes() -> Vec<Route> {
    [list::routes(), record::routes(), life::routes(), access::routes(), about::routes(), portal::routes()].into_iter().flatten().collect()
}
