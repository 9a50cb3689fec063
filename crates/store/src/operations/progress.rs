//! How far what targets are owed has come.

use chrono::{DateTime, Utc};
use tenure_domain::id::ApplicationId;
use tenure_domain::target::TargetState;

use crate::engine::{StoreError, Tx};

/// What a target is owed by Tenure itself, while anything is.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OwedThere {
    /// The target.
    pub application_id: ApplicationId,
    /// Its name.
    pub application: String,
    /// Whether it is held.
    pub state: TargetState,
    /// Nobody asks before this moment.
    pub open_until: Option<DateTime<Utc>>,
    /// When it was last read; before that nothing goes out.
    pub reconciled_at: Option<DateTime<Utc>>,
    /// How many may begin within a minute.
    pub per_minute: i32,
    /// Operations that are open.
    pub open: i64,
    /// Of these, those that need a human.
    pub needs_human: i64,
}

/// What was read back on a target within some time.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SettledThere {
    /// The target.
    pub application_id: ApplicationId,
    /// How many operations.
    pub settled: i64,
    /// When the first of them was.
    pub since: DateTime<Utc>,
}

impl Tx {
    /// What is owed to targets that Tenure reaches, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owed_by_target(&mut self) -> Result<Vec<OwedThere>, StoreError> {
        Ok(fetch_all!(
            self,
            OwedThere,
            "SELECT t.application_id, a.name AS application, t.state, t.open_until, t.reconciled_at, t.per_minute, o.open, o.needs_human
             FROM (SELECT application_id, COUNT(*) AS open, COUNT(CASE WHEN state = 'needs-human' THEN 1 END) AS needs_human
                   FROM operations WHERE state IN ('queued', 'running', 'acknowledged', 'needs-human') GROUP BY application_id) o
             JOIN targets t ON t.application_id = o.application_id JOIN applications a ON a.id = t.application_id
             WHERE t.kind <> 'manual' ORDER BY a.name, t.application_id"
        ))
    }

    /// What was read back since a step, by target: a range of their keys, which are in the order of time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settled_since(&mut self, step: uuid::Uuid) -> Result<Vec<SettledThere>, StoreError> {
        Ok(fetch_all!(
            self,
            SettledThere,
            "SELECT o.application_id, COUNT(*) AS settled, MIN(s.at) AS since FROM operation_steps s JOIN operations o ON o.id = s.operation_id
             WHERE s.id >= $1 AND s.state = 'verified' AND o.application_id IS NOT NULL GROUP BY o.application_id",
            step
        ))
    }
}
