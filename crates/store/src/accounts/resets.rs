//! Who said that they forgot their password. A row waits until a worker looks whether there is such a person.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use uuid::Uuid;

use crate::engine::{Store, StoreError, Tx, WriteTx};

/// Somebody said that they forgot their password.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ResetRequest {
    /// Its key.
    pub id: Uuid,
    /// The user name, as it was typed.
    pub typed: String,
    /// From which address.
    pub address: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Store {
    /// Whether anybody waits for a link.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resets_wait(&self) -> Result<bool, StoreError> {
        Ok(look!(self, (i32,), "SELECT 1 FROM reset_requests LIMIT 1").is_some())
    }
}

impl Tx {
    /// Who waits, longest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reset_requests(&mut self, limit: i64) -> Result<Vec<ResetRequest>, StoreError> {
        Ok(fetch_all!(self, ResetRequest, "SELECT * FROM reset_requests ORDER BY id LIMIT $1", limit))
    }
}

impl WriteTx {
    /// Writes down that somebody forgot their password.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_reset_request(&mut self, _proof: &impl May<change::WriteAccounts>, request: &ResetRequest) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO reset_requests (id, typed, address, at) VALUES ($1, $2, $3, $4)",
            request.id,
            request.typed.as_str(),
            request.address.as_str(),
            request.at
        );
        Ok(())
    }

    /// Takes a request, once: of two workers, one is told that it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_reset_request(&mut self, _proof: &impl May<change::WriteAccounts>, id: Uuid) -> Result<bool, StoreError> {
        Ok(execute!(self.tx, "DELETE FROM reset_requests WHERE id = $1", id) == 1)
    }
}
