//! API tokens: hashed, scoped, with an end.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, PortalRole, change};
use tenure_domain::id::{CredentialId, IdentityId};

use crate::engine::{Store, StoreError, Tx, WriteTx};

/// A token as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiTokenRow {
    /// Keyed hash of the token.
    pub token_hash: Vec<u8>,
    /// Its credential.
    pub credential_id: CredentialId,
    /// Whose.
    pub identity_id: IdentityId,
    /// The identity's epoch when it was issued.
    pub epoch: i64,
    /// Whether it may change anything.
    pub may_write: bool,
    /// The first signs, by which a person recognises it.
    pub hint: String,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

/// Who acts by a token, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHolder {
    /// Whose.
    pub identity_id: IdentityId,
    /// Its credential.
    pub credential_id: CredentialId,
    /// Name for people.
    pub display_name: String,
    /// Whether it may change anything.
    pub may_write: bool,
    /// Granted portal roles.
    pub roles: BTreeSet<PortalRole>,
    /// Whether anybody reports to it.
    pub has_reports: bool,
    /// When it was last noted as used.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// What a person recognises a token by, and what it may do.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TokenNote {
    /// Its credential.
    pub credential_id: CredentialId,
    /// Whether it may change anything.
    pub may_write: bool,
    /// The first signs.
    pub hint: String,
}

#[derive(sqlx::FromRow)]
struct HolderRow {
    identity_id: IdentityId,
    credential_id: CredentialId,
    display_name: String,
    may_write: bool,
    roles: Option<String>,
    has_reports: bool,
    last_used_at: Option<DateTime<Utc>>,
}

/// Granted roles as the queries of sessions and tokens return them.
pub fn parse_roles(text: Option<&str>) -> BTreeSet<PortalRole> {
    text.unwrap_or_default().split(',').filter_map(|word| word.parse().ok()).collect()
}

impl Store {
    /// Who acts by a token, if it lives, its identity may act and the epochs agree. One statement, in no transaction:
    /// each request of a program begins with it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token_holder(&self, token_hash: &[u8], now: DateTime<Utc>) -> Result<Option<TokenHolder>, StoreError> {
        let row = look!(
            self,
            HolderRow,
            "SELECT t.identity_id, t.credential_id, i.display_name, t.may_write, c.last_used_at,
                    (SELECT string_agg(r.role, ',') FROM portal_roles r WHERE r.identity_id = t.identity_id) AS roles,
                    EXISTS (SELECT 1 FROM identities d WHERE d.manager_id = t.identity_id AND d.state NOT IN ('terminated', 'archived')) AS has_reports
             FROM api_tokens t JOIN identities i ON i.id = t.identity_id JOIN credentials c ON c.id = t.credential_id
             WHERE t.token_hash = $1 AND t.expires_at > $2 AND i.epoch = t.epoch AND i.state IN ('active', 'on-leave') AND c.state = 'active'",
            token_hash,
            now
        );
        Ok(row.map(|r| TokenHolder {
            identity_id: r.identity_id,
            credential_id: r.credential_id,
            display_name: r.display_name,
            may_write: r.may_write,
            roles: parse_roles(r.roles.as_deref()),
            has_reports: r.has_reports,
            last_used_at: r.last_used_at,
        }))
    }
}

impl Tx {
    /// What the live tokens of somebody are recognised by.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token_notes(&mut self, identity: IdentityId) -> Result<Vec<TokenNote>, StoreError> {
        Ok(fetch_all!(self, TokenNote, "SELECT credential_id, may_write, hint FROM api_tokens WHERE identity_id = $1", identity))
    }
}

impl WriteTx {
    /// Keeps a token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_api_token(&mut self, _proof: &impl May<change::WriteCredentials>, row: &ApiTokenRow) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO api_tokens (token_hash, credential_id, identity_id, epoch, may_write, hint, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            row.token_hash.as_slice(),
            row.credential_id,
            row.identity_id,
            row.epoch,
            row.may_write,
            row.hint.as_str(),
            row.expires_at
        );
        Ok(())
    }

    /// Kills the token that stands for a credential.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_token_of(
        &mut self,
        _proof: &impl May<change::WriteCredentials>,
        credential: CredentialId,
    ) -> Result<u64, StoreError> {
        Ok(execute!(self.tx, "DELETE FROM api_tokens WHERE credential_id = $1", credential))
    }
}

impl Store {
    /// Notes that a token was used; no person's change is behind it, so it leaves no event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_token(&self, credential: CredentialId, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        execute!(tx.tx, "UPDATE credentials SET last_used_at = $2 WHERE id = $1", credential, now);
        tx.unscoped_commit().await
    }
}
