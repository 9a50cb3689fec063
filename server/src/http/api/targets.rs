//! `/api/v1/applications/{id}/target` and below: how an application is reached, and what is there.

use axum::extract::Path;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{ApplicationId, Id as _};
use tenure_services::ServiceError;
use tenure_services::targets::{Secret, TargetDraft as Draft, configure_target, hold_target, probe_target, reconcile_target, show_target};
use tenure_store::targets::TargetRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{changed, done, found};
use super::ask::{Asked, Sent, moved_on};
use super::operation::op;
use super::words::{OnEnd, TargetKind, TargetState};
use super::{Reply, key};
use crate::http::routes::put;
use crate::http::{Failure, Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/applications/{id}/target", show).operation(
            op("getTarget", "Targets", "How an application is reached")
                .more("Never its secret.")
                .gives::<Target>(200, "The target.")
                .with_version(),
        ),
        put("/api/v1/applications/{id}/target", configure).operation(
            op("configureTarget", "Targets", "Say how an application is reached")
                .more("What it is owed is due at once. Where the settings change, the secret is sent again: it goes nowhere unseen.")
                .may_be_new()
                .sends::<TargetDraft>()
                .gives::<Target>(200, "As it is now.")
                .with_version(),
        ),
        post("/api/v1/applications/{id}/target/probe", probe)
            .operation(op("probeTarget", "Targets", "Try whether a target can be reached").gives::<Probed>(200, "What it says of itself.")),
        post("/api/v1/applications/{id}/target/read", read).operation(
            op("readTarget", "Targets", "Read a target now, and compare").sends::<Reading>().gives::<Read>(200, "What was found."),
        ),
        post("/api/v1/applications/{id}/target/hold", hold).operation(
            op("holdTarget", "Targets", "Hold everything that would go out to a target, or let it go")
                .sends::<Hold>()
                .gives_nothing("It is so now."),
        ),
    ]
}

/// How an application is reached.
#[derive(Serialize, ToSchema)]
pub(super) struct Target {
    application_id: Uuid,
    kind: TargetKind,
    state: TargetState,
    /// What this kind of target needs; docs/targets.md names it.
    #[schema(value_type = Object)]
    settings: serde_json::Value,
    on_end: OnEnd,
    /// How accounts are filled; null where Tenure makes none.
    #[schema(value_type = Option<Object>)]
    mapping: Option<serde_json::Value>,
    /// How many operations at once.
    at_once: i32,
    per_minute: i32,
    timeout_seconds: i32,
    /// How often it failed in a row.
    failures: i32,
    /// What it said last, where it failed.
    said: String,
    answered_at: Option<DateTime<Utc>>,
    reconciled_at: Option<DateTime<Utc>>,
    version: i64,
}

impl From<TargetRow> for Target {
    fn from(t: TargetRow) -> Self {
        let reach = t.reach;
        Self {
            application_id: reach.application_id.uuid(),
            kind: reach.kind.into(),
            state: reach.state.into(),
            settings: reach.settings,
            on_end: reach.on_end.into(),
            mapping: reach.mapping,
            at_once: reach.at_once,
            per_minute: reach.per_minute,
            timeout_seconds: reach.timeout_seconds,
            failures: t.failures,
            said: t.said,
            answered_at: t.answered_at,
            reconciled_at: t.reconciled_at,
            version: reach.version,
        }
    }
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    let target = show_target(&asked.ctx, key(&id)?).await?.target.ok_or(ServiceError::NotFound("target"))?;
    // Whole each time: what it said last is no new version.
    Ok(changed(target.reach.version, &Target::from(target)))
}

/// How an application is to be reached.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TargetDraft {
    kind: TargetKind,
    /// What this kind of target needs; docs/targets.md names it.
    #[schema(value_type = Object)]
    settings: serde_json::Map<String, serde_json::Value>,
    /// By what Tenure signs in there; left out where it stays.
    secret: Option<String>,
    on_end: OnEnd,
    /// How many operations at once, 1 to 100.
    #[schema(example = 4)]
    at_once: i32,
    /// How many a minute, 1 to 100,000.
    #[schema(example = 600)]
    per_minute: i32,
    /// How long one may take, 1 to 300.
    #[schema(example = 10)]
    timeout_seconds: i32,
}

async fn configure(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<TargetDraft>) -> Reply {
    let id: ApplicationId = key(&id)?;
    let now = show_target(&asked.ctx, id).await?.target;
    let version = match &now {
        None if asked.must_be_new() => 0,
        Some(_) if asked.must_be_new() => return Err(moved_on()),
        Some(now) => asked.expected(now.reach.version)?,
        // It may have been there when it was read. No version fits what is not there (RFC 9110, 13.1.1).
        None => return asked.expected(-1).and_then(|_| Err(moved_on())),
    };
    let draft = Draft {
        version,
        kind: sent.kind.0,
        settings: sent.settings.into(),
        secret: sent.secret.map(Secret::new),
        on_end: sent.on_end.0,
        at_once: sent.at_once,
        per_minute: sent.per_minute,
        timeout_seconds: sent.timeout_seconds,
    };
    match configure_target(&asked.ctx, id, &draft).await {
        Ok(()) => {}
        Err(ServiceError::Conflict(_)) => return Err(moved_on()),
        Err(error) => return Err(Failure::from(error)),
    }
    let target = show_target(&asked.ctx, id).await?.target.ok_or(ServiceError::NotFound("target"))?;
    Ok(changed(target.reach.version, &Target::from(target)))
}

/// What a target says of itself.
#[derive(Serialize, ToSchema)]
struct Probed {
    /// Product and version, as far as it tells.
    product: String,
    /// As whom Tenure is signed in there.
    signed_in_as: String,
    /// What an administrator should know.
    remarks: Vec<String>,
}

async fn probe(asked: Asked, Path(id): Path<String>) -> Reply {
    let probed = probe_target(&asked.ctx, key(&id)?).await?.map_err(|fault| ServiceError::Refused(fault.words))?;
    Ok(found(&Probed { product: probed.product, signed_in_as: probed.signed_in_as, remarks: probed.remarks }))
}

/// How it is to be read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reading {
    /// Whether many accounts may be gone at once.
    #[serde(default)]
    many_gone: bool,
}

/// What was found on a target.
#[derive(Serialize, ToSchema)]
struct Read {
    accounts: usize,
    /// Of these, those that are nobody's.
    orphans: usize,
    /// Of these, those whose attributes are not as recorded.
    drifted: usize,
    /// Accounts that are not there any more.
    gone: u64,
    /// Accounts of those who have ended.
    of_ended: usize,
    entitlements: usize,
    new_entitlements: usize,
}

async fn read(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<Reading>) -> Reply {
    let read = reconcile_target(&asked.ctx, key(&id)?, sent.many_gone).await?;
    Ok(found(&Read {
        accounts: read.accounts,
        orphans: read.orphans,
        drifted: read.drifted,
        gone: read.gone,
        of_ended: read.of_ended,
        entitlements: read.entitlements,
        new_entitlements: read.new_entitlements,
    }))
}

/// Whether anything goes out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Hold {
    state: TargetState,
}

async fn hold(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<Hold>) -> Reply {
    hold_target(&asked.ctx, key(&id)?, sent.state.0).await?;
    Ok(done())
}
