//! `/operations` and below, `/out-of-band`

mod restored;
mod show;

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use tenure_app::components::Query;
use tenure_app::pages::{operations, out_of_band};
use tenure_services::access::{list_catalogue, list_out_of_band, list_owed};

use crate::http::{Reply, Route, SignedIn, Web, get, post};
use crate::web::{frame, html, page_request};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/operations", owed),
        get("/operations/restored", restored::show),
        post("/operations/restored", restored::release),
        get("/operations/{id}", show::show),
        post("/operations/{id}/retry", show::retry),
        post("/operations/{id}/attest", show::attest),
        get("/out-of-band", found),
    ]
}

async fn owed(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let kind = query.get("kind").and_then(|k| k.parse().ok());
    let owed = list_owed(&caller.ctx, kind, &page_request(&query)).await?;
    Ok(html(operations::list::page(&frame(&web, &caller, ""), owed, query)))
}

async fn found(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let application = query.get("application").and_then(|id| id.parse().ok());
    let found = list_out_of_band(&caller.ctx, application, &page_request(&query)).await?;
    let applications = list_catalogue(&caller.ctx).await?.applications.into_iter().map(|a| (a.id.to_string(), a.name)).collect();
    Ok(html(out_of_band::page(&frame(&web, &caller, ""), found, applications, query)))
}
