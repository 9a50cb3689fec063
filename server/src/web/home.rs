//! `/`

use std::sync::Arc;

use axum::extract::State;
use tenure_app::pages::home::{Model, page};
use tenure_domain::access::{Portal, actions, authorize};
use tenure_services::home::{overview, own};

use crate::http::{Reply, Route, SignedIn, Web, get};
use crate::web::{frame, html};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/", show)]
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    let overview = overview(&caller.ctx).await?;
    let own = if overview.is_none() { own(&caller.ctx).await? } else { None };
    let may_set_up = authorize::<actions::ManageSources, _>(&caller.ctx.principal, &Portal).is_ok();
    Ok(html(page(&frame(&web, &caller, ""), Model { overview, own, may_set_up })))
}
