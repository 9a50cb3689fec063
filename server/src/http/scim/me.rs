//! `/scim/v2/Me`: who asks, if that is a user (RFC 7644, 3.11). Nobody changes themselves here: the address of the user
//! is for that.

use tenure_services::scim::me;

use super::answer::{Reply, read};
use super::ask::Asked;
use crate::http::{Route, get};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/scim/v2/Me", show)]
}

async fn show(asked: Asked) -> Reply {
    Ok(read(&me(&asked.ctx, &asked.view()?).await?, asked.if_none_match.as_deref()))
}
