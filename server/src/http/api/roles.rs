//! `/api/v1/roles` and below

use axum::extract::Path;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{ApplicationId, EntitlementId, Id as _, IdentityId, RoleId};
use tenure_services::access::{RoleDraft as Draft, apply_role, list_roles, plan_role, show_role};
use tenure_store::PageRequest;
use tenure_store::access::{HolderRow, RoleFilter, RoleSummary};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{found, versioned};
use super::ask::{Asked, Sent};
use super::identities::Made;
use super::operation::op;
use super::page::list_query;
use super::plan::Plan;
use super::words::{AssignmentReason, AssignmentState, IdentityKind, RoleKind};
use super::{Reply, key};
use crate::http::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/roles", list)
            .operation(op("listRoles", "Roles", "Roles, by name").query::<RolesQuery>().gives_page::<RoleOfList>("A page.")),
        post("/api/v1/roles/plan", plan).operation(
            op("planRole", "Roles", "What a new role, or a change of one, would do")
                .more("Nothing is changed.")
                .sends::<RoleDraft>()
                .gives::<Plan>(200, "Who gains and who loses."),
        ),
        post("/api/v1/roles/apply", apply).operation(
            op("applyRole", "Roles", "Apply a plan of a role")
                .more("409 when the state moved on since it was planned: plan it again.")
                .sends::<RoleApplied>()
                .gives::<Made>(200, "It is applied."),
        ),
        get("/api/v1/roles/{id}", show).operation(op("getRole", "Roles", "One role").gives::<Role>(200, "The role.").reads_version()),
        get("/api/v1/roles/{id}/holders", holders)
            .operation(op("listHolders", "Roles", "Who has a role, newest first").query::<HoldersQuery>().gives_page::<Holder>("A page.")),
    ]
}

/// A role as a list says it.
#[derive(Serialize, ToSchema)]
struct RoleOfList {
    id: Uuid,
    name: String,
    kind: RoleKind,
    description: String,
    owner_id: Option<Uuid>,
    application_id: Option<Uuid>,
    /// Days for which a mover keeps it.
    grace_days: i32,
    /// How many entitlements it holds itself.
    entitlements: i64,
    /// How many roles are inside it.
    induced: i64,
    /// How many have it.
    members: i64,
    version: i64,
}

impl From<RoleSummary> for RoleOfList {
    fn from(summary: RoleSummary) -> Self {
        let r = summary.role;
        Self {
            id: r.id.uuid(),
            name: r.name,
            kind: r.kind.into(),
            description: r.description,
            owner_id: r.owner_id.map(|id| id.uuid()),
            application_id: r.application_id.map(|id| id.uuid()),
            grace_days: r.grace_days,
            entitlements: summary.entitlements,
            induced: summary.induced,
            members: summary.members,
            version: r.version,
        }
    }
}

list_query! {
    /// Which roles.
    RolesQuery {
        /// What their name begins with.
        q: String,
        /// Only this kind.
        kind: RoleKind,
    }
}

async fn list(asked: Asked<RolesQuery>) -> Reply {
    let page = asked.page()?;
    let name = asked.query.q.as_deref().unwrap_or_default().trim().to_owned();
    let list = list_roles(&asked.ctx, &RoleFilter { name, kind: asked.query.kind.map(|word| word.0) }, &page).await?;
    Ok(asked.answer(list.page, RoleOfList::from))
}

/// A named bundle of entitlements.
#[derive(Serialize, ToSchema)]
struct Role {
    id: Uuid,
    name: String,
    kind: RoleKind,
    description: String,
    owner_id: Option<Uuid>,
    application_id: Option<Uuid>,
    /// Days for which a mover keeps it.
    grace_days: i32,
    /// What it holds itself.
    entitlements: Vec<Uuid>,
    /// Roles inside it.
    induced: Vec<Uuid>,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    let detail = show_role(&asked.ctx, key(&id)?, &PageRequest { limit: 1, ..PageRequest::default() }).await?;
    let r = detail.role;
    let role = Role {
        id: r.id.uuid(),
        name: r.name,
        kind: r.kind.into(),
        description: r.description,
        owner_id: r.owner_id.map(|id| id.uuid()),
        application_id: r.application_id.map(|id| id.uuid()),
        grace_days: r.grace_days,
        entitlements: detail.entitlements.iter().map(|(e, _)| e.id.uuid()).collect(),
        induced: detail.induced.iter().map(|(id, _)| id.uuid()).collect(),
        version: r.version,
        created_at: r.created_at,
        updated_at: r.updated_at,
    };
    Ok(versioned(&asked, role.version, &role))
}

list_query! {
    /// Which holders.
    HoldersQuery {}
}

/// Who has a role.
#[derive(Serialize, ToSchema)]
struct Holder {
    assignment_id: Uuid,
    identity_id: Uuid,
    kind: IdentityKind,
    display_name: String,
    department: String,
    reason: AssignmentReason,
    state: AssignmentState,
    since: DateTime<Utc>,
}

impl From<HolderRow> for Holder {
    fn from(h: HolderRow) -> Self {
        Self {
            assignment_id: h.assignment_id.uuid(),
            identity_id: h.identity_id.uuid(),
            kind: h.kind.into(),
            display_name: h.display_name,
            department: h.department,
            reason: h.reason.into(),
            state: h.state.into(),
            since: h.since,
        }
    }
}

async fn holders(asked: Asked<HoldersQuery>, Path(id): Path<String>) -> Reply {
    let page = asked.page()?;
    let detail = show_role(&asked.ctx, key(&id)?, &page).await?;
    Ok(asked.answer(detail.holders, Holder::from))
}

/// A role as somebody wants it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoleDraft {
    /// The role to change; left out for a new one.
    id: Option<Uuid>,
    /// The version that was read; 0 for a new one.
    #[serde(default)]
    version: i32,
    #[schema(example = "Builder")]
    name: String,
    kind: RoleKind,
    /// What it is for.
    #[schema(example = "builds releases")]
    #[serde(default)]
    description: String,
    owner_id: Option<Uuid>,
    /// The application of an application role.
    application_id: Option<Uuid>,
    /// Days for which a mover keeps it.
    #[serde(default)]
    grace_days: i32,
    /// What it holds itself.
    #[serde(default)]
    entitlements: Vec<Uuid>,
    /// Roles inside it.
    #[serde(default)]
    induced: Vec<Uuid>,
}

impl From<RoleDraft> for Draft {
    fn from(d: RoleDraft) -> Self {
        Self {
            id: d.id.map(RoleId::from_uuid),
            version: i64::from(d.version),
            name: d.name,
            kind: d.kind.0,
            description: d.description,
            owner_id: d.owner_id.map(IdentityId::from_uuid),
            application_id: d.application_id.map(ApplicationId::from_uuid),
            grace_days: d.grace_days,
            entitlements: d.entitlements.into_iter().map(EntitlementId::from_uuid).collect(),
            induced: d.induced.into_iter().map(RoleId::from_uuid).collect(),
        }
    }
}

async fn plan(asked: Asked, Sent(draft): Sent<RoleDraft>) -> Reply {
    Ok(found(&Plan::from(plan_role(&asked.ctx, &draft.into()).await?)))
}

/// A plan to be applied.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoleApplied {
    /// As it was planned.
    draft: RoleDraft,
    /// The hash of the plan.
    hash: String,
}

async fn apply(asked: Asked, Sent(sent): Sent<RoleApplied>) -> Reply {
    let id = apply_role(&asked.ctx, &sent.draft.into(), &sent.hash).await?;
    Ok(found(&Made { id: id.uuid() }))
}
