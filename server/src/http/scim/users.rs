//! `/scim/v2/Users`

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use tenure_services::scim::{create_user, delete_user, list_users, patch_user, read_user, replace_user};

use super::answer::{Reply, json, read, resource};
use super::ask::{Asked, Sent};
use crate::http::routes::{delete, patch, put};
use crate::http::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/scim/v2/Users", list),
        post("/scim/v2/Users", create),
        post("/scim/v2/Users/.search", search),
        get("/scim/v2/Users/{id}", one),
        put("/scim/v2/Users/{id}", replace),
        patch("/scim/v2/Users/{id}", change),
        delete("/scim/v2/Users/{id}", end),
    ]
}

async fn list(asked: Asked) -> Reply {
    Ok(json(200, &list_users(&asked.ctx, &asked.view()?, &asked.search()?).await?.body()))
}

async fn search(asked: Asked, sent: Sent) -> Reply {
    let search = sent.search()?;
    Ok(json(200, &list_users(&asked.ctx, &asked.view_for(&search)?, &search).await?.body()))
}

async fn create(asked: Asked, Sent(body): Sent) -> Reply {
    Ok(resource(201, &create_user(&asked.ctx, &asked.view()?, &body).await?))
}

async fn one(asked: Asked, Path(id): Path<String>) -> Reply {
    Ok(read(&read_user(&asked.ctx, &id, &asked.view()?).await?, asked.if_none_match.as_deref()))
}

async fn replace(asked: Asked, Path(id): Path<String>, Sent(body): Sent) -> Reply {
    Ok(resource(200, &replace_user(&asked.ctx, &id, &asked.view()?, &body, asked.if_match.as_deref()).await?))
}

async fn change(asked: Asked, Path(id): Path<String>, Sent(body): Sent) -> Reply {
    Ok(resource(200, &patch_user(&asked.ctx, &id, &asked.view()?, &body, asked.if_match.as_deref()).await?))
}

async fn end(asked: Asked, Path(id): Path<String>) -> Reply {
    delete_user(&asked.ctx, &id, asked.if_match.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
