//! `/api/v1/identities/{id}/portal-roles` and below, `/set-up-link`

use axum::extract::Path;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use tenure_domain::access::PortalRole as IsPortalRole;
use tenure_domain::id::IdentityId;
use tenure_services::accounts::{LINK_HOURS, invite, portal_access, set_portal_role};
use utoipa::ToSchema;

use crate::http::api::answer::{done, found, json, shown_once};
use crate::http::api::ask::Asked;
use crate::http::api::operation::op;
use crate::http::api::words::PortalRole;
use crate::http::api::{Reply, key};
use crate::http::routes::{delete, put};
use crate::http::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/identities/{id}/portal-roles", show).operation(
            op("getPortalRoles", "Identities", "What an identity was granted in the portal")
                .gives::<PortalAccess>(200, "Its portal roles."),
        ),
        put("/api/v1/identities/{id}/portal-roles/{role}", give).operation(
            op("grantPortalRole", "Identities", "Grant a portal role")
                .path_word::<PortalRole>("role")
                .gives_nothing("It counts from the next request."),
        ),
        delete("/api/v1/identities/{id}/portal-roles/{role}", take).operation(
            op("revokePortalRole", "Identities", "Take a portal role away")
                .path_word::<PortalRole>("role")
                .gives_nothing("It counts from the next request."),
        ),
        post("/api/v1/identities/{id}/set-up-link", link).operation(
            op("makeSetUpLink", "Identities", "Make a link by which somebody sets a password")
                .gives::<SetUpLink>(201, "The link, this one time."),
        ),
    ]
}

/// What an identity was granted in the portal.
#[derive(Serialize, ToSchema)]
struct PortalAccess {
    roles: Vec<PortalRole>,
    /// Whether it has a password of the portal.
    has_password: bool,
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    let (roles, has_password) = portal_access(&asked.ctx, key(&id)?).await?;
    Ok(found(&PortalAccess { roles: roles.into_iter().map(PortalRole::from).collect(), has_password }))
}

async fn give(asked: Asked, Path(place): Path<(String, String)>) -> Reply {
    set(asked, place, true).await
}

async fn take(asked: Asked, Path(place): Path<(String, String)>) -> Reply {
    set(asked, place, false).await
}

async fn set(asked: Asked, (id, role): (String, String), held: bool) -> Reply {
    set_portal_role(&asked.ctx, key::<IdentityId>(&id)?, key::<IsPortalRole>(&role)?, held).await?;
    Ok(done())
}

/// A link by which somebody sets a password. It works once.
#[derive(Serialize, ToSchema)]
struct SetUpLink {
    link: String,
    /// Until when it works.
    expires_at: DateTime<Utc>,
}

async fn link(asked: Asked, Path(id): Path<String>) -> Reply {
    let token = invite(&asked.ctx, key(&id)?).await?;
    let body = SetUpLink {
        link: format!("{}/set-up?token={}", asked.web.origin, token.expose()),
        expires_at: asked.ctx.now + Duration::hours(LINK_HOURS),
    };
    Ok(shown_once(json(axum::http::StatusCode::CREATED, &body)))
}
