//! `/my-access`

use std::sync::Arc;

use axum::extract::State;
use tenure_app::pages::my_access::{Model, page};
use tenure_domain::access::{Portal, actions, authorize};
use tenure_services::identities::show_identity;

use super::{frame, html};
use crate::http::{Reply, Route, SignedIn, Web, get};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/my-access", show)]
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    let me = match caller.ctx.principal.identity_id() {
        Some(me) => Some(show_identity(&caller.ctx, me).await?),
        None => None,
    };
    let sees_access = authorize::<actions::ViewAccess, _>(&caller.ctx.principal, &Portal).is_ok();
    Ok(html(page(&frame(&web, &caller, ""), Model { me, sees_access })))
}
