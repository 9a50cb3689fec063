//! `/search`

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use tenure_app::components::Query;
use tenure_app::pages::search::{Model, page};
use tenure_services::search::search;

use crate::http::{Reply, Route, SignedIn, Web, get};
use crate::web::{frame, html};

/// At most so many of each kind.
const LIMIT: usize = 20;

pub(super) fn routes() -> Vec<Route> {
    vec![get("/search", show)]
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let text = |key: &str| query.get(key).unwrap_or_default().trim().chars().take(200).collect::<String>();
    let (searched, kind) = (text("q"), text("kind"));
    let hits = if searched.is_empty() { Vec::new() } else { search(&caller.ctx, &searched, LIMIT).await? };
    Ok(html(page(&frame(&web, &caller, ""), Model { searched, hits, kind, limit: LIMIT })))
}
