//! SCIM 2.0 for identity providers, at `/scim/v2` (RFC 7643, 7644, 9865). Thin: the services do the work, and say what
//! went wrong in the words of the protocol. Who asks has an API token; a session is not enough.

mod answer;
mod ask;
mod bulk;
mod discovery;
mod groups;
mod me;
mod search;
mod users;

pub(super) use answer::{is_scim, refused};

use super::Route;

/// Where it is.
const BASE: &str = "/scim/v2";

pub(super) fn routes() -> Vec<Route> {
    let mut routes = discovery::routes();
    routes.extend(users::routes());
    routes.extend(groups::routes());
    routes.extend(search::routes());
    routes.extend(bulk::routes());
    routes.extend(me::routes());
    routes
}
