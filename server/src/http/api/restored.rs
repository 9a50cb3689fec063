//! `/api/v1/restore`: a restored older database, from which nothing goes out until somebody has looked.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{ApplicationId, Id as _, RestoreId};
use tenure_services::restores::{Release, release_restore, show_restore};
use tenure_store::restores::{RestoreRow, RestoredTarget};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Reply;
use super::answer::{done, found};
use super::ask::{Asked, Sent};
use super::operation::op;
use super::words::TargetState;
use crate::http::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/restore", show).operation(
            op("getRestore", "Operations", "Whether the database was restored, and how targets differ from what is recorded")
                .gives::<RestoreStanding>(200, "The restore that was noticed last."),
        ),
        post("/api/v1/restore/release", release).operation(
            op("releaseRestore", "Operations", "Let everything go out to targets again")
                .more("Each target that was ever read is read again before, or named as one that need not be.")
                .sends::<RestoreReleased>()
                .gives_nothing("What is owed to targets is done again."),
        ),
    ]
}

/// The restore that was noticed last.
#[derive(Serialize, ToSchema)]
struct RestoreStanding {
    /// Whether nothing goes out.
    is_held: bool,
    restore: Option<Restore>,
    /// While it is held, all targets.
    targets: Vec<TargetThen>,
}

/// A restored database.
#[derive(Serialize, ToSchema)]
struct Restore {
    id: Uuid,
    noticed_at: DateTime<Utc>,
    /// What was found, or why somebody holds it.
    said: String,
    /// How many sealed events the audit log was known to have.
    expected_size: Option<i64>,
    /// How many there were.
    found_size: i64,
    /// When the newest event that was found had happened.
    found_at: Option<DateTime<Utc>>,
    released_at: Option<DateTime<Utc>>,
    released_by: Option<String>,
    /// What they said.
    note: String,
}

impl From<RestoreRow> for Restore {
    fn from(r: RestoreRow) -> Self {
        Self {
            id: r.id.uuid(),
            noticed_at: r.noticed_at,
            said: r.said,
            expected_size: r.expected_size,
            found_size: r.found_size,
            found_at: r.found_at,
            released_at: r.released_at,
            released_by: r.released_by,
            note: r.note,
        }
    }
}

/// How a target differs from what is recorded.
#[derive(Serialize, ToSchema)]
struct TargetThen {
    application_id: Uuid,
    name: String,
    /// Whether it is held by itself, too.
    state: TargetState,
    /// When it was last read.
    reconciled_at: Option<DateTime<Utc>>,
    /// Operations that are open.
    owed: i64,
    /// Accounts that are otherwise than they are recorded.
    drifted: i64,
    /// Accounts that are nobody's.
    orphans: i64,
    /// Grants that are recorded and were not seen there.
    missing: i64,
}

impl From<RestoredTarget> for TargetThen {
    fn from(t: RestoredTarget) -> Self {
        Self {
            application_id: t.application_id.uuid(),
            name: t.name,
            state: t.state.into(),
            reconciled_at: t.reconciled_at,
            owed: t.owed,
            drifted: t.drifted,
            orphans: t.orphans,
            missing: t.missing,
        }
    }
}

async fn show(asked: Asked) -> Reply {
    let page = show_restore(&asked.ctx).await?;
    let is_held = page.restore.as_ref().is_some_and(|restore| restore.released_at.is_none());
    let targets = page.targets.into_iter().map(TargetThen::from).collect();
    Ok(found(&RestoreStanding { is_held, restore: page.restore.map(Restore::from), targets }))
}

/// That it may go on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RestoreReleased {
    /// Which restore you looked at.
    restore_id: Uuid,
    /// What you found, and why it may go on.
    note: String,
    /// Targets that need not be read before.
    #[serde(default)]
    unread: Vec<Uuid>,
}

async fn release(asked: Asked, Sent(sent): Sent<RestoreReleased>) -> Reply {
    let unread = sent.unread.into_iter().map(ApplicationId::from_uuid).collect();
    release_restore(&asked.ctx, &Release { id: RestoreId::from_uuid(sent.restore_id), note: sent.note, unread }).await?;
    Ok(done())
}
