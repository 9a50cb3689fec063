//! The last sign-ins of a person.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::IdentityId;
use uuid::Uuid;

use crate::engine::{StoreError, Tx, WriteTx};

/// A sign-in, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SignInRow {
    /// Its key.
    pub id: Uuid,
    /// Who.
    pub identity_id: IdentityId,
    /// When.
    pub at: DateTime<Utc>,
    /// From which address.
    pub address: String,
    /// Keyed hash of the browser's own key.
    pub device: Vec<u8>,
    /// The portal roles that were held, separated by commas.
    pub roles: String,
}

impl Tx {
    /// The last sign-ins of somebody, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sign_ins_of(&mut self, id: IdentityId, limit: i64) -> Result<Vec<SignInRow>, StoreError> {
        Ok(fetch_all!(self, SignInRow, "SELECT * FROM sign_ins WHERE identity_id = $1 ORDER BY id DESC LIMIT $2", id, limit))
    }
}

impl WriteTx {
    /// Remembers a sign-in, and forgets those before so many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_sign_in(&mut self, _proof: &impl May<change::WriteAccounts>, row: &SignInRow, keep: i64) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO sign_ins (id, identity_id, at, address, device, roles) VALUES ($1, $2, $3, $4, $5, $6)",
            row.id,
            row.identity_id,
            row.at,
            row.address.as_str(),
            row.device.as_slice(),
            row.roles.as_str()
        );
        execute!(
            self.tx,
            "DELETE FROM sign_ins WHERE identity_id = $1 AND id <= (SELECT id FROM sign_ins WHERE identity_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
            row.identity_id,
            keep
        );
        Ok(())
    }
}
