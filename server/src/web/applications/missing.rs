//! `/applications/{id}/missing` and `/applications/{id}/missing/{grant}`

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use tenure_app::components::Query;
use tenure_app::pages::applications::missing::{Model, page};
use tenure_domain::access::{Relation, actions, authorize};
use tenure_domain::id::ApplicationId;
use tenure_services::targets::{list_missing, repair_grant, show_target};

use crate::http::{Posted, Reply, SignedIn, Web};
use crate::web::read::key;
use crate::web::{frame, html, page_request, see_other};

pub(super) async fn show(
    State(web): State<Arc<Web>>,
    SignedIn(caller): SignedIn,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Reply {
    let id: ApplicationId = key(&id)?;
    let query = Query::parse(&query.unwrap_or_default());
    let said = if query.get("said") == Some("owed") { "It is owed to the target now." } else { "" };
    let application = show_target(&caller.ctx, id).await?.application;
    let missing = list_missing(&caller.ctx, id, &page_request(&query)).await?;
    let may_manage = authorize::<actions::ManageTarget, _>(&caller.ctx.principal, &(id, Relation::None)).is_ok();
    Ok(html(page(&frame(&web, &caller, said), Model { application, missing, query, may_manage })))
}

pub(super) async fn repair(SignedIn(caller): SignedIn, Path((id, grant)): Path<(String, String)>, _form: Posted) -> Reply {
    let id: ApplicationId = key(&id)?;
    repair_grant(&caller.ctx, id, key(&grant)?).await?;
    Ok(see_other(format!("/applications/{id}/missing?said=owed")))
}
