//! `/audit/{id}`

use std::sync::Arc;

use axum::extract::{Path, State};
use tenure_app::pages::audit::show::page;
use tenure_domain::access::{Portal, actions, authorize};
use tenure_services::audit::event_detail;

use crate::http::{Reply, Route, SignedIn, Web, get};
use crate::web::read::key;
use crate::web::{frame, html};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/audit/{id}", show)]
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    let detail = event_detail(&caller.ctx, key(&id)?).await?;
    let may_export = authorize::<actions::ExportAudit, _>(&caller.ctx.principal, &Portal).is_ok();
    Ok(html(page(&frame(&web, &caller, ""), detail, may_export)))
}
