//! How applications are reached.

use chrono::{DateTime, TimeDelta, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{ApplicationId, IdentityId};
use tenure_domain::operation::Breaker;
use tenure_domain::target::{OnEnd, TargetKind, TargetState};

use crate::engine::{LockRows, RowLock, Store, StoreError, Tx, WriteTx};

/// How an application is reached, as somebody said it.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Reach {
    /// The application.
    pub application_id: ApplicationId,
    /// By what.
    pub kind: TargetKind,
    /// Whether anything is changed there.
    pub state: TargetState,
    /// What its connector needs to know; nothing secret.
    #[sqlx(json)]
    pub settings: serde_json::Value,
    /// The secret, sealed.
    pub secret: Vec<u8>,
    /// What becomes of an account when its identity ends.
    pub on_end: OnEnd,
    /// How accounts are named and filled there; where nobody said so, Tenure makes none.
    #[sqlx(json(nullable))]
    pub mapping: Option<serde_json::Value>,
    /// Who does by hand what is owed there, if somebody is named.
    pub doer_id: Option<IdentityId>,
    /// Within how many hours; only where a person does it by hand.
    pub due_hours: Option<i32>,
    /// Operations at the same time.
    pub at_once: i32,
    /// Operations begun within a minute.
    pub per_minute: i32,
    /// The longest wait for one answer.
    pub timeout_seconds: i32,
    /// Minutes from one reading to the next; none: only when somebody asks for it.
    pub read_minutes: Option<i32>,
    /// Days after which everything is read.
    pub full_days: i32,
    /// Raised with each change.
    pub version: i64,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl std::fmt::Debug for Reach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reach").field("application_id", &self.application_id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// An application that Tenure reaches, with what came of it so far.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TargetRow {
    /// How it is reached.
    #[sqlx(flatten)]
    pub reach: Reach,
    /// The minute in which operations are counted.
    pub minute_from: Option<DateTime<Utc>>,
    /// Operations begun in it.
    pub minute_used: i32,
    /// Failures of the target in a row.
    pub failures: i32,
    /// Nobody asks before this moment.
    pub open_until: Option<DateTime<Utc>>,
    /// The last word of the target: what is wrong, or what it is.
    pub said: String,
    /// When it last answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// Up to where it was read.
    pub watermark: Option<String>,
    /// When everything there was last read.
    pub reconciled_at: Option<DateTime<Utc>>,
    /// When it was last read, also where only what changed was.
    pub read_at: Option<DateTime<Utc>>,
    /// When it is read again by itself, if that is planned; where it is not said, at once.
    pub next_read_at: Option<DateTime<Utc>>,
}

/// A target by name, with what waits for a person there.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TargetStanding {
    /// The application.
    pub application_id: ApplicationId,
    /// Its name.
    pub name: String,
    /// How many of its operations need a human.
    pub needs_human: i64,
}

impl TargetRow {
    /// Whether it is asked at all.
    pub fn breaker(&self) -> Breaker {
        Breaker { failures: u32::try_from(self.failures).unwrap_or_default(), open_until: self.open_until }
    }

    /// The minute that is being counted, and how many operations may still begin in it.
    pub(super) fn window(&self, now: DateTime<Utc>) -> (DateTime<Utc>, i64) {
        let limit = i64::from(self.reach.per_minute);
        match self.minute_from {
            Some(from) if now - from < TimeDelta::minutes(1) => (from, limit - i64::from(self.minute_used)),
            _ => (now, limit),
        }
    }
}

impl Tx {
    /// How an application is reached, if anybody said so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn target(&mut self, id: ApplicationId) -> Result<Option<TargetRow>, StoreError> {
        Ok(fetch_optional!(self, TargetRow, "SELECT * FROM targets WHERE application_id = $1", id))
    }

    /// All targets, by key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn targets(&mut self) -> Result<Vec<TargetRow>, StoreError> {
        Ok(fetch_all!(self, TargetRow, "SELECT * FROM targets ORDER BY application_id"))
    }

    /// All targets, by name, with how many operations need a human on each.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn target_standings(&mut self) -> Result<Vec<TargetStanding>, StoreError> {
        Ok(fetch_all!(
            self,
            TargetStanding,
            "SELECT t.application_id, a.name, COALESCE(o.waiting, 0) AS needs_human
             FROM targets t JOIN applications a ON a.id = t.application_id
             LEFT JOIN (SELECT application_id, COUNT(*) AS waiting FROM operations WHERE state = 'needs-human' GROUP BY application_id) o
               ON o.application_id = t.application_id
             ORDER BY a.name, t.application_id"
        ))
    }

    /// Targets on which something is due now, and that may be asked; none while a restored database is looked at.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn targets_due(&mut self, now: DateTime<Utc>) -> Result<Vec<ApplicationId>, StoreError> {
        let rows = fetch_all!(
            self,
            (ApplicationId,),
            concat!(
                "SELECT t.application_id FROM targets t
                 WHERE t.state = 'live' AND t.reconciled_at IS NOT NULL AND (t.open_until IS NULL OR t.open_until <= $1)
                   AND EXISTS (SELECT 1 FROM operations o WHERE o.application_id = t.application_id AND o.next_at <= $1
                               AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human'))
                   AND ",
                not_held!(),
                " ORDER BY t.application_id"
            ),
            now
        );
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }
}

