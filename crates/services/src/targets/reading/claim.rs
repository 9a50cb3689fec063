//! Taking a reading, and saying that one is still at it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use tenure_domain::access::{Portal, actions};
use tenure_domain::id::{ApplicationId, ReadingId};
use tenure_domain::target::ReadingKind;
use tenure_store::readings::{DueTarget, NewReading, Progress, ReadingClaim, ReadingRow};

use crate::{Ctx, ServiceError};

/// How long a reading is held without a sign of life.
const HELD: TimeDelta = TimeDelta::seconds(60);

/// A reading that somebody holds.
#[derive(Debug, Clone)]
pub struct ClaimedReading {
    pub(super) row: ReadingRow,
    pub(super) by: String,
    /// The moment of which it is a proof.
    pub(super) at: DateTime<Utc>,
    pub(super) count: Arc<Count>,
}

impl ClaimedReading {
    /// Its key.
    pub fn id(&self) -> ReadingId {
        self.row.id
    }

    /// Of which target.
    pub fn target(&self) -> ApplicationId {
        self.row.application_id
    }

    /// How much is read.
    pub fn kind(&self) -> ReadingKind {
        self.row.kind
    }
}

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Count {
    pub(super) accounts: AtomicI64,
    pub(super) entitlements: AtomicI64,
    pub(super) memberships: AtomicI64,
    pub(super) credentials: AtomicI64,
}

impl Count {
    fn progress(&self) -> Progress {
        let of = |n: &AtomicI64| n.load(Ordering::Relaxed);
        Progress {
            accounts: of(&self.accounts),
            entitlements: of(&self.entitlements),
            memberships: of(&self.memberships),
            credentials: of(&self.credentials),
        }
    }
}

/// Takes the reading that waits longest, after those that are due by now are wanted. `by` names the process.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn claim_reading(ctx: &Ctx, by: &str) -> Result<Option<ClaimedReading>, ServiceError> {
    let proof = ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let due = tx.targets_to_be_read(ctx.now).await?;
    let waits = tx.any_reading_waits(ctx.now).await?;
    drop(tx);
    let due: Vec<NewReading<'_>> = due.iter().map(|target| wanted(ctx, target)).collect();
    if !due.is_empty() {
        ctx.app.store.want_readings(&proof, &due).await?;
    } else if !waits {
        return Ok(None);
    }
    claim(ctx, by, None).await
}

/// Takes one reading, or whichever waits longest.
pub(super) async fn claim(ctx: &Ctx, by: &str, only: Option<ReadingId>) -> Result<Option<ClaimedReading>, ServiceError> {
    let proof = ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    // Of this claim alone: what comes late from an earlier one of the same process does not count.
    let by = format!("{by}/{}", crate::ids::new_id(ctx.now));
    let claim = ReadingClaim { by: &by, only, now: ctx.now, until: ctx.now + HELD };
    let row = ctx.app.store.claim_reading(&proof, &claim).await?;
    Ok(row.map(|row| ClaimedReading { row, by, at: ctx.now, count: Arc::default() }))
}

fn wanted(ctx: &Ctx, target: &DueTarget) -> NewReading<'static> {
    let is_old = ctx.now - target.reconciled_at >= TimeDelta::days(i64::from(target.full_days));
    let can_tell = target.watermark.as_deref().is_some_and(|watermark| !watermark.is_empty());
    let kind = if is_old || !can_tell { ReadingKind::Full } else { ReadingKind::Changes };
    NewReading { id: ctx.id(), application_id: target.application_id, kind, asker: "", many_gone: false, at: ctx.now }
}

/// Says that somebody is still at it, and how far they are. Yields whether it is still theirs: if not, it was stopped
/// or taken over, and they let it be.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn reading_is_alive(ctx: &Ctx, reading: &ClaimedReading) -> Result<bool, ServiceError> {
    let proof = ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    let until = ctx.now + HELD;
    let held = ctx.app.store.reading_is_alive(&proof, reading.id(), &reading.by, reading.count.progress(), ctx.now, until).await?;
    Ok(held)
}

/// Lets a reading go, because whoever reads is told to stop: the next one may take it at once.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn let_go(ctx: &Ctx, reading: &ClaimedReading) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    ctx.app.store.let_go_of_reading(&proof, reading.id(), &reading.by).await?;
    Ok(())
}
