//! Restored databases: while one is open, no operation is claimed on any target.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{ApplicationId, RestoreId};
use tenure_domain::target::TargetState;

use crate::engine::{StoreError, Tx, WriteTx};

/// A time in which nothing goes out to targets.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RestoreRow {
    /// Its key.
    pub id: RestoreId,
    /// Since when.
    pub noticed_at: DateTime<Utc>,
    /// What was found, or why somebody holds it.
    pub said: String,
    /// How many sealed events the log was known to have; None where a person said that it was restored.
    pub expected_size: Option<i64>,
    /// When that was last seen.
    pub seen_at: Option<DateTime<Utc>>,
    /// How many sealed events there were.
    pub found_size: i64,
    /// When the newest event that was found had happened.
    pub found_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub released_at: Option<DateTime<Utc>>,
    /// Who ended it; None where another one took its place.
    pub released_by: Option<String>,
    /// What they said.
    pub note: String,
}

/// A target, with what somebody has to know of it before it is let go.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RestoredTarget {
    /// The application.
    pub application_id: ApplicationId,
    /// Its name.
    pub name: String,
    /// Whether it is held by itself, too.
    pub state: TargetState,
    /// When it was last read.
    pub reconciled_at: Option<DateTime<Utc>>,
    /// Operations that are open.
    pub owed: i64,
    /// Accounts that are otherwise than they are recorded.
    pub drifted: i64,
    /// Accounts that are nobody's.
    pub orphans: i64,
    /// Grants that are recorded and were not seen there.
    pub missing: i64,
}

impl RestoredTarget {
    /// Whether things would be done there by a reading from before this moment. Where nothing was ever read,
    /// nothing is done.
    pub fn is_unread_since(&self, noticed_at: DateTime<Utc>) -> bool {
        self.reconciled_at.is_some_and(|read| read < noticed_at)
    }
}

/// The head of the audit log's tree, as a checkpoint keeps it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LogHead {
    /// How many events are sealed.
    pub tree_size: i64,
    /// The tree's root.
    pub root: Vec<u8>,
}

