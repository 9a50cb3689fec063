//! `/scim/v2/Groups`

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use tenure_scim::ScimError;
use tenure_scim::project::Selection;
use tenure_services::scim::{View, create_group, delete_group, list_groups, patch_group, read_group, replace_group};

use super::answer::{Reply, changed, json, read, resource};
use super::ask::{Asked, Sent};
use crate::http::routes::{delete, patch, put};
use crate::http::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/scim/v2/Groups", list),
        post("/scim/v2/Groups", create),
        post("/scim/v2/Groups/.search", search),
        get("/scim/v2/Groups/{id}", one),
        put("/scim/v2/Groups/{id}", replace),
        patch("/scim/v2/Groups/{id}", change),
        delete("/scim/v2/Groups/{id}", end),
    ]
}

async fn list(asked: Asked) -> Reply {
    Ok(json(200, &list_groups(&asked.ctx, &asked.view()?, &asked.search()?).await?.body()))
}

async fn search(asked: Asked, sent: Sent) -> Reply {
    let search = sent.search()?;
    Ok(json(200, &list_groups(&asked.ctx, &asked.view_for(&search)?, &search).await?.body()))
}

async fn create(asked: Asked, Sent(body): Sent) -> Reply {
    Ok(resource(201, &create_group(&asked.ctx, &asked.view()?, &body).await?))
}

async fn one(asked: Asked, Path(id): Path<String>) -> Reply {
    Ok(read(&read_group(&asked.ctx, &id, &asked.view()?).await?, asked.if_none_match.as_deref()))
}

async fn replace(asked: Asked, Path(id): Path<String>, Sent(body): Sent) -> Reply {
    Ok(resource(200, &replace_group(&asked.ctx, &id, &asked.view()?, &body, asked.if_match.as_deref()).await?))
}

/// A group may have very many members: they are answered only to whom asks.
async fn change(asked: Asked, Path(id): Path<String>, Sent(body): Sent) -> Reply {
    let if_match = asked.if_match.as_deref();
    if asked.selects() {
        return Ok(resource(200, &patch_group(&asked.ctx, &id, &asked.view()?, &body, if_match).await?));
    }
    let bare: Result<Selection, ScimError> = Selection::read(Some("meta"), None);
    let view = View { base: asked.base.clone(), selection: bare? };
    Ok(changed(&patch_group(&asked.ctx, &id, &view, &body, if_match).await?))
}

async fn end(asked: Asked, Path(id): Path<String>) -> Reply {
    delete_group(&asked.ctx, &id, asked.if_match.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