impl WriteTx {
    /// Says how an application is reached. A change starts afresh: failures are forgotten, what is owed
    /// is due at once.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else changed it since `reach.version - 1`.
    pub async fn put_target(&mut self, _proof: &impl May<change::WriteTargets>, reach: &Reach) -> Result<(), StoreError> {
        let settings = sqlx::types::Json(&reach.settings);
        // What is read elsewhere says nothing of this one.
        execute!(
            self.tx,
            "UPDATE readings SET state = 'cancelled', said = 'how the target is reached was changed', ended_at = $4 WHERE application_id = $1 AND state IN ('queued', 'running')
               AND NOT EXISTS (SELECT 1 FROM targets t WHERE t.application_id = $1 AND t.kind = $2 AND t.settings = $3)",
            reach.application_id,
            reach.kind,
            &settings,
            reach.updated_at
        );
        let touched = execute!(
            self.tx,
            "INSERT INTO targets (application_id, kind, state, settings, secret, on_end, at_once, per_minute, timeout_seconds, version, updated_at, mapping, doer_id, due_hours, read_minutes, full_days)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             ON CONFLICT (application_id) DO UPDATE SET kind = excluded.kind, state = excluded.state, settings = excluded.settings, secret = excluded.secret,
               on_end = excluded.on_end, at_once = excluded.at_once, per_minute = excluded.per_minute, timeout_seconds = excluded.timeout_seconds,
               mapping = excluded.mapping, doer_id = excluded.doer_id, due_hours = excluded.due_hours, read_minutes = excluded.read_minutes, full_days = excluded.full_days, next_read_at = NULL, version = excluded.version, updated_at = excluded.updated_at, failures = 0, open_until = NULL, said = '',
               reconciled_at = CASE WHEN targets.kind = excluded.kind AND targets.settings = excluded.settings THEN targets.reconciled_at END,
               watermark = CASE WHEN targets.kind = excluded.kind AND targets.settings = excluded.settings THEN targets.watermark END
             WHERE targets.version = excluded.version - 1",
            reach.application_id,
            reach.kind,
            reach.state,
            &settings,
            reach.secret.as_slice(),
            reach.on_end,
            reach.at_once,
            reach.per_minute,
            reach.timeout_seconds,
            reach.version,
            reach.updated_at,
            reach.mapping.as_ref().map(sqlx::types::Json),
            reach.doer_id,
            reach.due_hours,
            reach.read_minutes,
            reach.full_days
        );
        if touched == 0 {
            return Err(StoreError::Conflict("the target"));
        }
        // What is owed already is a person's task from now on, or no longer.
        let due = reach.due_hours.map(|hours| reach.updated_at + TimeDelta::hours(i64::from(hours)));
        execute!(
            self.tx,
            "UPDATE operations SET due_at = CASE WHEN CAST($2 AS INTEGER) = 1 THEN COALESCE(due_at, $3) END
             WHERE application_id = $1 AND state IN ('queued', 'running', 'acknowledged', 'needs-human')",
            reach.application_id,
            i32::from(due.is_some()),
            due
        );
        self.due_at_once(reach.application_id, reach.updated_at).await
    }

    /// How an application is reached, kept as it is until the transaction ends: several instances count the same.
    pub(crate) async fn locked_target(&mut self, id: ApplicationId) -> Result<Option<TargetRow>, StoreError> {
        Ok(on_both!(self.tx, conn => {
            let mut query = sqlx::QueryBuilder::new("SELECT * FROM targets WHERE application_id = ");
            query.push_bind(id);
            query.lock_rows(RowLock::Alone).build_query_as::<TargetRow>().fetch_optional(&mut **conn).await?
        }))
    }

    /// Makes everything that a target is owed due now.
    pub(crate) async fn due_at_once(&mut self, target: ApplicationId, now: DateTime<Utc>) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE operations SET next_at = $2 WHERE application_id = $1 AND next_at > $2 AND state IN ('queued', 'acknowledged', 'needs-human')",
            target,
            now
        );
        Ok(())
    }

    /// Keeps up to where all of a target was read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_reconciled(
        &mut self,
        _proof: &impl May<change::WriteTargets>,
        target: ApplicationId,
        watermark: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE targets SET watermark = $2, reconciled_at = $3, read_at = $3 WHERE application_id = $1",
            target,
            watermark,
            at
        );
        Ok(())
    }

    /// Keeps up to where the changes of a target were read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_changes_read(
        &mut self,
        _proof: &impl May<change::WriteTargets>,
        target: ApplicationId,
        watermark: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE targets SET watermark = COALESCE($2, watermark), read_at = $3 WHERE application_id = $1",
            target,
            watermark,
            at
        );
        Ok(())
    }
}

impl Store {
    /// One more failure of the target itself: it is left alone for longer. What it said is bookkeeping and
    /// leaves no event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn target_failed(
        &self,
        _proof: &impl May<change::WriteTargets>,
        target: ApplicationId,
        said: &str,
        now: DateTime<Utc>,
        jitter: f64,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let Some(row) = tx.locked_target(target).await? else { return Ok(()) };
        let breaker = row.breaker().failed(now, jitter);
        execute!(
            tx.tx,
            "UPDATE targets SET failures = $2, open_until = $3, said = $4 WHERE application_id = $1",
            target,
            i32::try_from(breaker.failures).unwrap_or(i32::MAX),
            breaker.open_until,
            said
        );
        tx.unscoped_commit().await
    }

    /// The target answered after failures: what waited for it need not wait for its own next turn.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn target_is_back(
        &self,
        _proof: &impl May<change::WriteTargets>,
        target: ApplicationId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let touched = execute!(
            tx.tx,
            "UPDATE targets SET failures = 0, open_until = NULL, said = '', answered_at = $2 WHERE application_id = $1 AND failures > 0",
            target,
            now
        );
        if touched > 0 {
            tx.due_at_once(target, now).await?;
        }
        tx.unscoped_commit().await
    }
}
