//! Readings of targets. One is a row: whoever reads holds it until a moment, and says that they live; if they
//! die, the next one begins anew after that. Two of one target are never open at the same time.

use chrono::{DateTime, TimeDelta, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{ApplicationId, ReadingId};
use tenure_domain::target::{ReadingKind, ReadingPlan, ReadingState};

use crate::engine::{LockRows, RowLock, Store, StoreError, Tx, WriteTx};

/// A reading of a target.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ReadingRow {
    /// Its key.
    pub id: ReadingId,
    /// Of which target.
    pub application_id: ApplicationId,
    /// How much is read.
    pub kind: ReadingKind,
    /// Where it stands.
    pub state: ReadingState,
    /// Who asked for it, for people; empty for the schedule.
    pub asker: String,
    /// Whether many accounts may be gone.
    pub many_gone: bool,
    /// Since when it is wanted.
    pub asked_at: DateTime<Utc>,
    /// Since when it is read, this time.
    pub begun_at: Option<DateTime<Utc>>,
    /// The last sign of life of whoever reads.
    pub alive_at: Option<DateTime<Utc>>,
    /// When it came to its end.
    pub ended_at: Option<DateTime<Utc>>,
    /// How often somebody began.
    pub attempts: i32,
    /// What was read so far.
    #[sqlx(flatten)]
    pub progress: Progress,
    /// What it showed, counted.
    #[sqlx(json(nullable))]
    pub result: Option<serde_json::Value>,
    /// What stands in the way.
    pub said: String,
}

/// What was read so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Progress {
    /// Accounts.
    pub accounts: i64,
    /// Entitlements.
    pub entitlements: i64,
    /// Who holds them.
    pub memberships: i64,
    /// Credentials.
    pub credentials: i64,
}

/// A reading that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReading<'n> {
    /// A key for it.
    pub id: ReadingId,
    /// Of which target.
    pub application_id: ApplicationId,
    /// How much is read.
    pub kind: ReadingKind,
    /// Who asks, for people; empty for the schedule.
    pub asker: &'n str,
    /// Whether many accounts may be gone.
    pub many_gone: bool,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Who takes a reading, and which.
#[derive(Debug, Clone)]
pub struct ReadingClaim<'c> {
    /// Who: of this claim alone.
    pub by: &'c str,
    /// This one only; otherwise the one that waited longest.
    pub only: Option<ReadingId>,
    /// Now.
    pub now: DateTime<Utc>,
    /// Until when it is held without a sign of life.
    pub until: DateTime<Utc>,
}

/// How a reading came to its end.
#[derive(Debug, Clone)]
pub struct ReadingEnd<'e> {
    /// Which one.
    pub id: ReadingId,
    /// Who read.
    pub by: &'e str,
    /// How it ended.
    pub state: ReadingState,
    /// What stands in the way; empty where nothing does.
    pub said: &'e str,
    /// What it showed, if it came to its end.
    pub result: Option<serde_json::Value>,
    /// When.
    pub at: DateTime<Utc>,
    /// After how many minutes the target is read again by itself at the latest, if its plan says longer.
    pub again_within: Option<i32>,
}

/// A target that is to be read by itself.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DueTarget {
    /// Which one.
    pub application_id: ApplicationId,
    /// Up to where it was read.
    pub watermark: Option<String>,
    /// When all of it was last read.
    pub reconciled_at: DateTime<Utc>,
    /// Days after which all of it is read.
    pub full_days: i32,
}

impl Tx {
    /// A reading.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reading(&mut self, id: ReadingId) -> Result<Option<ReadingRow>, StoreError> {
        Ok(fetch_optional!(self, ReadingRow, "SELECT * FROM readings WHERE id = $1", id))
    }

    /// The last readings of a target, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn readings_of(&mut self, target: ApplicationId, limit: i64) -> Result<Vec<ReadingRow>, StoreError> {
        Ok(fetch_all!(self, ReadingRow, "SELECT * FROM readings WHERE application_id = $1 ORDER BY id DESC LIMIT $2", target, limit))
    }

    /// The reading of a target that waits or is under way.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_reading(&mut self, target: ApplicationId) -> Result<Option<ReadingRow>, StoreError> {
        Ok(fetch_optional!(self, ReadingRow, "SELECT * FROM readings WHERE application_id = $1 AND state IN ('queued', 'running')", target))
    }

    /// Targets that are to be read by themselves now. Only what a person had read once is among them, nothing that is
    /// held or left alone for now, and nothing while a restored database is looked at.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn targets_to_be_read(&mut self, now: DateTime<Utc>) -> Result<Vec<DueTarget>, StoreError> {
        Ok(fetch_all!(
            self,
            DueTarget,
            concat!(
                "SELECT t.application_id, t.watermark, t.reconciled_at, t.full_days FROM targets t
                 WHERE t.state = 'live' AND t.kind NOT IN ('ssh', 'manual') AND t.reconciled_at IS NOT NULL AND t.read_minutes IS NOT NULL
                   AND (t.next_read_at IS NULL OR t.next_read_at <= $1) AND (t.open_until IS NULL OR t.open_until <= $1)
                   AND NOT EXISTS (SELECT 1 FROM readings r WHERE r.application_id = t.application_id AND r.state IN ('queued', 'running'))
                   AND ",
                not_held!(),
                " ORDER BY t.application_id"
            ),
            now
        ))
    }

    /// Whether any reading waits for somebody to take it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn any_reading_waits(&mut self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let found = fetch_optional!(
            self,
            (ReadingId,),
            concat!(
                "SELECT id FROM readings WHERE (state = 'queued' OR (state = 'running' AND claimed_until <= $1)) AND (asker <> '' OR ",
                not_held!(),
                ") LIMIT 1"
            ),
            now
        );
        Ok(found.is_some())
    }
}

