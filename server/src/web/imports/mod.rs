//! `/imports` and below.

mod change;
mod lists;
mod mapping;
mod new;
mod show;

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use tenure_app::components::Query;
use tenure_app::pages::imports::list::{Model, page};
use tenure_domain::access::{Portal, Principal, actions, authorize};
use tenure_services::people::list_imports;

use crate::http::{Reply, Route, SignedIn, Web, get, post};
use crate::web::{frame, html, page_request};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/imports", list),
        get("/imports/new", new::show),
        post("/imports/new", new::send).upload(),
        get("/imports/memberships/new", lists::new_memberships),
        post("/imports/memberships/new", lists::send_memberships).upload(),
        get("/imports/credentials/new", lists::new_credentials),
        post("/imports/credentials/new", lists::send_credentials).upload(),
        get("/imports/{id}", show::show),
        get("/imports/{id}/preview.csv", show::csv),
        post("/imports/{id}/map", mapping::remap),
        post("/imports/{id}/apply", change::apply),
        post("/imports/{id}/discard", change::discard),
    ]
}

async fn list(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let (sources, found) = list_imports(&caller.ctx, &page_request(&query)).await?;
    let said = if query.get("said") == Some("discarded") { "The import was discarded. It changed nothing." } else { "" };
    let may_import = may_import(&caller.ctx.principal);
    Ok(html(page(&frame(&web, &caller, said), Model { sources, page: found, query: query.without("said"), may_import })))
}

/// Whether somebody may send files at all.
fn may_import(who: &Principal) -> bool {
    authorize::<actions::ManageSources, _>(who, &Portal).is_ok()
}