impl Tx {
    /// The restore that somebody has to look at, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_restore(&mut self) -> Result<Option<RestoreRow>, StoreError> {
        Ok(fetch_optional!(self, RestoreRow, "SELECT * FROM restores WHERE released_at IS NULL"))
    }

    /// The restore that was noticed last, open or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_restore(&mut self) -> Result<Option<RestoreRow>, StoreError> {
        Ok(fetch_optional!(self, RestoreRow, "SELECT * FROM restores ORDER BY noticed_at DESC, id DESC LIMIT 1"))
    }

    /// A restore.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn restore(&mut self, id: RestoreId) -> Result<Option<RestoreRow>, StoreError> {
        Ok(fetch_optional!(self, RestoreRow, "SELECT * FROM restores WHERE id = $1", id))
    }

    /// Whether one was noticed at a moment or after it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn restore_noticed_since(&mut self, at: DateTime<Utc>) -> Result<bool, StoreError> {
        Ok(fetch_optional!(self, (RestoreId,), "SELECT id FROM restores WHERE noticed_at >= $1 LIMIT 1", at).is_some())
    }

    /// The newest head of the audit log.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_head(&mut self) -> Result<Option<LogHead>, StoreError> {
        Ok(fetch_optional!(self, LogHead, "SELECT tree_size, root FROM audit_checkpoints ORDER BY tree_size DESC LIMIT 1"))
    }

    /// The head of the audit log when it had so many events, if a checkpoint was made then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_head_of(&mut self, tree_size: i64) -> Result<Option<LogHead>, StoreError> {
        Ok(fetch_optional!(self, LogHead, "SELECT tree_size, root FROM audit_checkpoints WHERE tree_size = $1", tree_size))
    }

    /// When the newest event happened.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn newest_event_at(&mut self) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(fetch_optional!(self, (DateTime<Utc>,), "SELECT at FROM audit_events ORDER BY id DESC LIMIT 1").map(|(at,)| at))
    }

    /// All targets by name, with what differs there as far as it was read, and what is owed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn restored_targets(&mut self) -> Result<Vec<RestoredTarget>, StoreError> {
        Ok(fetch_all!(
            self,
            RestoredTarget,
            "SELECT t.application_id, p.name, t.state, CASE WHEN t.kind NOT IN ('ssh', 'manual') THEN t.reconciled_at END AS reconciled_at,
                    COALESCE(o.owed, 0) AS owed, COALESCE(c.drifted, 0) AS drifted,
                    COALESCE(c.orphans, 0) AS orphans, COALESCE(m.missing, 0) AS missing
             FROM targets t JOIN applications p ON p.id = t.application_id
             LEFT JOIN (SELECT application_id, COUNT(*) AS owed FROM operations WHERE state IN ('queued', 'running', 'acknowledged', 'needs-human')
                        GROUP BY application_id) o ON o.application_id = t.application_id
             LEFT JOIN (SELECT application_id, COUNT(drift) AS drifted, COUNT(CASE WHEN identity_id IS NULL THEN 1 END) AS orphans
                        FROM accounts WHERE state <> 'gone' GROUP BY application_id) c ON c.application_id = t.application_id
             LEFT JOIN (SELECT e.application_id, COUNT(*) AS missing FROM grants g JOIN entitlements e ON e.id = g.entitlement_id
                        JOIN targets r ON r.application_id = e.application_id
                        WHERE g.state = 'held' AND g.observed_at IS NULL AND g.since <= r.reconciled_at GROUP BY e.application_id) m
               ON m.application_id = t.application_id
             ORDER BY p.name, t.application_id"
        ))
    }

    /// Targets by name that were read, and not since a moment. Where Tenure itself answers, or a person, nothing is read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn targets_unread_since(&mut self, at: DateTime<Utc>) -> Result<Vec<(ApplicationId, String)>, StoreError> {
        Ok(fetch_all!(
            self,
            (ApplicationId, String),
            "SELECT t.application_id, p.name FROM targets t JOIN applications p ON p.id = t.application_id
             WHERE t.reconciled_at < $1 AND t.kind NOT IN ('ssh', 'manual') ORDER BY p.name, t.application_id",
            at
        ))
    }
}

impl WriteTx {
    /// Waits for whoever notices or holds, and lets nobody else do so until this transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_restores(&mut self) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE instance SET key_id = key_id");
        Ok(())
    }

    /// Holds everything that goes out from now on. One that is open ends, with a note, and this one takes its place.
    /// Readings that were open in what was restored are stopped: nobody is at them, and nobody asked for them here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_restore(&mut self, _proof: &impl May<change::WriteRestores>, row: &RestoreRow) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE restores SET released_at = $1, note = 'it was restored once more' WHERE released_at IS NULL",
            row.noticed_at
        );
        execute!(
            self.tx,
            "UPDATE readings SET state = 'cancelled', said = 'the database was restored', ended_at = $1, claimed_until = NULL WHERE state IN ('queued', 'running')",
            row.noticed_at
        );
        execute!(
            self.tx,
            "INSERT INTO restores (id, noticed_at, said, expected_size, seen_at, found_size, found_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            row.id,
            row.noticed_at,
            row.said.as_str(),
            row.expected_size,
            row.seen_at,
            row.found_size,
            row.found_at
        );
        Ok(())
    }

    /// Ends it, if it is open. Gives whether it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_restore(
        &mut self,
        _proof: &impl May<change::WriteRestores>,
        id: RestoreId,
        by: &str,
        note: &str,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let touched = execute!(
            self.tx,
            "UPDATE restores SET released_at = $2, released_by = $3, note = $4 WHERE id = $1 AND released_at IS NULL",
            id,
            at,
            by,
            note
        );
        Ok(touched == 1)
    }
}
