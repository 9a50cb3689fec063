//! `/scim/v2/.search`: users and groups together.

use tenure_services::scim::search as both;

use super::answer::{Reply, json};
use super::ask::{Asked, Sent};
use crate::http::{Route, post};

pub(super) fn routes() -> Vec<Route> {
    vec![post("/scim/v2/.search", search)]
}

async fn search(asked: Asked, sent: Sent) -> Reply {
    let search = sent.search()?;
    Ok(json(200, &both(&asked.ctx, &asked.view_for(&search)?, &search).await?.body()))
}
