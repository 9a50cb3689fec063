//! `/roles`, `/roles.csv`, `/roles/{id}`

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::Query;
use tenure_app::pages::roles::{list, show};
use tenure_domain::access::{Principal, Relation, actions, authorize};
use tenure_domain::id::{Id, RoleId};
use tenure_services::access::{export_roles, list_roles, show_role};
use tenure_store::access::RoleFilter;

use crate::http::{Reply, SignedIn, Web};
use crate::web::read::key;
use crate::web::{download, frame, html, page_request};

pub(super) async fn list(State(web): State<Arc<Web>>, SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let list = list_roles(&caller.ctx, &filter(&query), &page_request(&query)).await?;
    let may_change = may_change(&caller.ctx.principal);
    Ok(html(list::page(&frame(&web, &caller, ""), list::Model { list, query, may_change })))
}

pub(super) async fn csv(SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    Ok(download("roles.csv", "text/csv; charset=utf-8", export_roles(&caller.ctx, &filter(&query)).await?))
}

fn filter(query: &Query) -> RoleFilter {
    RoleFilter { name: query.get("q").unwrap_or_default().trim().to_owned(), kind: query.get("kind").and_then(|kind| kind.parse().ok()) }
}

pub(super) async fn show(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let detail = show_role(&caller.ctx, key(&id)?, &page_request(&query)).await?;
    let said = if query.get("said") == Some("applied") { "The change of the role was applied." } else { "" };
    let may_change = may_change(&caller.ctx.principal);
    Ok(html(show::page(&frame(&web, &caller, said), show::Model { detail, query: query.without("said"), may_change })))
}

/// Whether somebody may change roles at all.
fn may_change(who: &Principal) -> bool {
    authorize::<actions::ChangeRole, _>(who, &(RoleId::from_uuid(uuid::Uuid::nil()), Relation::None)).is_ok()
}
