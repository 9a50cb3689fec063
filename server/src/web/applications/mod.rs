//! `/applications` and below.

mod accounts;
mod hosts;
mod mapping;
mod missing;
mod new;
mod show;
mod target;

use std::sync::Arc;

use axum::extract::State;
use tenure_app::pages::applications::list::{Model, page};
use tenure_domain::access::{Portal, Principal, actions, authorize};
use tenure_services::access::list_applications;

use crate::http::{Reply, Route, SignedIn, Web, get, post};
use crate::web::{frame, html};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/applications", list),
        get("/applications/new", new::show),
        post("/applications", new::create),
        get("/applications/{id}", show::show),
        post("/applications/{id}/entitlements", show::add),
        get("/applications/{id}/target", target::show),
        post("/applications/{id}/target", target::save),
        post("/applications/{id}/target/probe", target::probe),
        post("/applications/{id}/target/read", target::read),
        post("/applications/{id}/target/readings/{reading}/cancel", target::cancel),
        post("/applications/{id}/target/hold", target::hold),
        get("/applications/{id}/hosts", hosts::show),
        post("/applications/{id}/hosts", hosts::add),
        post("/applications/{id}/hosts/{host}/rotate", hosts::rotate),
        post("/applications/{id}/hosts/{host}/revoke", hosts::revoke),
        get("/applications/{id}/mapping", mapping::show),
        post("/applications/{id}/mapping", mapping::save),
        post("/applications/{id}/mapping/try", mapping::attempt),
        get("/applications/{id}/missing", missing::show),
        post("/applications/{id}/missing/{grant}", missing::repair),
        get("/applications/{id}/accounts", accounts::show),
        post("/applications/{id}/accounts/{account}", accounts::correlate),
        post("/applications/{id}/accounts/{account}/service", accounts::service),
        post("/applications/{id}/accounts/{account}/remove", accounts::remove),
        post("/applications/{id}/accounts/{account}/repair", accounts::repair),
        post("/applications/{id}/accounts/{account}/accept", accounts::accept),
    ]
}

async fn list(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    let applications = list_applications(&caller.ctx).await?;
    let may_manage = may_manage(&caller.ctx.principal);
    Ok(html(page(&frame(&web, &caller, ""), Model { applications, may_manage })))
}

/// Whether somebody may record applications and entitlements.
fn may_manage(who: &Principal) -> bool {
    authorize::<actions::ManageApplications, _>(who, &Portal).is_ok()
}
