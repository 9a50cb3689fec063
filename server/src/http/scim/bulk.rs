//! `/scim/v2/Bulk`

use tenure_services::scim::run_bulk;

use super::answer::{Reply, json};
use super::ask::{Asked, Sent};
use crate::http::{Route, post};

pub(super) fn routes() -> Vec<Route> {
    vec![post("/scim/v2/Bulk", run)]
}

async fn run(asked: Asked, Sent(body): Sent) -> Reply {
    Ok(json(200, &run_bulk(&asked.ctx, &asked.view()?, &body).await?))
}
