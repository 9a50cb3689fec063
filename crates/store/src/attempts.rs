//! How often something was tried: counters in windows of time, which hold across instances.

use chrono::{DateTime, Utc};

use crate::engine::{Store, StoreError, WriteTx};

/// A counter: of what, by whom, in which window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptKey<'k> {
    /// Of what.
    pub kind: &'k str,
    /// By whom: a keyed hash.
    pub key_hash: &'k [u8],
    /// Where the window begins.
    pub window_at: DateTime<Utc>,
}

impl Store {
    /// How often it was tried.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn attempts(&self, key: &AttemptKey<'_>) -> Result<i64, StoreError> {
        let found = look!(
            self,
            (i64,),
            "SELECT n FROM attempts WHERE kind = $1 AND key_hash = $2 AND window_at = $3",
            key.kind,
            key.key_hash,
            key.window_at
        );
        Ok(found.map_or(0, |(n,)| n))
    }

    /// Counts one more try, and yields how many they are now. Bookkeeping, without an event: what is refused because of it
    /// leaves its own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_attempt(&self, key: &AttemptKey<'_>, ends_at: DateTime<Utc>) -> Result<i64, StoreError> {
        let mut tx = self.write().await?;
        let n = tx.count_attempt(key, ends_at).await?;
        tx.unscoped_commit().await?;
        Ok(n)
    }

    /// Begins to count anew for somebody who has shown that it was them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_attempts(&self, key: &AttemptKey<'_>) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        execute!(tx.tx, "DELETE FROM attempts WHERE kind = $1 AND key_hash = $2 AND window_at = $3", key.kind, key.key_hash, key.window_at);
        tx.unscoped_commit().await
    }

    /// Lets counters go whose window is over; yields how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_attempts(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        if look!(self, (i32,), "SELECT 1 FROM attempts WHERE ends_at <= $1 LIMIT 1", now).is_none() {
            return Ok(0);
        }
        let mut tx = self.write().await?;
        let gone = execute!(tx.tx, "DELETE FROM attempts WHERE ends_at <= $1", now);
        tx.unscoped_commit().await?;
        Ok(gone)
    }
}

impl WriteTx {
    /// Counts one more try with the change that it asks for, and yields how many they are now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_attempt(&mut self, key: &AttemptKey<'_>, ends_at: DateTime<Utc>) -> Result<i64, StoreError> {
        let (n,) = fetch_one!(
            self.tx,
            (i64,),
            "INSERT INTO attempts (kind, key_hash, window_at, n, ends_at) VALUES ($1, $2, $3, 1, $4)
             ON CONFLICT (kind, key_hash, window_at) DO UPDATE SET n = attempts.n + 1 RETURNING n",
            key.kind,
            key.key_hash,
            key.window_at,
            ends_at
        );
        Ok(n)
    }
}
