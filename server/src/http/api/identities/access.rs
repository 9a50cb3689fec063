//! `/api/v1/identities/{id}/access`, `/assignments` and below

use axum::extract::Path;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{Id as _, IdentityId, RoleId};
use tenure_services::access::{assign_role, unassign_role};
use tenure_services::identities::{GrantWhy, show_identity};
use tenure_store::access::{AssignmentView, GrantView};
use utoipa::ToSchema;
use uuid::Uuid;

use super::life::Reason;
use crate::http::api::answer::{created, done, found};
use crate::http::api::ask::{Asked, Sent};
use crate::http::api::operation::op;
use crate::http::api::words::{AssignmentReason, AssignmentState, GrantState, Risk};
use crate::http::api::{Reply, key};
use crate::http::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/identities/{id}/access", access).operation(
            op("getAccess", "Identities", "What an identity holds, and why")
                .gives::<Access>(200, "Roles and grants, each grant with every path that explains it."),
        ),
        post("/api/v1/identities/{id}/assignments", assign).operation(
            op("assignRole", "Identities", "Give an identity a role, with a reason")
                .sends::<NewAssignment>()
                .gives::<Made>(201, "It is given.")
                .with_location(),
        ),
        post("/api/v1/identities/{id}/assignments/{assignment}/end", unassign).operation(
            op("unassignRole", "Identities", "Take a role away that was given by hand")
                .sends::<Reason>()
                .gives_nothing("What only it gave is owed to the targets."),
        ),
    ]
}

/// An identity's assignment to a role.
#[derive(Serialize, ToSchema)]
pub(super) struct Assignment {
    id: Uuid,
    role_id: Uuid,
    /// The role's name.
    role: String,
    reason: AssignmentReason,
    /// The name of the rule that gives it.
    rule: Option<String>,
    /// Why, in words.
    note: String,
    state: AssignmentState,
    since: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
}

impl From<AssignmentView> for Assignment {
    fn from(a: AssignmentView) -> Self {
        Self {
            id: a.id.uuid(),
            role_id: a.role_id.uuid(),
            role: a.role,
            reason: a.reason.into(),
            rule: a.rule,
            note: a.note,
            state: a.state.into(),
            since: a.since,
            until: a.until,
        }
    }
}

/// A role on the way to an entitlement.
#[derive(Serialize, ToSchema)]
struct RoleOnWay {
    id: Uuid,
    name: String,
}

/// One way by which a grant is explained.
#[derive(Serialize, ToSchema)]
pub(super) struct Way {
    /// By which assignment.
    assignment_id: Uuid,
    /// From the assigned role to the one that holds the entitlement.
    roles: Vec<RoleOnWay>,
}

/// An entitlement that an identity holds.
#[derive(Serialize, ToSchema)]
pub(super) struct Grant {
    id: Uuid,
    entitlement_id: Uuid,
    /// The entitlement's name.
    entitlement: String,
    application_id: Uuid,
    /// The application's name.
    application: String,
    risk: Risk,
    state: GrantState,
    since: DateTime<Utc>,
    /// When it was last seen on the target.
    observed_at: Option<DateTime<Utc>>,
    /// Every way that explains it; none when it is out of band.
    why: Vec<Way>,
}

impl Grant {
    pub(super) fn new(g: GrantView, why: Vec<Way>) -> Self {
        Self {
            id: g.id.uuid(),
            entitlement_id: g.entitlement_id.uuid(),
            entitlement: g.entitlement,
            application_id: g.application_id.uuid(),
            application: g.application,
            risk: g.risk.into(),
            state: g.state.into(),
            since: g.since,
            observed_at: g.observed_at,
            why,
        }
    }
}

/// What an identity holds, and why.
#[derive(Serialize, ToSchema)]
struct Access {
    assignments: Vec<Assignment>,
    grants: Vec<Grant>,
}

async fn access(asked: Asked, Path(id): Path<String>) -> Reply {
    let detail = show_identity(&asked.ctx, key(&id)?).await?;
    let ids: Vec<Uuid> = detail.assignments.iter().map(|a| a.id.uuid()).collect();
    let way = |(place, roles): (usize, Vec<(RoleId, String)>)| {
        let roles = roles.into_iter().map(|(id, name)| RoleOnWay { id: id.uuid(), name }).collect();
        ids.get(place).map(|id| Way { assignment_id: *id, roles })
    };
    let grant = |GrantWhy { grant, paths }| Grant::new(grant, paths.into_iter().filter_map(way).collect());
    let grants = detail.grants.into_iter().map(grant).collect();
    Ok(found(&Access { assignments: detail.assignments.into_iter().map(Assignment::from).collect(), grants }))
}

/// A role to be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAssignment {
    role_id: Uuid,
    /// Why: it is shown wherever the access is.
    #[schema(example = "covers for a colleague")]
    note: String,
    /// When it ends by itself.
    until: Option<DateTime<Utc>>,
}

/// What was made.
#[derive(Serialize, ToSchema)]
pub(in crate::http::api) struct Made {
    /// Its key.
    pub(in crate::http::api) id: Uuid,
}

async fn assign(asked: Asked, Path(id): Path<String>, Sent(new): Sent<NewAssignment>) -> Reply {
    let id: IdentityId = key(&id)?;
    let made = assign_role(&asked.ctx, id, RoleId::from_uuid(new.role_id), &new.note, new.until).await?;
    Ok(created(&format!("/api/v1/identities/{id}/access"), &Made { id: made.uuid() }))
}

async fn unassign(asked: Asked, Path((id, assignment)): Path<(String, String)>, Sent(why): Sent<Reason>) -> Reply {
    unassign_role(&asked.ctx, key(&id)?, key(&assignment)?, &why.reason).await?;
    Ok(done())
}
