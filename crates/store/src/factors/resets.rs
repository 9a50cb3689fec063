//! Whose factors somebody asked to be taken away.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::IdentityId;

use crate::engine::{StoreError, Tx, WriteTx};

/// What one administrator asked and another one confirms.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FactorReset {
    /// Whose factors.
    pub identity_id: IdentityId,
    /// Who asked.
    pub asked_by: IdentityId,
    /// Why.
    pub reason: String,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// Until when it can be confirmed.
    pub expires_at: DateTime<Utc>,
}

/// The same with the name of who asked.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FactorResetView {
    /// What was asked.
    #[sqlx(flatten)]
    pub reset: FactorReset,
    /// Who asked, for people.
    pub asked_by_name: String,
}

impl Tx {
    /// What was asked for somebody and is not over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn factor_reset(&mut self, id: IdentityId, now: DateTime<Utc>) -> Result<Option<FactorResetView>, StoreError> {
        Ok(fetch_optional!(
            self,
            FactorResetView,
            "SELECT r.*, i.display_name AS asked_by_name FROM factor_resets r JOIN identities i ON i.id = r.asked_by
             WHERE r.identity_id = $1 AND r.expires_at > $2",
            id,
            now
        ))
    }
}

impl WriteTx {
    /// Keeps what was asked, in place of what is over.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the same was asked and waits.
    pub async fn put_factor_reset(&mut self, _proof: &impl May<change::WriteFactors>, r: &FactorReset) -> Result<(), StoreError> {
        execute!(self.tx, "DELETE FROM factor_resets WHERE identity_id = $1 AND expires_at <= $2", r.identity_id, r.asked_at);
        execute!(
            self.tx,
            "INSERT INTO factor_resets (identity_id, asked_by, reason, asked_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
            r.identity_id,
            r.asked_by,
            r.reason.as_str(),
            r.asked_at,
            r.expires_at
        );
        Ok(())
    }

    /// Takes what was asked: of two who do so, one is told that it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_factor_reset(&mut self, _proof: &impl May<change::WriteFactors>, id: IdentityId) -> Result<bool, StoreError> {
        Ok(execute!(self.tx, "DELETE FROM factor_resets WHERE identity_id = $1", id) == 1)
    }
}
