//! Handlers of pages: read the request, call a service, hand its answer to the page. A file is
//! found by its address: `/identities/…` is `identities.rs` or `identities/`.

mod credentials;
mod frame;
mod home;
mod identities;
mod imports;
mod preferences;
mod read;
mod set_up;
mod sign_in;

use crate::http::Route;

pub(crate) use frame::{again, download, errors, frame, html, page_request, see_other};

/// All pages and forms.
pub(crate) fn routes() -> Vec<Route> {
    [sign_in::routes(), set_up::routes(), preferences::routes(), identities::routes(), imports::routes(), home::routes(), credentials::routes()].into_iter().flatten().collect()
}
