//! `/api/v1/audit` and below

use axum::extract::Path;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::audit::EventBody;
use tenure_domain::id::Id as _;
use tenure_services::audit::{AuditExport, AuditQuery, ExportRange, Inclusion, event_detail, find_events, verify_audit};
use tenure_store::audit::AuditRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::found;
use super::ask::{Asked, Sent, bad_parameter};
use super::operation::op;
use super::page::list_query;
use super::words::{Outcome, Stream};
use super::{Reply, key};
use crate::http::{Failure, Route, get, post};
use crate::web::download_pieces;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/audit/events", list)
            .operation(op("listEvents", "Audit", "Events, newest first").query::<EventsQuery>().gives_page::<Event>("A page.")),
        get("/api/v1/audit/events/{id}", show)
            .operation(op("getEvent", "Audit", "One event, and where it stands in the log's tree").gives::<EventDetail>(200, "The event.")),
        get("/api/v1/audit/export", export).operation(
            op("exportAudit", "Audit", "The log as JSON lines, each with its proof")
                .more("`tenure audit verify-file` verifies it without Tenure. Taking it away leaves an event.")
                .query::<ExportQuery>()
                .gives_file("application/jsonl", "The log, however long it is."),
        ),
        post("/api/v1/audit/verify", verify).operation(
            op("verifyAudit", "Audit", "Verify the whole log")
                .more("Nothing is changed. The verdict is of this moment.")
                .sends::<Known>()
                .gives::<Verdict>(200, "The verdict."),
        ),
    ]
}

/// One row of the audit log.
#[derive(Serialize, ToSchema)]
struct Event {
    id: Uuid,
    at: DateTime<Utc>,
    stream: Stream,
    #[schema(example = "identity.ended")]
    action: String,
    /// Who did it, for people.
    actor: String,
    /// What it was done to: the word for the thing, and its key.
    target_kind: String,
    target_id: String,
    /// The identity it concerns.
    identity_id: Option<Uuid>,
    /// What belongs together.
    request_id: String,
    outcome: Outcome,
    /// Why, in words.
    reason: String,
    /// What it was before.
    before: serde_json::Value,
    /// What it is after.
    after: serde_json::Value,
}

impl From<AuditRow> for Event {
    fn from(row: AuditRow) -> Self {
        // What cannot be read has been changed; the verdict names it.
        let body = serde_json::from_str::<EventBody>(&row.body).ok();
        let (reason, before, after) = body.map(|b| (b.reason, b.before, b.after)).unwrap_or_default();
        Self {
            id: row.id.uuid(),
            at: row.at,
            stream: row.stream.into(),
            action: row.action,
            actor: row.actor_label,
            target_kind: row.target_kind,
            target_id: row.target_id,
            identity_id: row.identity_id.map(|id| id.uuid()),
            request_id: row.request_id,
            outcome: row.outcome.into(),
            reason,
            before,
            after,
        }
    }
}

list_query! {
    /// Which events.
    EventsQuery {
        /// Who did it: a user name, or a key.
        actor: String,
        /// Whom it concerns: a user name, or a key.
        about: String,
        /// What the action begins with.
        action: String,
        /// Only this stream.
        stream: Stream,
        /// Only what was refused, or done.
        outcome: Outcome,
        /// What belongs to one request.
        request: String,
        /// The key of what it was done to.
        target: String,
        /// Not before this day.
        from: NaiveDate,
        /// Not after this day.
        to: NaiveDate,
    }
}

async fn list(asked: Asked<EventsQuery>) -> Reply {
    let page = asked.page()?;
    let query = &asked.query;
    if query.from.zip(query.to).is_some_and(|(from, to)| from > to) {
        return Err(bad_parameter("from", "it is after `to`: nothing lies between them"));
    }
    let wanted = AuditQuery {
        actor: query.actor.clone(),
        about: query.about.clone(),
        action: query.action.clone(),
        stream: query.stream.map(|word| word.0),
        outcome: query.outcome.map(|word| word.0),
        request: query.request.clone(),
        target: query.target.clone(),
        from: query.from,
        to: query.to,
    };
    let events = find_events(&asked.ctx, &wanted, &page).await?;
    Ok(asked.answer(events.page, Event::from))
}

