//! `/api/v1/offboarding-records` and below, `/api/v1/hand-overs`

use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse as _;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{Id as _, IdentityId};
use tenure_services::ServiceError;
use tenure_services::identities::{hand_over, list_hand_overs};
use tenure_services::records::{list_records, show_record};
use tenure_store::hand_overs::HandOverView;
use tenure_store::records::RecordSummary;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{done, found};
use super::ask::{Asked, Sent};
use super::operation::op;
use super::page::list_query;
use super::words::IdentityKind;
use super::{Reply, key};
use crate::http::{Route, get, post, record_paper};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/offboarding-records", list).operation(
            op("listRecords", "Offboarding", "Offboarding records, newest first").query::<RecordsQuery>().gives_page::<Record>("A page."),
        ),
        get("/api/v1/offboarding-records/{id}", show)
            .operation(op("getRecord", "Offboarding", "How far a record has come").gives::<RecordStanding>(200, "Its counts.")),
        get("/api/v1/offboarding-records/{id}/file", file).operation(
            op("getRecordFile", "Offboarding", "The record itself, signed as of now")
                .more("`tenure record verify` verifies it without Tenure; docs/record-format says how.")
                .gives_file("application/json", "The file, byte for byte as it is signed."),
        ),
        get("/api/v1/offboarding-records/{id}/paper", paper).operation(
            op("getRecordPaper", "Offboarding", "The record on paper")
                .more("Made of what the signed file says, which is attached to it.")
                .gives_file("application/pdf", "A PDF."),
        ),
        get("/api/v1/offboarding-records/key", public_key)
            .operation(op("getRecordKey", "Offboarding", "The key that verifies records").gives::<VerifyKey>(200, "The public key.")),
        get("/api/v1/hand-overs", hand_overs).operation(
            op("listHandOvers", "Offboarding", "What still needs a new owner, oldest first")
                .query::<HandOversQuery>()
                .gives_page::<HandOver>("A page."),
        ),
        post("/api/v1/hand-overs/{id}", give).operation(
            op("handOver", "Offboarding", "Give a non-human identity its new owner")
                .sends::<NewOwner>()
                .gives_nothing("It has a new owner."),
        ),
    ]
}

/// The record of the end of one identity.
#[derive(Serialize, ToSchema)]
struct Record {
    id: Uuid,
    identity_id: Uuid,
    identity: String,
    reason: String,
    created_at: DateTime<Utc>,
    /// How many items are still owed.
    open: i64,
    /// Of these, those that need a human.
    needs_human: i64,
}

impl From<RecordSummary> for Record {
    fn from(r: RecordSummary) -> Self {
        Self {
            id: r.id.uuid(),
            identity_id: r.identity_id.uuid(),
            identity: r.identity,
            reason: r.reason,
            created_at: r.created_at,
            open: r.open,
            needs_human: r.needs_human,
        }
    }
}

list_query! {
    /// Which records.
    RecordsQuery {}
}

async fn list(asked: Asked<RecordsQuery>) -> Reply {
    let page = asked.page()?;
    let records = list_records(&asked.ctx, &page).await?;
    Ok(asked.answer(records, Record::from))
}

/// How far a record has come.
#[derive(Serialize, ToSchema)]
struct RecordStanding {
    id: Uuid,
    /// Whether nothing is owed any more.
    is_complete: bool,
    /// Read back as true.
    verified: u64,
    /// A person's word.
    attested: u64,
    /// No longer owed.
    superseded: u64,
    /// Still owed.
    open: u64,
    /// What stands in the way of what is owed, where something does.
    waiting: Vec<Waiting>,
}

/// What stands in the way of something that is owed.
#[derive(Serialize, ToSchema)]
struct Waiting {
    /// The item, which is an operation.
    operation_id: Uuid,
    /// Why it is not done, and what to do.
    why: String,
    /// When it is tried again by itself, where that is known.
    until: Option<DateTime<Utc>>,
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    let shown = show_record(&asked.ctx, key(&id)?).await?;
    let waiting = shown.said.into_iter().map(|(id, waits)| Waiting { operation_id: id.uuid(), why: waits.words, until: waits.until });
    Ok(found(&RecordStanding {
        id: shown.id.uuid(),
        is_complete: shown.standing.is_complete,
        verified: shown.tally.verified,
        attested: shown.tally.attested,
        superseded: shown.tally.superseded,
        open: shown.tally.open,
        waiting: waiting.collect(),
    }))
}

async fn file(asked: Asked, Path(id): Path<String>) -> Reply {
    let shown = show_record(&asked.ctx, key(&id)?).await?;
    let text = shown.file.to_text().map_err(|fault| ServiceError::Refused(fault.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

async fn paper(asked: Asked, Path(id): Path<String>) -> Reply {
    let shown = show_record(&asked.ctx, key(&id)?).await?;
    let paper = record_paper(&asked.ctx, &shown)?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], paper).into_response())
}

/// The key that verifies records and checkpoints.
#[derive(Serialize, ToSchema)]
struct VerifyKey {
    /// Ed25519, as `tenure record verify --key` takes it.
    public_key: String,
}

async fn public_key(asked: Asked) -> Reply {
    Ok(found(&VerifyKey { public_key: asked.ctx.app.keys.public_key().to_string() }))
}

/// A task to find a new owner for a non-human identity.
#[derive(Serialize, ToSchema)]
struct HandOver {
    id: Uuid,
    identity_id: Uuid,
    display_name: String,
    kind: IdentityKind,
    purpose: String,
    former_owner_id: Uuid,
    former_owner: String,
    created_at: DateTime<Utc>,
}

impl From<HandOverView> for HandOver {
    fn from(h: HandOverView) -> Self {
        Self {
            id: h.id.uuid(),
            identity_id: h.identity_id.uuid(),
            display_name: h.display_name,
            kind: h.kind.into(),
            purpose: h.purpose,
            former_owner_id: h.former_owner_id.uuid(),
            former_owner: h.former_owner,
            created_at: h.created_at,
        }
    }
}

list_query! {
    /// Which tasks.
    HandOversQuery {}
}

async fn hand_overs(asked: Asked<HandOversQuery>) -> Reply {
    let page = asked.page()?;
    let tasks = list_hand_overs(&asked.ctx, &page).await?;
    Ok(asked.answer(tasks, HandOver::from))
}

/// Who answers for it from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOwner {
    new_owner: Uuid,
}

async fn give(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<NewOwner>) -> Reply {
    hand_over(&asked.ctx, key(&id)?, IdentityId::from_uuid(sent.new_owner)).await?;
    Ok(done())
}
