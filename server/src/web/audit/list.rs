//! `/audit`

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::audit::list::{Model, page};
use tenure_domain::access::{Portal, actions, authorize};
use tenure_services::audit::{AuditPage, find_events, parse_audit_query, sealing};
use tenure_services::views::list_views;
use tenure_services::{Ctx, ServiceError};
use tenure_store::PageRequest;

use crate::http::{Reply, Route, SignedIn, Web, get};
use crate::web::{again, errors, frame, html, page_request};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/audit", show)]
}

/// What links of other pages say, and the keys that it stands for.
const LINKS: [(&str, &str); 4] = [("identity", "about"), ("actor", "actor"), ("target", "target"), ("request", "request")];
/// What is chosen beside the field.
const CHOSEN: [(&str, &str); 2] = [("stream", "stream"), ("outcome", "outcome")];

async fn show(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let asked = join(query.get("q").unwrap_or_default(), &query, &LINKS);
    let sealing = sealing(&caller.ctx).await?;
    let (found, errors) = match find(&caller.ctx, &join(&asked, &query, &CHOSEN), &page_request(&query)).await {
        Ok(found) => (Some(found), FormErrors::new()),
        Err(error) => (None, errors(error)?),
    };
    let views = list_views(&caller.ctx, "audit").await?;
    let may_export = authorize::<actions::ExportAudit, _>(&caller.ctx.principal, &Portal).is_ok();
    let understood = found.is_some();
    let page = page(&frame(&web, &caller, ""), Model { found, sealing, asked, query, views, may_export, errors });
    Ok(if understood { html(page) } else { again(page) })
}

async fn find(ctx: &Ctx, asked: &str, request: &PageRequest) -> Result<AuditPage, ServiceError> {
    find_events(ctx, &parse_audit_query(asked).map_err(ServiceError::Invalid)?, request).await
}

/// What is typed, and what the address says in other fields: one text, in which nothing is said
/// twice. What is typed counts.
fn join(typed: &str, query: &Query, fields: &[(&str, &str)]) -> String {
    let mut words = typed.trim().to_owned();
    for (field, key) in fields {
        let Some(value) = query.get(field).map(str::trim).filter(|v| !v.is_empty()) else { continue };
        let says = format!("{key}:");
        if words.split_whitespace().any(|w| w.starts_with(&says)) {
            continue;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(&says);
        let quote = if value.contains(char::is_whitespace) { "\"" } else { "" };
        words.extend([quote, value, quote]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{CHOSEN, LINKS, join};
    use tenure_app::components::Query;

    #[test]
    fn what_is_chosen_joins_what_is_typed() {
        let join = |query: &str| {
            let query = Query::parse(query);
            join(&join(query.get("q").unwrap_or_default(), &query, &LINKS), &query, &CHOSEN)
        };
        assert_eq!(join("q=actor%3Aada&stream=access&outcome=&identity=bob"), "actor:ada about:bob stream:access");
        assert_eq!(join("q=stream%3Aaccess&stream=system"), "stream:access");
        assert_eq!(join("identity=Ada+Lovelace"), "about:\"Ada Lovelace\"");
        assert_eq!(join(""), "");
    }
}
