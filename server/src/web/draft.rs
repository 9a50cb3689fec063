//! `/account/draft`

use std::sync::Arc;

use axum::extract::State;
use tenure_app::pages::draft::page;
use tenure_services::accounts::{discard_draft, my_draft};

use super::{frame, html, see_other};
use crate::http::{Posted, Reply, Route, SignedIn, Web, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/account/draft", show), post("/account/draft/discard", discard)]
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn) -> Reply {
    let draft = my_draft(&caller.ctx).await?;
    Ok(html(page(&frame(&web, &caller, ""), draft)))
}

async fn discard(State(_): State<Arc<Web>>, SignedIn(caller): SignedIn, _form: Posted) -> Reply {
    discard_draft(&caller.ctx).await?;
    Ok(see_other("/account/draft"))
}
