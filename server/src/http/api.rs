//! What a token can ask: JSON. Failures become problem details in `error.rs`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use serde_json::{Value, json};
use tenure_app::components::Query;
use tenure_domain::id::IdentityId;
use tenure_domain::identity::Identity;
use tenure_services::identities::{list_identities, show_identity};
use tenure_store::identities::IdentityFilter;
use tenure_store::{Cursor, PageRequest};

use super::{Failure, Route, SignedIn, Web, get};

pub(super) fn routes() -> Vec<Route> {
    vec![get("/api/v1/me", me), get("/api/v1/identities", identities), get("/api/v1/identities/{id}", identity)]
}

async fn me(SignedIn(caller): SignedIn, State(_): State<Arc<Web>>) -> Json<Value> {
    let who = &caller.ctx.principal;
    Json(json!({ "id": who.identity_id(), "name": who.label, "roles": who.roles }))
}

fn picture(i: &Identity) -> Value {
    json!({
        "id": i.id, "kind": i.kind, "state": i.state, "user_name": i.user_name, "display_name": i.display_name, "employee_id": i.employee_id, "email": i.email,
        "department": i.department, "title": i.title, "manager_id": i.manager_id, "owner_id": i.owner_id, "start_on": i.start_on, "end_on": i.end_on, "version": i.version,
    })
}

async fn identities(SignedIn(caller): SignedIn, RawQuery(query): RawQuery) -> Result<Json<Value>, Failure> {
    let query = Query::parse(&query.unwrap_or_default());
    let filter = IdentityFilter {
        search: query.get("q").unwrap_or_default().to_owned(),
        state: query.get("state").and_then(|s| s.parse().ok()),
        ..IdentityFilter::default()
    };
    let request = PageRequest {
        after: query.get("after").and_then(Cursor::decode),
        before: None,
        limit: query.get("limit").and_then(|n| n.parse().ok()).unwrap_or(50).clamp(1, 200),
    };
    let list = list_identities(&caller.ctx, &filter, &request).await?;
    Ok(Json(json!({ "items": list.page.rows.iter().map(picture).collect::<Vec<_>>(), "next": list.page.next.map(|c| c.encode()) })))
}

async fn identity(SignedIn(caller): SignedIn, Path(id): Path<String>) -> Result<Json<Value>, Failure> {
    let id: IdentityId = id.parse().map_err(|_| Failure::not_found())?;
    let detail = show_identity(&caller.ctx, id).await?;
    Ok(Json(picture(&detail.identity)))
}
