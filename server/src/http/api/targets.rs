//! `/api/v1/applications/{id}/target` and below: how an application is reached, and what is there.

use axum::extract::Path;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{ApplicationId, Id as _, ReadingId};
use tenure_domain::target::ReadingPlan;
use tenure_services::ServiceError;
use tenure_services::targets::{
    Reconciled, Secret, TargetDraft as Draft, ask_reading, cancel_reading, configure_target, hold_target, list_readings, probe_target,
    show_target,
};
use tenure_store::readings::ReadingRow;
use tenure_store::targets::TargetRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{changed, done, found, json};
use super::ask::{Asked, Sent, moved_on};
use super::operation::op;
use super::words::{OnEnd, ReadingKind, ReadingState, TargetKind, TargetState};
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
            op("readTarget", "Targets", "Have a target read, and compared")
                .more("Somebody reads it as soon as they can; where one waits or is under way already, that is the one.")
                .sends::<ReadingDraft>()
                .gives::<Reading>(202, "The reading."),
        ),
        get("/api/v1/applications/{id}/target/readings", readings).operation(
            op("listReadings", "Targets", "The last readings of a target").gives::<Readings>(200, "The newest first, 20 at most."),
        ),
        post("/api/v1/applications/{id}/target/readings/{reading}/cancel", cancel).operation(
            op("cancelReading", "Targets", "Stop a reading").gives_nothing("It is stopped, and nothing follows from what it had not seen."),
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
    /// When everything there was last read.
    reconciled_at: Option<DateTime<Utc>>,
    /// When it was last read, also where only what changed was.
    read_at: Option<DateTime<Utc>>,
    /// When it is read again by itself; null where that is not planned.
    next_read_at: Option<DateTime<Utc>>,
    /// Minutes from one reading to the next; null: only when somebody asks.
    read_minutes: Option<i32>,
    full_days: i32,
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
            read_at: t.read_at,
            next_read_at: t.next_read_at.filter(|_| reach.read_minutes.is_some()),
            read_minutes: reach.read_minutes,
            full_days: reach.full_days,
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
    /// Minutes from one reading to the next, 5 to 43,200; null: only when somebody asks. Left out: 60.
    #[serde(default = "minutes")]
    read_minutes: Option<i32>,
    /// Days after which everything is read, 1 to 90.
    #[serde(default = "days")]
    full_days: i32,
}

fn minutes() -> Option<i32> {
    ReadingPlan::default().minutes
}

fn days() -> i32 {
    ReadingPlan::default().full_days
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
        reading: ReadingPlan { minutes: sent.read_minutes, full_days: sent.full_days },
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
struct ReadingDraft {
    /// Whether many accounts may be gone at once.
    #[serde(default)]
    many_gone: bool,
    /// How much; everything where it is left out.
    kind: Option<ReadingKind>,
}

/// A reading of a target.
#[derive(Serialize, ToSchema)]
struct Reading {
    id: Uuid,
    kind: ReadingKind,
    state: ReadingState,
    /// Who asked for it; empty for the schedule.
    asked_by: String,
    asked_at: DateTime<Utc>,
    /// Since when it is read, this time.
    begun_at: Option<DateTime<Utc>>,
    /// The last sign of life of whoever reads.
    alive_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    /// What was read so far.
    accounts: i64,
    entitlements: i64,
    memberships: i64,
    credentials: i64,
    /// What stands in the way.
    said: String,
    /// What was found, once it is done.
    found: Option<Read>,
}

impl From<ReadingRow> for Reading {
    fn from(row: ReadingRow) -> Self {
        let found = row.result.and_then(|result| serde_json::from_value::<Reconciled>(result).ok());
        Self {
            id: row.id.uuid(),
            kind: row.kind.into(),
            state: row.state.into(),
            asked_by: row.asker,
            asked_at: row.asked_at,
            begun_at: row.begun_at,
            alive_at: row.alive_at,
            ended_at: row.ended_at,
            accounts: row.progress.accounts,
            entitlements: row.progress.entitlements,
            memberships: row.progress.memberships,
            credentials: row.progress.credentials,
            said: row.said,
            found: found.map(Read::from),
        }
    }
}

/// The last readings of a target.
#[derive(Serialize, ToSchema)]
struct Readings {
    items: Vec<Reading>,
}

/// What was found on a target.
#[derive(Serialize, ToSchema)]
struct Read {
    accounts: usize,
    /// Of these, those that are new or otherwise than they were.
    changed: usize,
    /// Of these, those that are nobody's.
    orphans: usize,
    /// Of these, those whose attributes are not as recorded.
    drifted: usize,
    /// Accounts that are not there any more.
    gone: u64,
    /// Accounts of those who have ended.
    of_ended: usize,
    /// Questions to reviewers about which there is nothing to decide any more.
    moot_reviews: usize,
    entitlements: usize,
    new_entitlements: usize,
    credentials: usize,
    new_credentials: usize,
    changed_credentials: usize,
    /// Credentials that are not there any more.
    gone_credentials: u64,
}

impl From<Reconciled> for Read {
    fn from(read: Reconciled) -> Self {
        Self {
            accounts: read.accounts,
            changed: read.changed,
            orphans: read.orphans,
            drifted: read.drifted,
            gone: read.gone,
            of_ended: read.of_ended,
            moot_reviews: read.moot_reviews,
            entitlements: read.entitlements,
            new_entitlements: read.new_entitlements,
            credentials: read.credentials,
            new_credentials: read.new_credentials,
            changed_credentials: read.changed_credentials,
            gone_credentials: read.gone_credentials,
        }
    }
}

async fn read(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<ReadingDraft>) -> Reply {
    let id = key(&id)?;
    let kind = sent.kind.map_or(tenure_domain::target::ReadingKind::Full, |kind| kind.0);
    let reading = ask_reading(&asked.ctx, id, kind, sent.many_gone).await?;
    let row = list_readings(&asked.ctx, id).await?.into_iter().find(|row| row.id == reading).ok_or(ServiceError::NotFound("reading"))?;
    Ok(json(StatusCode::ACCEPTED, &Reading::from(row)))
}

async fn readings(asked: Asked, Path(id): Path<String>) -> Reply {
    let id = key(&id)?;
    show_target(&asked.ctx, id).await?.target.ok_or(ServiceError::NotFound("target"))?;
    Ok(found(&Readings { items: list_readings(&asked.ctx, id).await?.into_iter().map(Reading::from).collect() }))
}

async fn cancel(asked: Asked, Path((id, reading)): Path<(String, String)>) -> Reply {
    let reading: ReadingId = key(&reading)?;
    cancel_reading(&asked.ctx, key(&id)?, reading).await?;
    Ok(done())
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