impl WriteTx {
    /// Wants a reading. Yields whether it is new: where one of that target is open already, nothing is changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn want_reading(&mut self, _proof: &impl May<change::WriteTargets>, new: &NewReading<'_>) -> Result<bool, StoreError> {
        let touched = execute!(
            self.tx,
            "INSERT INTO readings (id, application_id, kind, state, asker, many_gone, asked_at) VALUES ($1, $2, $3, 'queued', $4, $5, $6) ON CONFLICT DO NOTHING",
            new.id,
            new.application_id,
            new.kind,
            new.asker,
            new.many_gone,
            new.at
        );
        Ok(touched == 1)
    }

    /// Has a reading that waits do more, because somebody asks for that. Yields whether it still waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn raise_reading(&mut self, _proof: &impl May<change::WriteTargets>, new: &NewReading<'_>) -> Result<bool, StoreError> {
        let touched = execute!(
            self.tx,
            "UPDATE readings SET kind = $2, asker = $3, many_gone = $4 WHERE id = $1 AND state = 'queued'",
            new.id,
            new.kind,
            new.asker,
            new.many_gone
        );
        Ok(touched == 1)
    }

    /// Whether `by` still holds a reading; if so, nobody takes it or stops it until this transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holds_reading(&mut self, id: ReadingId, by: &str) -> Result<bool, StoreError> {
        Ok(execute!(self.tx, "UPDATE readings SET claimed_by = claimed_by WHERE id = $1 AND claimed_by = $2 AND state = 'running'", id, by)
            == 1)
    }

    /// Keeps how a reading that `by` holds came to its end. Yields whether it was still held.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_reading(&mut self, _proof: &impl May<change::WriteTargets>, end: &ReadingEnd<'_>) -> Result<bool, StoreError> {
        let touched = execute!(
            self.tx,
            "UPDATE readings SET state = $3, said = $4, result = $5, ended_at = $6, alive_at = $6, claimed_until = NULL
             WHERE id = $1 AND claimed_by = $2 AND state = 'running'",
            end.id,
            end.by,
            end.state,
            end.said,
            end.result.as_ref().map(sqlx::types::Json),
            end.at
        );
        if touched == 0 {
            return Ok(false);
        }
        self.is_read_again(end.id, end.at, end.again_within).await?;
        // A month of them is enough: what each changed is in the audit log.
        execute!(
            self.tx,
            "DELETE FROM readings WHERE application_id = (SELECT application_id FROM readings WHERE id = $1) AND state NOT IN ('queued', 'running') AND asked_at < $2",
            end.id,
            end.at - TimeDelta::days(30)
        );
        Ok(true)
    }

    /// Stops a reading, whoever holds it. Yields whether it was open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel_reading(
        &mut self,
        _proof: &impl May<change::WriteTargets>,
        id: ReadingId,
        said: &str,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let touched = execute!(
            self.tx,
            "UPDATE readings SET state = 'cancelled', said = $2, ended_at = $3, claimed_until = NULL WHERE id = $1 AND state IN ('queued', 'running')",
            id,
            said,
            at
        );
        self.is_read_again(id, at, None).await?;
        Ok(touched == 1)
    }

    /// Keeps when the target of a reading is read again by itself, by the plan as it is now: it may have been changed
    /// since the reading began.
    async fn is_read_again(&mut self, id: ReadingId, at: DateTime<Utc>, within: Option<i32>) -> Result<(), StoreError> {
        let plan = on_both!(self.tx, conn => {
            let mut query = sqlx::QueryBuilder::new("SELECT read_minutes FROM targets WHERE application_id = (SELECT application_id FROM readings WHERE id = ");
            query.push_bind(id).push(")").lock_rows(RowLock::Alone).build_query_scalar::<Option<i32>>().fetch_optional(&mut **conn).await?
        });
        let minutes = plan.flatten().map(|minutes| within.map_or(minutes, |within| minutes.min(within)).max(ReadingPlan::MINUTES.0));
        execute!(
            self.tx,
            "UPDATE targets SET next_read_at = $2 WHERE application_id = (SELECT application_id FROM readings WHERE id = $1)",
            id,
            minutes.map(|minutes| at + TimeDelta::minutes(i64::from(minutes)))
        );
        Ok(())
    }
}

