//! Second factors, as they are kept.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{CredentialId, IdentityId};
use tenure_domain::sign_in::{FactorKind, Held};

use crate::engine::{StoreError, Tx, WriteTx};

/// A second factor. Not shown by `Debug`: it holds what codes are made from, be it sealed.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FactorRow {
    /// Its credential.
    pub credential_id: CredentialId,
    /// Whose.
    pub identity_id: IdentityId,
    /// Which.
    pub kind: FactorKind,
    /// What it is checked with.
    pub data: Vec<u8>,
    /// By what a passkey calls itself.
    pub key_id: Option<Vec<u8>>,
    /// The step of the last code that was taken.
    pub last_step: Option<i64>,
    /// When it was seen that there are two of it.
    pub copied_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for FactorRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FactorRow").field("credential_id", &self.credential_id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A second factor for its owner's eyes.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FactorView {
    /// Its credential.
    pub credential_id: CredentialId,
    /// Which.
    pub kind: FactorKind,
    /// What its owner calls it.
    pub label: String,
    /// When it was enrolled.
    pub created_at: DateTime<Utc>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was seen that there are two of it: it serves no more.
    pub copied_at: Option<DateTime<Utc>>,
}

impl Tx {
    /// The factors of somebody, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn factors_of(&mut self, id: IdentityId) -> Result<Vec<FactorView>, StoreError> {
        Ok(fetch_all!(
            self,
            FactorView,
            "SELECT f.credential_id, f.kind, c.label, c.created_at, c.last_used_at, f.copied_at
             FROM factors f JOIN credentials c ON c.id = f.credential_id WHERE f.identity_id = $1 ORDER BY c.created_at, c.id LIMIT 100",
            id
        ))
    }

    /// Which kinds somebody has. One that was copied counts: it is asked for, though it does not serve, so that a copy
    /// does not make a password enough.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_factors(&mut self, id: IdentityId) -> Result<Held, StoreError> {
        let kinds = fetch_all!(self, (FactorKind,), "SELECT DISTINCT kind FROM factors WHERE identity_id = $1", id);
        Ok(Held::of(kinds.into_iter().map(|(kind,)| kind)))
    }

    /// The factors of a kind that serve.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn usable_factors(&mut self, id: IdentityId, kind: FactorKind) -> Result<Vec<FactorRow>, StoreError> {
        Ok(fetch_all!(
            self,
            FactorRow,
            "SELECT * FROM factors WHERE identity_id = $1 AND kind = $2 AND copied_at IS NULL ORDER BY credential_id LIMIT 100",
            id,
            kind
        ))
    }

    /// The passkey that calls itself so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn passkey(&mut self, key_id: &[u8]) -> Result<Option<FactorRow>, StoreError> {
        Ok(fetch_optional!(self, FactorRow, "SELECT * FROM factors WHERE key_id = $1 AND kind = 'passkey'", key_id))
    }
}

impl WriteTx {
    /// Keeps a new factor.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when there is that passkey, or another authenticator app of the same person.
    pub async fn insert_factor(&mut self, _proof: &impl May<change::WriteFactors>, f: &FactorRow) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO factors (credential_id, identity_id, kind, data, key_id, last_step) VALUES ($1, $2, $3, $4, $5, $6)",
            f.credential_id,
            f.identity_id,
            f.kind,
            f.data.as_slice(),
            f.key_id.as_deref(),
            f.last_step
        );
        Ok(())
    }

    /// Takes a code of an authenticator app: whether no code of this or a later step was taken before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_code(
        &mut self,
        _proof: &impl May<change::WriteFactors>,
        id: CredentialId,
        step: i64,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let n = execute!(
            self.tx,
            "UPDATE factors SET last_step = $2 WHERE credential_id = $1 AND (last_step IS NULL OR last_step < $2)",
            id,
            step
        );
        execute!(self.tx, "UPDATE credentials SET last_used_at = $2 WHERE id = $1", id, at);
        Ok(n == 1)
    }

    /// Keeps what a passkey said of itself when it was used; whether nobody else did meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_passkey(
        &mut self,
        _proof: &impl May<change::WriteFactors>,
        before: &FactorRow,
        data: &[u8],
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let n = execute!(
            self.tx,
            "UPDATE factors SET data = $2 WHERE credential_id = $1 AND data = $3 AND copied_at IS NULL",
            before.credential_id,
            data,
            before.data.as_slice()
        );
        execute!(self.tx, "UPDATE credentials SET last_used_at = $2 WHERE id = $1", before.credential_id, at);
        Ok(n == 1)
    }

    /// Marks a passkey of which there are two.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_copied(
        &mut self,
        _proof: &impl May<change::WriteFactors>,
        id: CredentialId,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self.tx, "UPDATE factors SET copied_at = $2 WHERE credential_id = $1 AND copied_at IS NULL", id, at) == 1)
    }

    /// Calls a factor something else.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn name_factor(&mut self, _proof: &impl May<change::WriteFactors>, id: CredentialId, label: &str) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE credentials SET label = $2, version = version + 1 WHERE id = $1", id, label);
        Ok(())
    }

    /// Lets what a factor is checked with go: it serves no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_factor(&mut self, _proof: &impl May<change::WriteFactors>, id: CredentialId) -> Result<bool, StoreError> {
        Ok(execute!(self.tx, "DELETE FROM factors WHERE credential_id = $1", id) == 1)
    }

    /// Takes all factors and recovery codes of somebody away, and ends their credentials. How many factors.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_factors_of(
        &mut self,
        _proof: &impl May<change::WriteFactors>,
        id: IdentityId,
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        execute!(
            self.tx,
            "UPDATE credentials SET state = 'revoked', ended_at = $2, version = version + 1
             WHERE id IN (SELECT credential_id FROM factors WHERE identity_id = $1) AND state NOT IN ('revoked', 'expired')",
            id,
            at
        );
        execute!(self.tx, "DELETE FROM recovery_codes WHERE identity_id = $1", id);
        Ok(execute!(self.tx, "DELETE FROM factors WHERE identity_id = $1", id))
    }
}
