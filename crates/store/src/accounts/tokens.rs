//! API tokens: hashed, scoped, with an end.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, PortalRole, TokenScopes, change};
use tenure_domain::id::{CredentialId, IdentityId};
use tenure_domain::network::Networks;

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
    /// What it is for.
    pub scopes: TokenScopes,
    /// From where it may be used.
    pub networks: Networks,
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
    /// What it is for.
    pub scopes: TokenScopes,
    /// From where it may be used.
    pub networks: Networks,
    /// Granted portal roles.
    pub roles: BTreeSet<PortalRole>,
    /// Whether anybody reports to it.
    pub has_reports: bool,
    /// When it was last noted as used.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// What a person recognises a token by, and what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenNote {
    /// Its credential.
    pub credential_id: CredentialId,
    /// What it is for.
    pub scopes: TokenScopes,
    /// From where it may be used.
    pub networks: Networks,
    /// The first signs.
    pub hint: String,
    /// From where it was last used; empty when it never was, or nobody could tell.
    pub last_used_from: String,
}

#[derive(sqlx::FromRow)]
struct NoteRow {
    credential_id: CredentialId,
    may_write: bool,
    scopes: Option<String>,
    networks: String,
    hint: String,
    last_used_from: String,
}

impl NoteRow {
    fn note(self) -> Result<TokenNote, StoreError> {
        Ok(TokenNote {
            credential_id: self.credential_id,
            scopes: read_scopes(self.scopes.as_deref(), self.may_write)?,
            networks: read_networks(&self.networks)?,
            hint: self.hint,
            last_used_from: self.last_used_from,
        })
    }
}

/// Scopes as they are stored; without any, what a token could that was issued before there were some.
fn read_scopes(text: Option<&str>, may_write: bool) -> Result<TokenScopes, StoreError> {
    let Some(text) = text else { return Ok(TokenScopes::before_scopes(may_write)) };
    text.parse().map_err(|error: tenure_domain::id::UnknownWord| StoreError::Corrupt(format!("scopes of an API token: {error}")))
}

/// Networks as they are stored. What cannot be read must not become "from everywhere".
fn read_networks(text: &str) -> Result<Networks, StoreError> {
    text.parse().map_err(|error: String| StoreError::Corrupt(format!("networks of an API token: {error}")))
}

#[derive(sqlx::FromRow)]
struct HolderRow {
    identity_id: IdentityId,
    credential_id: CredentialId,
    display_name: String,
    may_write: bool,
    scopes: Option<String>,
    networks: String,
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
            "SELECT t.identity_id, t.credential_id, i.display_name, t.may_write, t.scopes, t.networks, c.last_used_at,
                    (SELECT string_agg(r.role, ',') FROM portal_roles r WHERE r.identity_id = t.identity_id) AS roles,
                    EXISTS (SELECT 1 FROM identities d WHERE d.manager_id = t.identity_id AND d.state NOT IN ('terminated', 'archived')) AS has_reports
             FROM api_tokens t JOIN identities i ON i.id = t.identity_id JOIN credentials c ON c.id = t.credential_id
             WHERE t.token_hash = $1 AND t.expires_at > $2 AND i.epoch = t.epoch AND i.state IN ('active', 'on-leave') AND c.state = 'active'",
            token_hash,
            now
        );
        let Some(r) = row else { return Ok(None) };
        Ok(Some(TokenHolder {
            identity_id: r.identity_id,
            credential_id: r.credential_id,
            display_name: r.display_name,
            scopes: read_scopes(r.scopes.as_deref(), r.may_write)?,
            networks: read_networks(&r.networks)?,
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
        let rows = fetch_all!(
            self,
            NoteRow,
            "SELECT credential_id, may_write, scopes, networks, hint, last_used_from FROM api_tokens WHERE identity_id = $1",
            identity
        );
        rows.into_iter().map(NoteRow::note).collect()
    }

    /// What the token that a credential stands for may do; None when it is none of ours, or dead.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token_note(&mut self, credential: CredentialId) -> Result<Option<TokenNote>, StoreError> {
        let row = fetch_optional!(
            self,
            NoteRow,
            "SELECT credential_id, may_write, scopes, networks, hint, last_used_from FROM api_tokens WHERE credential_id = $1",
            credential
        );
        row.map(NoteRow::note).transpose()
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
            "INSERT INTO api_tokens (token_hash, credential_id, identity_id, epoch, may_write, hint, expires_at, scopes, networks) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            row.token_hash.as_slice(),
            row.credential_id,
            row.identity_id,
            row.epoch,
            row.scopes.change(),
            row.hint.as_str(),
            row.expires_at,
            row.scopes.to_string(),
            row.networks.to_string()
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
    /// Notes that a token was used, and from where; no person's change is behind it, so it leaves no event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_token(&self, credential: CredentialId, from: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        execute!(tx.tx, "UPDATE credentials SET last_used_at = $2 WHERE id = $1", credential, now);
        execute!(tx.tx, "UPDATE api_tokens SET last_used_from = $2 WHERE credential_id = $1", credential, from);
        tx.unscoped_commit().await
    }
}
