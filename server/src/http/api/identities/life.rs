//! `/api/v1/identities/{id}/end`, `/ending`, `/rehire`, `/lifecycle`

use axum::extract::Path;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{Id as _, IdentityId};
use tenure_services::identities::{change_lifecycle, end_identity, preview_end, rehire_identity, show_end};
use tenure_store::endings::EndEffects;
use utoipa::ToSchema;
use uuid::Uuid;

use super::access::{Assignment, Grant};
use super::picture::Named;
use crate::http::api::answer::found;
use crate::http::api::ask::{Asked, Sent};
use crate::http::api::credentials::Credential;
use crate::http::api::operation::op;
use crate::http::api::words::{LifecycleState, Transition};
use crate::http::api::{Reply, key};
use crate::http::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/identities/{id}/end", preview).operation(
            op("previewEnd", "Identities", "What the end of an identity would do").more("Nothing is changed.").gives::<EndPreview>(200, "What would happen."),
        ),
        post("/api/v1/identities/{id}/end", end).operation(
            op("endIdentity", "Identities", "End an identity now")
                .more("In one transaction everything dies that Tenure controls, and everything else is owed. To end it on a later day, change `end_on`.")
                .sends::<Reason>()
                .gives::<Ending>(200, "What its end did."),
        ),
        get("/api/v1/identities/{id}/ending", ending)
            .operation(op("getEnding", "Identities", "What the last end of an identity did").gives::<Ending>(200, "What it did.")),
        post("/api/v1/identities/{id}/rehire", rehire).operation(
            op("rehireIdentity", "Identities", "Bring an ended identity back")
                .more("It keeps its history and gets nothing back unasked: what rules give, they give anew.")
                .sends::<Rehire>()
                .gives::<StateNow>(200, "The state it is in now."),
        ),
        post("/api/v1/identities/{id}/lifecycle", lifecycle).operation(
            op("changeLifecycle", "Identities", "Suspend, resume, leave and back, start, archive")
                .more("A suspension ends sessions and tokens for good. `end`, `rehire` and `rehire-later` have addresses of their own.")
                .sends::<Change>()
                .gives::<StateNow>(200, "The state it is in now."),
        ),
    ]
}

/// How much.
#[derive(Serialize, ToSchema)]
struct Effects {
    /// Portal sessions that die at once.
    sessions: usize,
    /// API tokens that die at once.
    api_tokens: usize,
    /// Other credentials of Tenure's own that die at once.
    issued_revoked: usize,
    /// Recorded credentials whose revocation is owed.
    revocations_owed: usize,
    /// Grants whose removal is owed.
    removals_owed: usize,
    /// Accounts on targets that are to be disabled or deleted there.
    accounts_owed: usize,
    /// Assignments that end.
    assignments: usize,
    /// Owned identities that need a new owner.
    hand_overs: usize,
}

impl From<EndEffects> for Effects {
    fn from(e: EndEffects) -> Self {
        Self {
            sessions: e.sessions,
            api_tokens: e.api_tokens,
            issued_revoked: e.issued_revoked,
            revocations_owed: e.revocations_owed,
            removals_owed: e.removals_owed,
            accounts_owed: e.accounts_owed,
            assignments: e.assignments,
            hand_overs: e.hand_overs,
        }
    }
}

/// What the end of an identity would do.
#[derive(Serialize, ToSchema)]
struct EndPreview {
    effects: Effects,
    /// The credentials that would die or be owed, two hundred at most.
    credentials: Vec<Credential>,
    /// The grants whose removal would be owed.
    grants: Vec<Grant>,
    /// The roles that would end.
    assignments: Vec<Assignment>,
    /// What it owns and somebody else must take over.
    owned: Vec<Named>,
    /// Personas that would end with it.
    personas: Vec<Named>,
    /// Who reports to it.
    reports: Vec<Named>,
}

async fn preview(asked: Asked, Path(id): Path<String>) -> Reply {
    let preview = preview_end(&asked.ctx, key(&id)?).await?;
    Ok(found(&EndPreview {
        effects: preview.effects.into(),
        credentials: preview.credentials.into_iter().map(|view| Credential::new(view, asked.ctx.now)).collect(),
        grants: preview.grants.into_iter().map(|grant| Grant::new(grant, Vec::new())).collect(),
        assignments: preview.assignments.into_iter().map(Assignment::from).collect(),
        owned: preview.owned.into_iter().map(Named::from).collect(),
        personas: preview.personas.into_iter().map(Named::from).collect(),
        reports: preview.reports.into_iter().map(Named::from).collect(),
    }))
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http::api) struct Reason {
    /// It stands in the record for ever.
    #[schema(example = "left the company")]
    pub(in crate::http::api) reason: String,
}

async fn end(asked: Asked, Path(id): Path<String>, Sent(why): Sent<Reason>) -> Reply {
    let id: IdentityId = key(&id)?;
    end_identity(&asked.ctx, id, &why.reason).await?;
    report(&asked, id).await
}

/// What the end of an identity did.
#[derive(Serialize, ToSchema)]
struct Ending {
    id: Uuid,
    identity_id: Uuid,
    at: DateTime<Utc>,
    reason: String,
    /// By which way it came.
    channel: String,
    /// Who did it, for people.
    actor: String,
    effects: Effects,
    /// Personas that ended with it.
    personas: Vec<Named>,
    /// Its offboarding record, for whom it is to be seen.
    record_id: Option<Uuid>,
}

async fn ending(asked: Asked, Path(id): Path<String>) -> Reply {
    report(&asked, key(&id)?).await
}

async fn report(asked: &Asked, id: IdentityId) -> Reply {
    let report = show_end(&asked.ctx, id).await?;
    Ok(found(&Ending {
        id: report.ending.id.uuid(),
        identity_id: id.uuid(),
        at: report.ending.at,
        reason: report.ending.reason,
        channel: report.ending.channel,
        actor: report.ending.actor,
        effects: report.effects.into(),
        personas: report.personas.into_iter().map(Named::from).collect(),
        record_id: report.record.map(|id| id.uuid()),
    }))
}

/// From when on, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rehire {
    /// The first day: in the future it makes a pre-hire.
    start_on: NaiveDate,
    /// It stands in the record for ever.
    #[schema(example = "came back")]
    reason: String,
}

/// The state that an identity is in now.
#[derive(Serialize, ToSchema)]
struct StateNow {
    state: LifecycleState,
}

async fn rehire(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<Rehire>) -> Reply {
    let state = rehire_identity(&asked.ctx, key(&id)?, sent.start_on, &sent.reason).await?;
    Ok(found(&StateNow { state: state.into() }))
}

/// What is to happen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    transition: Transition,
    /// It stands in the audit log.
    #[serde(default)]
    #[schema(example = "a year abroad")]
    reason: String,
}

async fn lifecycle(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<Change>) -> Reply {
    let state = change_lifecycle(&asked.ctx, key(&id)?, sent.transition.0, &sent.reason).await?;
    Ok(found(&StateNow { state: state.into() }))
}
