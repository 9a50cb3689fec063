//! `/style`, in debug builds

use std::sync::Arc;

use axum::extract::State;
use tenure_app::pages::style::page;

use crate::http::{Reply, Route, SignedIn, Web, get};
use crate::web::{frame, html};

pub(super) fn routes() -> Vec<Route> {
    if cfg!(debug_assertions) { vec![get("/style", show)] } else { Vec::new() }
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    Ok(html(page(&frame(&web, &caller, ""))))
}
