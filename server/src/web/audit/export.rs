//! `/audit/export.jsonl`

use axum::extract::RawQuery;
use tenure_app::components::Query;
use tenure_services::audit::{AuditExport, ExportRange};

use crate::http::{Reply, Route, SignedIn, get};
use crate::web::download_pieces;

pub(super) fn routes() -> Vec<Route> {
    vec![get("/audit/export.jsonl", export)]
}

/// Sends the log piece by piece, however long it is.
async fn export(SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let number = |key: &str| query.get(key).and_then(|n| n.parse::<u64>().ok());
    let begun = AuditExport::begin(&caller.ctx, ExportRange { from: number("from"), to: number("to") }).await?;
    let pieces = futures::stream::try_unfold(begun, async |mut export| Ok(export.next().await?.map(|piece| (piece, export))));
    Ok(download_pieces("audit.jsonl", "application/jsonl", pieces))
}
