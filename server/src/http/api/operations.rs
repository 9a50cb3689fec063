//! `/api/v1/operations` and below, `/api/v1/out-of-band`

use axum::extract::Path;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{ApplicationId, Id as _};
use tenure_domain::operation::Forecast;
use tenure_services::access::{list_out_of_band, list_owed};
use tenure_services::operations::{TargetProgress, attest_operation, list_progress, retry_operation, show_operation};
use tenure_store::access::FoundGrant;
use tenure_store::operations::OwedView;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{done, found};
use super::ask::{Asked, Sent};
use super::operation::op;
use super::page::list_query;
use super::words::{OperationKind, OperationState, Risk};
use super::{Reply, key};
use crate::http::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/operations", list).operation(
            op("listOperations", "Operations", "What is owed to targets, oldest first")
                .query::<OperationsQuery>()
                .gives_page::<Operation>("A page."),
        ),
        get("/api/v1/operations/progress", progress).operation(
            op("listProgress", "Operations", "What each target is still owed, how fast it goes, and when it will be done")
                .more("Only targets that Tenure reaches, and that are owed something.")
                .gives::<ProgressList>(200, "By target."),
        ),
        get("/api/v1/operations/{id}", show)
            .operation(op("getOperation", "Operations", "One operation with its steps").gives::<OperationDetail>(200, "The operation.")),
        post("/api/v1/operations/{id}/retry", retry)
            .operation(op("retryOperation", "Operations", "Try an operation again now").gives_nothing("It is due now.")),
        post("/api/v1/operations/{id}/attest", attest).operation(
            op("attestOperation", "Operations", "State that an operation is done")
                .more("A person's word; it is never the same as evidence.")
                .sends::<Note>()
                .gives_nothing("The word stands in the record."),
        ),
        get("/api/v1/out-of-band", out_of_band).operation(
            op("listOutOfBand", "Operations", "Grants that no role explains, found last first")
                .query::<FoundQuery>()
                .gives_page::<Found>("A page."),
        ),
    ]
}

/// One durable change owed to a target.
#[derive(Serialize, ToSchema)]
struct Operation {
    id: Uuid,
    kind: OperationKind,
    state: OperationState,
    /// The target's name.
    application: Option<String>,
    /// What it is about: an entitlement, a credential, an account.
    subject: Option<String>,
    credential_id: Option<Uuid>,
    identity_id: Option<Uuid>,
    /// For whom, by name.
    identity: Option<String>,
    created_at: DateTime<Utc>,
}

impl From<OwedView> for Operation {
    fn from(o: OwedView) -> Self {
        Self {
            id: o.id.uuid(),
            kind: o.kind.into(),
            state: o.state.into(),
            application: o.application,
            subject: o.subject,
            credential_id: o.credential_id.map(|id| id.uuid()),
            identity_id: o.identity_id.map(|id| id.uuid()),
            identity: o.identity,
            created_at: o.created_at,
        }
    }
}

list_query! {
    /// Which operations.
    OperationsQuery {
        /// Only this kind.
        kind: OperationKind,
    }
}

async fn list(asked: Asked<OperationsQuery>) -> Reply {
    let page = asked.page()?;
    let owed = list_owed(&asked.ctx, asked.query.kind.map(|word| word.0), &page).await?;
    Ok(asked.answer(owed, Operation::from))
}

/// What targets are still owed.
#[derive(Serialize, ToSchema)]
struct ProgressList {
    /// By name.
    targets: Vec<Progress>,
}

/// What a target is still owed.
#[derive(Serialize, ToSchema)]
struct Progress {
    application_id: Uuid,
    /// The target's name.
    application: String,
    /// Operations that are open.
    open: u64,
    /// Of these, those that need a human; the forecast leaves them out.
    needs_human: u64,
    /// How many were read back within a minute lately; null if too few were to tell.
    done_per_minute: Option<f64>,
    /// How many may begin within a minute.
    limit_per_minute: u32,
    /// When the others will be done at that pace; null while nobody can say.
    done_by: Option<DateTime<Utc>>,
    /// While that is not known yet: how long it takes at least, within the limit.
    at_least_seconds: Option<i64>,
    /// Whether nothing goes out there now: it is held, was not read, or does not answer.
    waits: bool,
}

