//! What was taken from transmitters.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{IdentityId, SignalTransmitterId};

use crate::engine::{StoreError, Tx, WriteTx};

/// A token that was taken, once.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TakenRow {
    /// Of whom.
    pub transmitter_id: SignalTransmitterId,
    /// Its name there.
    pub jti: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Its events, separated by blanks.
    pub events: String,
    /// Whom it meant, if somebody here.
    pub identity_id: Option<IdentityId>,
    /// What came of it.
    pub said: String,
}

impl Tx {
    /// Whether a token was taken already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn was_signal_taken(&mut self, transmitter: SignalTransmitterId, jti: &str) -> Result<bool, StoreError> {
        let sql = "SELECT jti FROM signals_taken WHERE transmitter_id = $1 AND jti = $2";
        Ok(fetch_optional!(self, (String,), sql, transmitter, jti).is_some())
    }

    /// What was taken of a transmitter, newest first, fifty at most.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signals_taken_of(&mut self, transmitter: SignalTransmitterId) -> Result<Vec<TakenRow>, StoreError> {
        let sql = "SELECT * FROM signals_taken WHERE transmitter_id = $1 ORDER BY at DESC, jti LIMIT 50";
        Ok(fetch_all!(self, TakenRow, sql, transmitter))
    }
}

impl WriteTx {
    /// Takes a token. Whether nobody had taken it before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_signal(&mut self, _proof: &impl May<change::WriteSignals>, row: &TakenRow) -> Result<bool, StoreError> {
        let new = execute!(
            self.tx,
            "INSERT INTO signals_taken (transmitter_id, jti, at, events, identity_id, said) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (transmitter_id, jti) DO NOTHING",
            row.transmitter_id,
            row.jti.as_str(),
            row.at,
            row.events.as_str(),
            row.identity_id,
            row.said.as_str()
        ) == 1;
        if new {
            execute!(self.tx, "UPDATE signal_transmitters SET taken_at = $2, said = '' WHERE id = $1", row.transmitter_id, row.at);
        }
        Ok(new)
    }
}
