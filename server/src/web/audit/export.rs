//! `/audit/export.jsonl`

use axum::body::Body;
use axum::extract::RawQuery;
use axum::http::header;
use axum::response::IntoResponse;
use tenure_app::components::Query;
use tenure_services::audit::{AuditExport, ExportRange};

use crate::http::{Reply, Route, SignedIn, get};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/audit/export.jsonl", export)]
}

/// Sends the log piece by piece, however long it is. Breaks off, and so shows in the browser as a
/// failed download, when a piece cannot be read.
async fn export(SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let number = |key: &str| query.get(key).and_then(|n| n.parse::<u64>().ok());
    let begun = AuditExport::begin(&caller.ctx, ExportRange { from: number("from"), to: number("to") }).await?;
    let pieces = futures::stream::try_unfold(begun, async |mut export| match export.next().await {
        Ok(piece) => Ok(piece.map(|piece| (piece, export))),
        Err(error) => Err(std::io::Error::other(error.to_string())),
    });
    let headers = [(header::CONTENT_TYPE, "application/jsonl"), (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.jsonl\"")];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
