//! `/offboarding` and below.

mod live;

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::Query;
use tenure_app::pages::offboarding::{list, show};
use tenure_services::ServiceError;
use tenure_services::operations::list_progress;
use tenure_services::records::{list_records, show_record, watch_record};

use super::read::key;
use super::{download, frame, html, page_request};
use crate::http::{CameBy, Reply, Route, SignedIn, Web, get, record_paper};
pub(crate) use live::Live;
#[cfg(test)]
pub(crate) use live::Pace;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/offboarding", records),
        get("/offboarding/{id}", record),
        get("/offboarding/{id}/events", events),
        get("/offboarding/{id}/record.json", json),
        get("/offboarding/{id}/record.pdf", pdf),
    ]
}

async fn records(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let records = list_records(&caller.ctx, &page_request(&query)).await?;
    let owed = list_progress(&caller.ctx).await?;
    Ok(html(list::page(&frame(&web, &caller, ""), records, owed, query)))
}

async fn record(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    let shown = show_record(&caller.ctx, key(&id)?).await?;
    Ok(html(show::page(&frame(&web, &caller, ""), shown)))
}

async fn events(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, by: CameBy, Path(id): Path<String>) -> Reply {
    let watched = watch_record(&caller.ctx, key(&id)?).await?;
    Live::answer(&web, &caller.ctx.principal, by, watched)
}

async fn json(State(_): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    let shown = show_record(&caller.ctx, key(&id)?).await?;
    let text = shown.file.to_text().map_err(|fault| ServiceError::Refused(fault.to_string()))?;
    Ok(download(&format!("record-{}.json", shown.id), "application/json", text.into_bytes()))
}

async fn pdf(State(_): State<Arc<Web>>, SignedIn(caller): SignedIn, Path(id): Path<String>) -> Reply {
    let shown = show_record(&caller.ctx, key(&id)?).await?;
    let paper = record_paper(&caller.ctx, &shown)?;
    Ok(download(&format!("record-{}.pdf", shown.id), "application/pdf", paper))
}
