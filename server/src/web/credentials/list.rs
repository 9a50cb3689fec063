//! `/credentials`, `/credentials.csv`

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use chrono::{DateTime, Utc};
use tenure_app::components::Query;
use tenure_app::pages::credentials::list::{Model, page};
use tenure_domain::access::{Portal, actions, authorize};
use tenure_domain::id::IdentityId;
use tenure_services::credentials::{CredentialExport, Finding, list_credentials, narrow_to_heat};
use tenure_services::views::list_views;
use tenure_store::Direction;
use tenure_store::credentials::{CredentialFilter, CredentialSort};

use crate::http::{Reply, Route, SignedIn, Web, get};
use crate::web::{CSV, asked, download_pieces, frame, html, page_request};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/credentials", show), get("/credentials.csv", csv)]
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let filter = filter(&query, caller.ctx.now);
    let list = list_credentials(&caller.ctx, &filter, &page_request(&query)).await?;
    let views = list_views(&caller.ctx, "credentials").await?;
    let may_record = authorize::<actions::RecordCredential, _>(&caller.ctx.principal, &Portal).is_ok();
    Ok(html(page(&frame(&web, &caller, ""), Model { list, query, views, may_record })))
}

async fn csv(SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let begun = CredentialExport::begin(&caller.ctx, &filter(&query, caller.ctx.now), &asked(&query)).await?;
    let pieces = futures::stream::try_unfold(begun, async |mut export| Ok(export.next().await?.map(|piece| (piece, export))));
    Ok(download_pieces("credentials.csv", CSV, pieces))
}

/// What the address asks for. A word that is none of ours filters nothing.
fn filter(query: &Query, now: DateTime<Utc>) -> CredentialFilter {
    let text = |key: &str| query.get(key).unwrap_or_default();
    let (sort, direction) = match text("sort").strip_prefix('-') {
        Some(sort) => (sort, Direction::Descending),
        None => (text("sort"), Direction::Ascending),
    };
    let mut filter = CredentialFilter {
        label: text("q").trim().to_owned(),
        kind: text("kind").parse().ok(),
        state: text("state").parse().ok(),
        live: text("live") == "yes",
        identity_id: text("of").parse::<IdentityId>().ok(),
        sort: match sort {
            "kind" => CredentialSort::Kind,
            "state" => CredentialSort::State,
            _ => CredentialSort::Label,
        },
        direction,
        ..CredentialFilter::default()
    };
    if let Some(finding) = Finding::from_word(text("finding")) {
        finding.narrow(&mut filter, now);
    }
    if let Some((Ok(row), Ok(column))) = text("heat").split_once('-').map(|(row, column)| (row.parse(), column.parse())) {
        narrow_to_heat(&mut filter, row, column, now);
    }
    filter
}
