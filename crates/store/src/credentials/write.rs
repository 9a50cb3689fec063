//! Writing credentials.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::credential::{Credential, CredentialState};
use tenure_domain::fold::fold;
use tenure_domain::id::CredentialId;

use crate::engine::{StoreError, WriteTx};

impl WriteTx {
    /// Records credentials, or overwrites those with the same issuer and name there whose version
    /// is one less.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else changed one of them since it was read.
    pub async fn put_credentials(&mut self, _proof: &impl May<change::WriteCredentials>, rows: &[Credential]) -> Result<(), StoreError> {
        let written = insert_rows!(self.tx, columns: 18,
            "INSERT INTO credentials (id, identity_id, kind, label, label_key, purpose, issuer, external_id, application_id, origin, state, created_at, last_used_at, rotated_at, expires_at, ended_at, dependents, version) ",
            rows,
            |b, c| {
                b.push_bind(c.id).push_bind(c.identity_id).push_bind(c.kind).push_bind(c.label.as_str()).push_bind(fold(&c.label)).push_bind(c.purpose.as_str())
                    .push_bind(c.issuer.as_str()).push_bind(c.external_id.as_str()).push_bind(c.application_id).push_bind(c.origin).push_bind(c.state)
                    .push_bind(c.created_at).push_bind(c.last_used_at).push_bind(c.rotated_at).push_bind(c.expires_at).push_bind(c.ended_at)
                    .push_bind(sqlx::types::Json(&c.dependents)).push_bind(c.version);
            },
            " ON CONFLICT (issuer, external_id) WHERE account_id IS NULL DO UPDATE SET identity_id = excluded.identity_id, kind = excluded.kind, label = excluded.label, label_key = excluded.label_key,
                purpose = excluded.purpose, application_id = excluded.application_id, state = excluded.state, created_at = excluded.created_at,
                last_used_at = excluded.last_used_at, rotated_at = excluded.rotated_at, expires_at = excluded.expires_at, ended_at = excluded.ended_at,
                dependents = excluded.dependents, version = excluded.version
              WHERE credentials.version = excluded.version - 1");
        if usize::try_from(written).ok() == Some(rows.len()) { Ok(()) } else { Err(StoreError::Conflict("one of the credentials")) }
    }

    /// Moves one credential to a state, if it is still of the version that was read.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is not.
    pub async fn set_credential_state(
        &mut self,
        _proof: &impl May<change::WriteCredentials>,
        id: CredentialId,
        read_version: i64,
        state: CredentialState,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let ended = (!state.is_live()).then_some(at);
        let n = execute!(
            self.tx,
            "UPDATE credentials SET state = $3, ended_at = $4, version = version + 1 WHERE id = $1 AND version = $2",
            id,
            read_version,
            state,
            ended
        );
        if n == 1 { Ok(()) } else { Err(StoreError::Conflict("the credential")) }
    }

    /// Moves credentials whose end has come to *expired*; yields them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire_credentials(
        &mut self,
        _proof: &impl May<change::WriteCredentials>,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<Credential>, StoreError> {
        // The condition stands twice: somebody may revoke or prolong one after the inner look.
        Ok(fetch_all!(
            self.tx,
            Credential,
            "UPDATE credentials SET state = 'expired', ended_at = expires_at, version = version + 1
             WHERE id IN (SELECT id FROM credentials WHERE expires_at IS NOT NULL AND expires_at <= $1 AND state IN ('issued', 'active', 'rotating', 'suspended') ORDER BY expires_at LIMIT $2)
               AND expires_at <= $1 AND state IN ('issued', 'active', 'rotating', 'suspended')
             RETURNING *",
            now,
            limit
        ))
    }
}
