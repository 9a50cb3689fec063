//! Whose signals are taken.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{IdentityId, SignalTransmitterId};
use tenure_domain::signal::{Effect, MatchBy, ReceiverState};

use crate::engine::{Store, StoreError, Tx, WriteTx};

/// A trusted transmitter, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TransmitterRow {
    /// Its key.
    pub id: SignalTransmitterId,
    /// What people call it.
    pub name: String,
    /// Whether its signals are taken.
    pub state: ReceiverState,
    /// What its tokens say who they are of: `iss`.
    pub issuer: String,
    /// What its tokens say for whom they are: `aud`.
    pub audience: String,
    /// Where its keys are; empty where they were pasted.
    pub jwks_uri: String,
    /// Its keys, as they were pasted or fetched last; empty before.
    pub jwks: String,
    /// When they were fetched.
    pub keys_at: Option<DateTime<Utc>>,
    /// By what its subjects are found here.
    pub match_by: MatchBy,
    /// What `session-revoked` does.
    pub on_session_revoked: Effect,
    /// What `credential-change` does.
    pub on_credential_change: Effect,
    /// What `account-disabled` does.
    pub on_account_disabled: Effect,
    /// Keyed hash of the token that it sends.
    pub token_hash: Vec<u8>,
    /// The first signs of that.
    pub hint: String,
    /// When something was last taken from it.
    pub taken_at: Option<DateTime<Utc>>,
    /// Why the last one was refused; empty where it was not.
    pub said: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl Tx {
    /// All transmitters by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signal_transmitters(&mut self) -> Result<Vec<TransmitterRow>, StoreError> {
        Ok(fetch_all!(self, TransmitterRow, "SELECT * FROM signal_transmitters ORDER BY name, id"))
    }

    /// One transmitter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signal_transmitter(&mut self, id: SignalTransmitterId) -> Result<Option<TransmitterRow>, StoreError> {
        Ok(fetch_optional!(self, TransmitterRow, "SELECT * FROM signal_transmitters WHERE id = $1", id))
    }

    /// The transmitter that sends this token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signal_transmitter_by_token(&mut self, token_hash: &[u8]) -> Result<Option<TransmitterRow>, StoreError> {
        Ok(fetch_optional!(self, TransmitterRow, "SELECT * FROM signal_transmitters WHERE token_hash = $1", token_hash))
    }

    /// Whether there is one with this issuer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_signal_issuer(&mut self, issuer: &str) -> Result<bool, StoreError> {
        Ok(fetch_optional!(self, (SignalTransmitterId,), "SELECT id FROM signal_transmitters WHERE issuer = $1", issuer).is_some())
    }

    /// Identities that a subject may mean, two at most: more than one is nobody. Those that were put away are none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identities_meant(&mut self, by: MatchBy, subject: &str, folded: &str) -> Result<Vec<IdentityId>, StoreError> {
        let found = match by {
            MatchBy::Id => match subject.parse::<IdentityId>() {
                Ok(id) => fetch_all!(self, (IdentityId,), "SELECT id FROM identities WHERE id = $1 AND state <> 'archived'", id),
                Err(_) => Vec::new(),
            },
            MatchBy::UserName => {
                fetch_all!(
                    self,
                    (IdentityId,),
                    "SELECT id FROM identities WHERE user_name_key = $1 AND state <> 'archived' LIMIT 2",
                    folded
                )
            }
            MatchBy::Email => fetch_all!(
                self,
                (IdentityId,),
                "SELECT id FROM identities WHERE LOWER(email) = LOWER($1) AND email <> '' AND state NOT IN ('archived', 'terminated') LIMIT 2",
                subject
            ),
            MatchBy::EmployeeId => {
                fetch_all!(self, (IdentityId,), "SELECT id FROM identities WHERE employee_id = $1 AND state <> 'archived' LIMIT 2", subject)
            }
        };
        Ok(found.into_iter().map(|(id,)| id).collect())
    }
}

impl Store {
    /// Claims the fetch of keys: whether nobody else did since a moment, and no restored database is looked at.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_signal_keys(&self, id: SignalTransmitterId, now: DateTime<Utc>, since: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let claimed = execute!(
            tx.tx,
            concat!("UPDATE signal_transmitters SET keys_at = $2 WHERE id = $1 AND (keys_at IS NULL OR keys_at <= $3) AND ", not_held!()),
            id,
            now,
            since
        );
        if claimed == 1 {
            tx.unscoped_commit().await?;
        }
        Ok(claimed == 1)
    }

    /// Keeps keys that were fetched. No person's change is behind it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_signal_keys(&self, id: SignalTransmitterId, jwks: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        execute!(tx.tx, "UPDATE signal_transmitters SET jwks = $2, keys_at = $3 WHERE id = $1", id, jwks, now);
        tx.unscoped_commit().await
    }
}

impl WriteTx {
    /// Puts a transmitter in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_signal_transmitter(
        &mut self,
        _proof: &impl May<change::WriteSignals>,
        row: &TransmitterRow,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO signal_transmitters (id, name, state, issuer, audience, jwks_uri, jwks, keys_at, match_by, on_session_revoked,
                 on_credential_change, on_account_disabled, token_hash, hint, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            row.id,
            row.name.as_str(),
            row.state,
            row.issuer.as_str(),
            row.audience.as_str(),
            row.jwks_uri.as_str(),
            row.jwks.as_str(),
            row.keys_at,
            row.match_by,
            row.on_session_revoked,
            row.on_credential_change,
            row.on_account_disabled,
            row.token_hash.as_slice(),
            row.hint.as_str(),
            row.created_at
        );
        Ok(())
    }

    /// Takes no more signals of it, or takes them again. Whether it was otherwise before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_signal_transmitter_state(
        &mut self,
        _proof: &impl May<change::WriteSignals>,
        id: SignalTransmitterId,
        state: ReceiverState,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self.tx, "UPDATE signal_transmitters SET state = $2, said = '' WHERE id = $1 AND state <> $2", id, state) == 1)
    }

    /// Keeps why the last token of it was refused.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_signal_refused(
        &mut self,
        _proof: &impl May<change::WriteSignals>,
        id: SignalTransmitterId,
        said: &str,
    ) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE signal_transmitters SET said = $2 WHERE id = $1", id, said);
        Ok(())
    }

    /// Trusts it no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_signal_transmitter(
        &mut self,
        _proof: &impl May<change::WriteSignals>,
        id: SignalTransmitterId,
    ) -> Result<bool, StoreError> {
        // What was taken of it goes with it.
        Ok(execute!(self.tx, "DELETE FROM signal_transmitters WHERE id = $1", id) == 1)
    }
}
