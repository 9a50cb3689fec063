//! `/identities`, `/identities.csv`

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use chrono::{Months, NaiveDate};
use tenure_app::components::Query;
use tenure_app::pages::identities::list::{Model, page};
use tenure_domain::access::{Portal, actions, authorize};
use tenure_services::identities::{IdentityExport, list_identities};
use tenure_services::views::list_views;
use tenure_store::Direction;
use tenure_store::identities::{IdentityFilter, IdentitySort};

use crate::http::{Reply, Route, SignedIn, Web, get};
use crate::web::{CSV, asked, download_pieces, frame, html, page_request};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/identities", show), get("/identities.csv", csv)]
}

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let list = list_identities(&caller.ctx, &filter(&query), &page_request(&query)).await?;
    let views = list_views(&caller.ctx, "identities").await?;
    let may_create = authorize::<actions::CreateIdentity, _>(&caller.ctx.principal, &Portal).is_ok();
    Ok(html(page(&frame(&web, &caller, ""), Model { list, query, views, may_create })))
}

async fn csv(SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let begun = IdentityExport::begin(&caller.ctx, &filter(&query), &asked(&query)).await?;
    let pieces = futures::stream::try_unfold(begun, async |mut export| Ok(export.next().await?.map(|piece| (piece, export))));
    Ok(download_pieces("identities.csv", CSV, pieces))
}

/// `2026-01`, or `2026-01..2026-03`: from the first day to the one after the last.
fn months(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let first = |month: &str| NaiveDate::parse_from_str(&format!("{month}-01"), "%Y-%m-%d").ok();
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    Some((first(from)?, first(to)?.checked_add_months(Months::new(1))?))
}

/// What the address asks for. A word that is none of ours filters nothing.
fn filter(query: &Query) -> IdentityFilter {
    let text = |key: &str| query.get(key).unwrap_or_default();
    let (sort, direction) = match text("sort").strip_prefix('-') {
        Some(sort) => (sort, Direction::Descending),
        None => (text("sort"), Direction::Ascending),
    };
    IdentityFilter {
        search: text("q").to_owned(),
        state: text("state").parse().ok(),
        kind: text("kind").parse().ok(),
        non_human: text("kind") == "non-human",
        department: Some(text("department").to_owned()).filter(|d| !d.is_empty()),
        manager_id: text("manager").parse().ok(),
        owner_id: text("owner").parse().ok(),
        without_owner: text("finding") == "without-owner",
        joined: months(text("joined")),
        left: months(text("left")),
        sort: match sort {
            "department" => IdentitySort::Department,
            "state" => IdentitySort::State,
            "kind" => IdentitySort::Kind,
            _ => IdentitySort::Name,
        },
        direction,
    }
}