/// An event with its proof.
#[derive(Serialize, ToSchema)]
struct EventDetail {
    event: Event,
    /// The sealed text of the event, byte for byte.
    body: String,
    /// Whether it has a number in the tree.
    is_sealed: bool,
    /// Of how many events the checkpoint is that covers it; null where none does.
    tree_size: Option<i64>,
    /// When that checkpoint was signed.
    signed_at: Option<DateTime<Utc>>,
    /// What is wrong with the row itself; null when nothing is, or when no checkpoint covers it.
    fault: Option<String>,
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    let detail = event_detail(&asked.ctx, key(&id)?).await?;
    let (is_sealed, tree_size, signed_at, fault) = match detail.inclusion {
        Inclusion::Unsealed => (false, None, None, None),
        Inclusion::NotCovered => (true, None, None, None),
        Inclusion::Covered { tree_size, signed_at, fault } => (true, Some(tree_size), signed_at, fault),
    };
    let body = detail.row.body.clone();
    Ok(found(&EventDetail { event: detail.row.into(), body, is_sealed, tree_size, signed_at, fault }))
}

/// Which part.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExportQuery {
    /// The first number of the tree; the first of all when it is not said.
    from: Option<u64>,
    /// The number after the last.
    to: Option<u64>,
}

async fn export(asked: Asked<ExportQuery>) -> Reply {
    for (name, number) in [("from", asked.query.from), ("to", asked.query.to)] {
        if number.is_some_and(|n| i64::try_from(n).is_err()) {
            return Err(bad_parameter(name, "no log has so many events"));
        }
    }
    let begun = AuditExport::begin(&asked.ctx, ExportRange { from: asked.query.from, to: asked.query.to }).await?;
    let pieces = futures::stream::try_unfold(begun, async |mut export| Ok(export.next().await?.map(|piece| (piece, export))));
    Ok(download_pieces("audit.jsonl", "application/jsonl", pieces))
}

/// What you know of the log from before.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Known {
    /// A checkpoint that you kept, as signed note: the log must hold it.
    checkpoint: Option<String>,
}

/// What is wrong with the log.
#[derive(Serialize, ToSchema)]
struct AuditFault {
    /// Its number in the tree.
    leaf: Option<u64>,
    /// The event.
    id: Option<Uuid>,
    at: Option<DateTime<Utc>>,
    what: String,
}

/// Whether the log is what was written.
#[derive(Serialize, ToSchema)]
struct Verdict {
    sound: bool,
    events: u64,
    sealed: u64,
    unsealed: u64,
    checkpoints: u64,
    /// The newest checkpoint, as signed note: keep it.
    checkpoint: Option<String>,
    /// The first faults.
    faults: Vec<AuditFault>,
    /// How many there are.
    fault_count: u64,
}

async fn verify(asked: Asked, Sent(known): Sent<Known>) -> Result<axum::response::Response, Failure> {
    let given = known.checkpoint.as_deref().filter(|text| !text.trim().is_empty());
    let verdict = verify_audit(&asked.ctx, given).await?;
    let fault = |f: tenure_services::audit::AuditFault| AuditFault { leaf: f.leaf, id: f.id.map(|id| id.uuid()), at: f.at, what: f.what };
    Ok(found(&Verdict {
        sound: verdict.sound,
        events: verdict.events,
        sealed: verdict.sealed,
        unsealed: verdict.unsealed,
        checkpoints: verdict.checkpoints,
        checkpoint: verdict.checkpoint,
        faults: verdict.faults.into_iter().map(fault).collect(),
        fault_count: verdict.fault_count,
    }))
}