impl Store {
    /// Wants what the schedule wants: bookkeeping, which leaves no event. Yields how many are new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn want_readings(&self, proof: &impl May<change::WriteTargets>, new: &[NewReading<'_>]) -> Result<usize, StoreError> {
        let mut tx = self.write().await?;
        let mut wanted = 0;
        for reading in new {
            wanted += usize::from(tx.want_reading(proof, reading).await?);
        }
        tx.unscoped_commit().await?;
        Ok(wanted)
    }

    /// Takes a reading that waits, or whose holder has given no sign of life for too long. While a restored database is
    /// looked at, only one that a person asked for. Who holds what is bookkeeping: it leaves no event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_reading(
        &self,
        _proof: &impl May<change::WriteTargets>,
        claim: &ReadingClaim<'_>,
    ) -> Result<Option<ReadingRow>, StoreError> {
        let mut tx = self.write().await?;
        let found = on_both!(tx.tx, conn => {
            let mut query = sqlx::QueryBuilder::new("SELECT id FROM readings WHERE (state = 'queued' OR (state = 'running' AND claimed_until <= ");
            query.push_bind(claim.now).push(concat!(")) AND (asker <> '' OR ", not_held!(), ")"));
            if let Some(only) = claim.only {
                query.push(" AND id = ").push_bind(only);
            }
            query.push(" ORDER BY asked_at, id LIMIT 1");
            query.lock_rows(RowLock::AloneIfFree).build_query_scalar::<ReadingId>().fetch_optional(&mut **conn).await?
        });
        let Some(id) = found else { return Ok(None) };
        // Begun anew: what somebody else had seen is not known here.
        let row = fetch_optional!(
            tx.tx,
            ReadingRow,
            "UPDATE readings SET state = 'running', claimed_by = $2, claimed_until = $3, begun_at = $4, alive_at = $4, attempts = attempts + 1,
               accounts = 0, entitlements = 0, memberships = 0, credentials = 0
             WHERE id = $1 AND (state = 'queued' OR (state = 'running' AND claimed_until <= $4)) RETURNING *",
            id,
            claim.by,
            claim.until,
            claim.now
        );
        tx.unscoped_commit().await?;
        Ok(row)
    }

    /// A sign of life of whoever reads, and how far they are. Yields whether they still hold it. Bookkeeping, too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reading_is_alive(
        &self,
        _proof: &impl May<change::WriteTargets>,
        id: ReadingId,
        by: &str,
        progress: Progress,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let touched = execute!(
            tx.tx,
            "UPDATE readings SET alive_at = $3, claimed_until = $4, accounts = $5, entitlements = $6, memberships = $7, credentials = $8
             WHERE id = $1 AND claimed_by = $2 AND state = 'running'",
            id,
            by,
            now,
            until,
            progress.accounts,
            progress.entitlements,
            progress.memberships,
            progress.credentials
        );
        tx.unscoped_commit().await?;
        Ok(touched == 1)
    }

    /// Lets go of a reading that is not at its end: the next one takes it at once, and that it was begun does not count.
    /// Bookkeeping, too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn let_go_of_reading(&self, _proof: &impl May<change::WriteTargets>, id: ReadingId, by: &str) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let touched = execute!(
            tx.tx,
            "UPDATE readings SET state = 'queued', attempts = attempts - 1, claimed_by = NULL, claimed_until = NULL
             WHERE id = $1 AND claimed_by = $2 AND state = 'running'",
            id,
            by
        );
        tx.unscoped_commit().await?;
        Ok(touched == 1)
    }

    /// As [`WriteTx::end_reading`], for the schedule's own that changed nothing: bookkeeping.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_reading_quietly(&self, proof: &impl May<change::WriteTargets>, end: &ReadingEnd<'_>) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let held = tx.end_reading(proof, end).await?;
        tx.unscoped_commit().await?;
        Ok(held)
    }

    /// As [`WriteTx::end_reading`] with [`WriteTx::note_reconciled`] or [`WriteTx::note_changes_read`], where nothing had changed: bookkeeping.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn nothing_changed(
        &self,
        proof: &impl May<change::WriteTargets>,
        end: &ReadingEnd<'_>,
        target: ApplicationId,
        watermark: Option<&str>,
        begun_at: DateTime<Utc>,
        is_full: bool,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        if !tx.end_reading(proof, end).await? {
            return Ok(false);
        }
        match is_full {
            true => tx.note_reconciled(proof, target, watermark, begun_at).await?,
            false => tx.note_changes_read(proof, target, watermark, begun_at).await?,
        }
        tx.unscoped_commit().await?;
        Ok(true)
    }
}
