//! The database compared with what this machine has seen of it.

use chrono::{DateTime, Utc};
use tenure_store::restores::LogHead;
use uuid::Uuid;

use super::seen::{AllSeen, Seen};
use crate::{App, ServiceError};

/// What a comparison showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compared {
    /// Nothing was seen of this installation before.
    New {
        /// But of another one.
        others: bool,
    },
    /// The log goes on where it was seen last.
    GoesOn,
    /// It does not: the database is older, or has another history.
    Restored {
        /// In words.
        said: String,
        /// How many events were sealed when it was seen last.
        expected_size: i64,
        /// When that was.
        seen_at: DateTime<Utc>,
        /// How many are sealed now.
        found_size: i64,
    },
}

/// Compares the database with what this machine has seen of it, and changes nothing. None where nothing is kept:
/// a database that vanishes with the process.
///
/// # Errors
/// When the file or the database cannot be read.
pub async fn compare_with_seen(app: &App) -> Result<Option<Compared>, ServiceError> {
    Ok(Comparison::make(app).await?.map(|comparison| comparison.outcome))
}

/// A comparison, with what was compared.
pub(super) struct Comparison {
    pub(super) outcome: Compared,
    pub(super) instance: Uuid,
    pub(super) all: AllSeen,
    pub(super) head: Option<LogHead>,
}

impl Comparison {
    pub(super) async fn make(app: &App) -> Result<Option<Self>, ServiceError> {
        let Some(file) = app.seen.clone() else { return Ok(None) };
        // First the file: whatever was written to it was in the database before.
        let all = tokio::task::spawn_blocking(move || file.read()).await.map_err(|_| ServiceError::Busy)??;
        let mut tx = app.store.read().await?;
        let Some(instance) = tx.instance().await?.map(|instance| instance.id) else { return Ok(None) };
        let head = tx.log_head().await?;
        let outcome = match all.get(&instance) {
            None => Compared::New { others: !all.is_empty() },
            Some(seen) => {
                let then = match &head {
                    Some(head) if head.tree_size > seen.tree_size => tx.log_head_of(seen.tree_size).await?,
                    head => head.clone(),
                };
                if then.is_some_and(|then| seen.is(&then)) { Compared::GoesOn } else { restored(seen, head.as_ref()) }
            }
        };
        Ok(Some(Self { outcome, instance, all, head }))
    }
}

fn restored(seen: &Seen, head: Option<&LogHead>) -> Compared {
    let (expected_size, found_size) = (seen.tree_size, head.map_or(0, |head| head.tree_size));
    let said = if found_size < expected_size {
        format!("the database is older than what this machine has seen of it: {found_size} events of {expected_size} are in its audit log")
    } else {
        format!(
            "the database has another history than what this machine has seen of it: the first {expected_size} events of its audit log are not the same"
        )
    };
    Compared::Restored { said, expected_size, seen_at: seen.at, found_size }
}
