//! `/signals` and below: who is told what happens, and whose signals are taken.

mod receivers;
mod transmitters;

use std::sync::Arc;

use axum::extract::State;
use tenure_app::pages::signals::list::{Model, page};
use tenure_domain::access::{Portal, actions, authorize};
use tenure_services::signals::{list_receivers, list_transmitters};

use super::{frame, html};
use crate::http::{Caller, Reply, Route, SignedIn, Web, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/signals", list),
        post("/signals/receivers", receivers::create),
        get("/signals/receivers/new", receivers::new),
        get("/signals/receivers/{id}", receivers::show),
        get("/signals/receivers/{id}/edit", receivers::edit),
        post("/signals/receivers/{id}/edit", receivers::save),
        post("/signals/receivers/{id}/test", receivers::test),
        post("/signals/receivers/{id}/pause", receivers::pause),
        post("/signals/receivers/{id}/resume", receivers::resume),
        post("/signals/receivers/{id}/rotate", receivers::rotate),
        post("/signals/receivers/{id}/remove", receivers::remove),
        post("/signals/transmitters", transmitters::create),
        get("/signals/transmitters/new", transmitters::new),
        get("/signals/transmitters/{id}", transmitters::show),
        post("/signals/transmitters/{id}/pause", transmitters::pause),
        post("/signals/transmitters/{id}/resume", transmitters::resume),
        post("/signals/transmitters/{id}/remove", transmitters::remove),
    ]
}

fn may_manage(caller: &Caller) -> bool {
    authorize::<actions::ManageSignals, _>(&caller.ctx.principal, &Portal).is_ok()
}

async fn list(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    let (receivers, transmitters) = (list_receivers(&caller.ctx).await?, list_transmitters(&caller.ctx).await?);
    let may_manage = may_manage(&caller);
    Ok(html(page(&frame(&web, &caller, ""), Model { receivers, transmitters, may_manage })))
}
