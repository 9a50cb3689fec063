//! Forms that came too late: kept for whoever sent them, until they have signed in again. The last one of each.

use chrono::{DateTime, Utc};
use tenure_domain::id::IdentityId;

use crate::engine::{Store, StoreError, Tx};

/// A form that was kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DraftRow {
    /// Whose.
    pub identity_id: IdentityId,
    /// Where it was sent.
    pub path: String,
    /// What was typed, sealed.
    pub sealed: Vec<u8>,
    /// Until when it is kept.
    pub expires_at: DateTime<Utc>,
}

impl Tx {
    /// Whose session this was that ran out by itself; None when somebody ended it, when it lives, and for who may not act.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lapsed_session(&mut self, id_hash: &[u8], now: DateTime<Utc>) -> Result<Option<IdentityId>, StoreError> {
        let found = fetch_optional!(
            self,
            (IdentityId,),
            "SELECT s.identity_id FROM portal_sessions s JOIN identities i ON i.id = s.identity_id JOIN credentials c ON c.id = s.credential_id
             WHERE s.id_hash = $1 AND s.expires_at <= $2 AND i.epoch = s.epoch AND i.state IN ('active', 'on-leave') AND c.state IN ('active', 'expired')",
            id_hash,
            now
        );
        Ok(found.map(|(id,)| id))
    }

    /// The form that was kept for somebody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn draft_of(&mut self, id: IdentityId, now: DateTime<Utc>) -> Result<Option<DraftRow>, StoreError> {
        Ok(fetch_optional!(
            self,
            DraftRow,
            "SELECT identity_id, path, sealed, expires_at FROM drafts WHERE identity_id = $1 AND expires_at > $2",
            id,
            now
        ))
    }
}

/// What nobody's change is behind, so it leaves no events.
impl Store {
    /// Keeps a form in place of the one before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_draft(&self, row: &DraftRow) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        execute!(
            tx.tx,
            "INSERT INTO drafts (identity_id, path, sealed, expires_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (identity_id) DO UPDATE SET path = excluded.path, sealed = excluded.sealed, expires_at = excluded.expires_at",
            row.identity_id,
            row.path.as_str(),
            row.sealed.as_slice(),
            row.expires_at
        );
        tx.unscoped_commit().await
    }

    /// Forgets the form of somebody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_draft(&self, id: IdentityId) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        execute!(tx.tx, "DELETE FROM drafts WHERE identity_id = $1", id);
        tx.unscoped_commit().await
    }

    /// Forgets forms whose time is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_drafts(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let n = execute!(tx.tx, "DELETE FROM drafts WHERE expires_at <= $1", now);
        tx.unscoped_commit().await?;
        Ok(n)
    }
}