impl From<TargetProgress> for Progress {
    fn from(p: TargetProgress) -> Self {
        Self {
            application_id: p.application_id.uuid(),
            application: p.application,
            open: p.open,
            needs_human: p.needs_human,
            done_per_minute: p.pace,
            limit_per_minute: p.per_minute,
            done_by: if let Forecast::By(at) = p.forecast { Some(at) } else { None },
            at_least_seconds: if let Forecast::NotYet(least) = p.forecast { Some(least.num_seconds()) } else { None },
            waits: p.forecast == Forecast::Waits,
        }
    }
}

async fn progress(asked: Asked) -> Reply {
    let targets = list_progress(&asked.ctx).await?.into_iter().map(Progress::from).collect();
    Ok(found(&ProgressList { targets }))
}

/// One step of an operation.
#[derive(Serialize, ToSchema)]
struct Step {
    at: DateTime<Utc>,
    state: OperationState,
    /// What the target said, or what a person did.
    said: String,
    /// Whose word it is; empty where it is the target's.
    actor: String,
}

/// An operation with all that is known of it.
#[derive(Serialize, ToSchema)]
struct OperationDetail {
    operation: Operation,
    application_id: Option<Uuid>,
    /// The account's name.
    account: Option<String>,
    /// How often it failed in a row.
    failures: i32,
    /// When it is tried next.
    next_at: DateTime<Utc>,
    /// What stands in its way.
    said: String,
    settled_at: Option<DateTime<Utc>>,
    /// Newest first, a hundred at most.
    steps: Vec<Step>,
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    let (detail, steps) = show_operation(&asked.ctx, key(&id)?).await?;
    let steps = steps.into_iter().map(|s| Step { at: s.at, state: s.state.into(), said: s.said, actor: s.actor });
    Ok(found(&OperationDetail {
        operation: detail.owed.into(),
        application_id: detail.application_id.map(|id| id.uuid()),
        account: detail.account,
        failures: detail.failures,
        next_at: detail.next_at,
        said: detail.said,
        settled_at: detail.settled_at,
        steps: steps.collect(),
    }))
}

async fn retry(asked: Asked, Path(id): Path<String>) -> Reply {
    retry_operation(&asked.ctx, key(&id)?).await?;
    Ok(done())
}

/// How it is known.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Note {
    /// How you know that it is done, in a sentence.
    #[schema(example = "The owner of the server showed me that the key is gone.")]
    note: String,
}

async fn attest(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<Note>) -> Reply {
    attest_operation(&asked.ctx, key(&id)?, &sent.note).await?;
    Ok(done())
}

list_query! {
    /// Which grants.
    FoundQuery {
        /// Only on one application.
        application_id: Uuid,
    }
}

/// A grant that no role explains.
#[derive(Serialize, ToSchema)]
struct Found {
    id: Uuid,
    identity_id: Uuid,
    identity: String,
    entitlement: String,
    risk: Risk,
    application_id: Uuid,
    application: String,
    since: DateTime<Utc>,
}

impl From<FoundGrant> for Found {
    fn from(g: FoundGrant) -> Self {
        Self {
            id: g.id.uuid(),
            identity_id: g.identity_id.uuid(),
            identity: g.identity,
            entitlement: g.entitlement,
            risk: g.risk.into(),
            application_id: g.application_id.uuid(),
            application: g.application,
            since: g.since,
        }
    }
}

async fn out_of_band(asked: Asked<FoundQuery>) -> Reply {
    let page = asked.page()?;
    let application = asked.query.application_id.map(ApplicationId::from_uuid);
    let page = list_out_of_band(&asked.ctx, application, &page).await?;
    Ok(asked.answer(page, Found::from))
}
