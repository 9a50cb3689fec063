//! What passkeys are asked, until they answer. Nothing has changed yet: no person's change is behind it.

use chrono::{DateTime, Utc};
use tenure_domain::id::IdentityId;

use crate::engine::{Store, StoreError};

/// Something that a passkey was asked.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CeremonyRow {
    /// Keyed hash of what the browser calls it.
    pub id_hash: Vec<u8>,
    /// Whose passkey was asked; none where anybody's will do.
    pub identity_id: Option<IdentityId>,
    /// What must be known when the answer comes.
    pub state: String,
    /// Until when it is waited for.
    pub expires_at: DateTime<Utc>,
}

impl Store {
    /// Keeps what a passkey is asked, and forgets what was never answered. Whether there was room: not more than `most` are
    /// kept, since anybody may begin one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_ceremony(&self, row: &CeremonyRow, most: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        execute!(tx.tx, "DELETE FROM ceremonies WHERE expires_at <= $1", now);
        let kept = execute!(
            tx.tx,
            "INSERT INTO ceremonies (id_hash, identity_id, state, expires_at)
             SELECT $1, $2, $3, $4 WHERE (SELECT COUNT(*) FROM ceremonies) < $5",
            row.id_hash.as_slice(),
            row.identity_id,
            row.state.as_str(),
            row.expires_at,
            most
        );
        tx.unscoped_commit().await?;
        Ok(kept == 1)
    }

    /// Takes what a passkey was asked: it is there once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_ceremony(&self, id_hash: &[u8], now: DateTime<Utc>) -> Result<Option<CeremonyRow>, StoreError> {
        let mut tx = self.write().await?;
        let taken = fetch_optional!(tx.tx, CeremonyRow, "DELETE FROM ceremonies WHERE id_hash = $1 RETURNING *", id_hash);
        tx.unscoped_commit().await?;
        Ok(taken.filter(|row| row.expires_at > now))
    }
}
