//! `/api/v1/applications` and below

use axum::extract::Path;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{ApplicationId, Id as _, IdentityId};
use tenure_services::access::{
    ApplicationDetail, HeldEntitlement, NewApplication as WantedApplication, NewEntitlement as WantedEntitlement, create_application,
    create_entitlement, list_applications, show_application,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{created, found};
use super::ask::{Asked, Sent};
use super::identities::Made;
use super::operation::op;
use super::page::list_query;
use super::words::Risk;
use super::{Reply, key};
use crate::http::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/applications", list).operation(
            op("listApplications", "Applications", "All applications, by name")
                .query::<ApplicationsQuery>()
                .gives_page::<Application>("A page."),
        ),
        post("/api/v1/applications", create).operation(
            op("createApplication", "Applications", "Record an application")
                .sends::<NewApplication>()
                .gives::<Made>(201, "It is recorded.")
                .with_location(),
        ),
        get("/api/v1/applications/{id}", show)
            .operation(op("getApplication", "Applications", "One application").gives::<Application>(200, "The application.")),
        get("/api/v1/applications/{id}/entitlements", entitlements).operation(
            op("listEntitlements", "Applications", "What can be held on an application, by name")
                .query::<EntitlementsQuery>()
                .gives_page::<Entitlement>("A page."),
        ),
        post("/api/v1/applications/{id}/entitlements", add).operation(
            op("createEntitlement", "Applications", "Record an entitlement")
                .sends::<NewEntitlement>()
                .gives::<Made>(201, "It is recorded.")
                .with_location(),
        ),
    ]
}

/// A target system.
#[derive(Serialize, ToSchema)]
struct Application {
    id: Uuid,
    #[schema(example = "Git")]
    name: String,
    description: String,
    owner_id: Option<Uuid>,
    /// How many entitlements it has.
    entitlements: usize,
    version: i64,
    created_at: DateTime<Utc>,
}

impl From<ApplicationDetail> for Application {
    fn from(detail: ApplicationDetail) -> Self {
        let a = detail.application;
        Self {
            id: a.id.uuid(),
            name: a.name,
            description: a.description,
            owner_id: a.owner_id.map(|id| id.uuid()),
            entitlements: detail.entitlements.len(),
            version: a.version,
            created_at: a.created_at,
        }
    }
}

/// One right on a target.
#[derive(Serialize, ToSchema)]
struct Entitlement {
    id: Uuid,
    application_id: Uuid,
    #[schema(example = "write")]
    name: String,
    /// What it allows, in plain words.
    description: String,
    risk: Risk,
    /// Its key on the target, where that differs from the name.
    key: String,
    /// How many hold it, whatever explains it.
    holders: i64,
    /// Of these, those whom no role explains.
    out_of_band: i64,
    /// Of these, those from whom it is to be removed.
    removal_owed: i64,
    created_at: DateTime<Utc>,
}

impl From<HeldEntitlement> for Entitlement {
    fn from(held: HeldEntitlement) -> Self {
        let e = held.entitlement;
        Self {
            id: e.id.uuid(),
            application_id: e.application_id.uuid(),
            name: e.name,
            description: e.description,
            risk: e.risk.into(),
            key: e.key,
            holders: held.holders,
            out_of_band: held.out_of_band,
            removal_owed: held.removal_owed,
            created_at: e.created_at,
        }
    }
}

list_query! {
    /// Which applications.
    ApplicationsQuery {}
}

list_query! {
    /// Which entitlements.
    EntitlementsQuery {}
}

async fn list(asked: Asked<ApplicationsQuery>) -> Reply {
    let all = list_applications(&asked.ctx).await?;
    asked.answer_all(all, |detail| detail.application.id.uuid(), Application::from)
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    Ok(found(&Application::from(show_application(&asked.ctx, key(&id)?).await?)))
}

async fn entitlements(asked: Asked<EntitlementsQuery>, Path(id): Path<String>) -> Reply {
    let all = show_application(&asked.ctx, key(&id)?).await?.entitlements;
    asked.answer_all(all, |held| held.entitlement.id.uuid(), Entitlement::from)
}

/// An application to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewApplication {
    #[schema(example = "Git")]
    name: String,
    /// What it is for.
    #[serde(default)]
    description: String,
    /// Who answers for it.
    owner_id: Option<Uuid>,
}

async fn create(asked: Asked, Sent(new): Sent<NewApplication>) -> Reply {
    let owner_id = new.owner_id.map(IdentityId::from_uuid);
    let id = create_application(&asked.ctx, &WantedApplication { name: new.name, description: new.description, owner_id }).await?;
    Ok(created(&format!("/api/v1/applications/{id}"), &Made { id: id.uuid() }))
}

/// An entitlement to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEntitlement {
    /// Its name there.
    #[schema(example = "write")]
    name: String,
    /// What it allows, in plain words.
    #[serde(default)]
    description: String,
    risk: Risk,
}

async fn add(asked: Asked, Path(id): Path<String>, Sent(new): Sent<NewEntitlement>) -> Reply {
    let application_id: ApplicationId = key(&id)?;
    let wanted = WantedEntitlement { application_id, name: new.name, description: new.description, risk: new.risk.0 };
    let made = create_entitlement(&asked.ctx, &wanted).await?;
    Ok(created(&format!("/api/v1/applications/{application_id}/entitlements"), &Made { id: made.uuid() }))
}
