//! Sign-ins that are on their way. Nobody is signed in yet: no person's change is behind them.

use chrono::{DateTime, Utc};
use tenure_domain::id::{CredentialId, ProviderId};

use crate::engine::{Store, StoreError};

/// A sign-in that is on its way.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AttemptRow {
    /// Keyed hash of `state`.
    pub state_hash: Vec<u8>,
    /// Keyed hash of the secret of the browser that began it.
    pub browser_hash: Vec<u8>,
    /// By whom.
    pub provider_id: ProviderId,
    /// Where to go afterwards: a path of ours.
    pub next_path: String,
    /// The session that it is to prove anew; none where it is to open one.
    pub proves: Option<CredentialId>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// Until when its answer is taken.
    pub expires_at: DateTime<Utc>,
}

impl Store {
    /// Keeps a sign-in that begins, and forgets those whose time is over. Whether there was room: not more than `most` are
    /// kept, since anybody may begin one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_sign_in(&self, attempt: &AttemptRow, most: i64) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        execute!(tx.tx, "DELETE FROM sign_in_attempts WHERE expires_at <= $1", attempt.created_at);
        let kept = execute!(
            tx.tx,
            "INSERT INTO sign_in_attempts (state_hash, browser_hash, provider_id, next_path, created_at, expires_at, proves)
             SELECT $1, $2, $3, $4, $5, $6, $8 WHERE (SELECT COUNT(*) FROM sign_in_attempts) < $7",
            attempt.state_hash.as_slice(),
            attempt.browser_hash.as_slice(),
            attempt.provider_id,
            attempt.next_path.as_str(),
            attempt.created_at,
            attempt.expires_at,
            most,
            attempt.proves
        );
        tx.unscoped_commit().await?;
        Ok(kept == 1)
    }

    /// Takes a sign-in that was on its way: it is there once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_sign_in(&self, state_hash: &[u8]) -> Result<Option<AttemptRow>, StoreError> {
        let mut tx = self.write().await?;
        let sql = "DELETE FROM sign_in_attempts WHERE state_hash = $1 RETURNING *";
        let taken = fetch_optional!(tx.tx, AttemptRow, sql, state_hash);
        tx.unscoped_commit().await?;
        Ok(taken)
    }

    /// Forgets what providers said was over, once it need not be known again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_sign_ins(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let mut n = execute!(tx.tx, "DELETE FROM sign_in_attempts WHERE expires_at <= $1", now);
        n += execute!(tx.tx, "DELETE FROM ceremonies WHERE expires_at <= $1", now);
        n += execute!(tx.tx, "DELETE FROM sign_in_logouts WHERE known_until <= $1", now);
        tx.unscoped_commit().await?;
        Ok(n)
    }
}
