//! Credentials that are found on the accounts of targets. They are known by their account, and end with it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::credential::{CredentialKind, CredentialState};
use tenure_domain::fold::fold;
use tenure_domain::id::{AccountId, ApplicationId, CredentialId, IdentityId};

use crate::engine::{StoreError, Tx, WriteTx, storable};

/// A credential that was found before, for comparing it with what is seen.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RecordedOnAccount {
    /// Its key.
    pub id: CredentialId,
    /// On which account.
    pub account_id: AccountId,
    /// What it is.
    pub kind: CredentialKind,
    /// What the target knows it by.
    pub external_id: String,
    /// Whose.
    pub identity_id: Option<IdentityId>,
    /// The name that people read.
    pub label: String,
    /// Where it stands.
    pub state: CredentialState,
    /// When its secret was last replaced.
    pub rotated_at: Option<DateTime<Utc>>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// Raised with each change.
    pub version: i64,
    /// Whether its own end is owed.
    pub is_owed: bool,
}

/// A credential as it was just seen on an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenCredential {
    /// A key for its row, if it is a new one.
    pub id: CredentialId,
    /// On which account.
    pub account_id: AccountId,
    /// Whose the account was when it was read; who has it when this is written counts.
    pub identity_id: Option<IdentityId>,
    /// What it is.
    pub kind: CredentialKind,
    /// What the target knows it by.
    pub external_id: String,
    /// The name that people read.
    pub label: String,
    /// What it is for.
    pub purpose: String,
    /// Where it stands.
    pub state: CredentialState,
    /// When it was made, as far as anybody knows.
    pub created_at: DateTime<Utc>,
    /// When its secret was last replaced.
    pub rotated_at: Option<DateTime<Utc>>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// The version that was read; 0 for a new one.
    pub version: i64,
}

impl Tx {
    /// What was found on some accounts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credentials_on(&mut self, accounts: &[AccountId]) -> Result<Vec<RecordedOnAccount>, StoreError> {
        Ok(fetch_for_ids!(
            self,
            RecordedOnAccount,
            accounts,
            "SELECT id, account_id, kind, external_id, identity_id, label, state, rotated_at, expires_at, version,
               EXISTS (SELECT 1 FROM operations o WHERE o.credential_id = credentials.id AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human')) AS is_owed
             FROM credentials WHERE account_id IN (",
            ")"
        ))
    }

    /// Credentials after a key, in the order of keys, that were found on a target and are not gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credentials_found_on(
        &mut self,
        target: ApplicationId,
        after: CredentialId,
        limit: i64,
    ) -> Result<Vec<(CredentialId, String)>, StoreError> {
        Ok(fetch_all!(
            self,
            (CredentialId, String),
            "SELECT id, label FROM credentials WHERE application_id = $1 AND account_id IS NOT NULL AND state NOT IN ('revoked', 'expired') AND id > $2 ORDER BY id LIMIT $3",
            target,
            after,
            limit
        ))
    }

    /// The account on which a credential was found.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_of_credential(&mut self, id: CredentialId) -> Result<Option<(AccountId, String)>, StoreError> {
        Ok(fetch_optional!(
            self,
            (AccountId, String),
            "SELECT a.id, a.name FROM credentials c JOIN accounts a ON a.id = c.account_id WHERE c.id = $1",
            id
        ))
    }
}

impl WriteTx {
    /// Keeps what was found on a target by a look that began at a moment. One that somebody changed since it was read, or
    /// on an account of which something newer is known than this look, stays as it is: the next look compares it again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn see_credentials(
        &mut self,
        _proof: &impl May<change::WriteCredentials>,
        target: ApplicationId,
        issuer: &str,
        rows: &[SeenCredential],
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut on: Vec<AccountId> = rows.iter().map(|c| c.account_id).collect();
        on.sort_unstable();
        on.dedup();
        let accounts = fetch_for_ids!(
            self.tx,
            (AccountId, Option<IdentityId>, DateTime<Utc>),
            &on,
            "SELECT id, identity_id, seen_at FROM accounts WHERE id IN (",
            ")"
        );
        let owners: HashMap<AccountId, Option<IdentityId>> =
            accounts.into_iter().filter(|(.., seen_at)| *seen_at <= at).map(|(id, owner, _)| (id, owner)).collect();
        let rows: Vec<(&SeenCredential, Option<IdentityId>)> = rows.iter().filter_map(|c| Some((c, *owners.get(&c.account_id)?))).collect();
        let rows = rows.as_slice();
        Ok(insert_rows!(self.tx, columns: 18,
            "INSERT INTO credentials (id, identity_id, kind, label, label_key, purpose, issuer, external_id, application_id, origin, state, created_at, rotated_at, expires_at, ended_at, version, account_id, dependents) ",
            rows,
            |b, row| {
                let (c, owner) = row;
                b.push_bind(c.id).push_bind(*owner).push_bind(c.kind).push_bind(storable(&c.label)).push_bind(fold(&c.label)).push_bind(c.purpose.as_str())
                    .push_bind(issuer).push_bind(storable(&c.external_id)).push_bind(target).push_bind("found").push_bind(c.state)
                    .push_bind(c.created_at).push_bind(c.rotated_at).push_bind(c.expires_at).push_bind((!c.state.is_live()).then_some(at))
                    .push_bind(c.version + 1).push_bind(c.account_id).push_bind(sqlx::types::Json(Vec::<String>::new()));
            },
            " ON CONFLICT (account_id, kind, external_id) WHERE account_id IS NOT NULL DO UPDATE SET identity_id = excluded.identity_id, label = excluded.label, label_key = excluded.label_key,
                purpose = excluded.purpose, issuer = excluded.issuer, state = excluded.state, rotated_at = excluded.rotated_at, expires_at = excluded.expires_at,
                ended_at = excluded.ended_at, version = excluded.version
              WHERE credentials.version = excluded.version - 1"))
    }

    /// These are not on their target any more. Yields how many were there until now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credentials_are_gone(
        &mut self,
        _proof: &impl May<change::WriteCredentials>,
        ids: &[CredentialId],
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        Ok(execute_for_ids!(
            self.tx,
            ids,
            |q| {
                q.push("UPDATE credentials SET state = 'revoked', version = version + 1, ended_at = ").push_bind(at);
                q.push(
                    " WHERE account_id IS NOT NULL AND state NOT IN ('revoked', 'expired')
                     AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.credential_id = credentials.id AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human'))
                     AND id IN (",
                );
            },
            ")"
        ))
    }

    /// What was found on accounts that are gone is gone with them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credentials_are_gone_with(
        &mut self,
        _proof: &impl May<change::WriteCredentials>,
        accounts: &[AccountId],
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        Ok(execute_for_ids!(
            self.tx,
            accounts,
            |q| {
                q.push("UPDATE credentials SET state = 'revoked', version = version + 1, ended_at = ").push_bind(at);
                q.push(
                    " WHERE state NOT IN ('revoked', 'expired')
                     AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.credential_id = credentials.id AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human'))
                     AND account_id IN (",
                );
            },
            ")"
        ))
    }

    /// What was found on an account follows it: where nobody can sign in as it, its credentials open nothing.
    pub(crate) async fn credentials_follow_account(
        &mut self,
        account: AccountId,
        usable: bool,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        if usable {
            execute!(
                self.tx,
                "UPDATE credentials SET state = 'active', version = version + 1 WHERE account_id = $1 AND state = 'suspended'",
                account
            );
            return Ok(());
        }
        execute!(
            self.tx,
            "UPDATE credentials SET version = version + 1,
               state = CASE WHEN state = 'revoking' OR EXISTS (SELECT 1 FROM accounts a LEFT JOIN identities i ON i.id = a.identity_id
                                                               WHERE a.id = $1 AND (a.state = 'gone' OR i.state IN ('terminated', 'archived'))) THEN 'revoked' ELSE 'suspended' END,
               ended_at = CASE WHEN state = 'revoking' OR EXISTS (SELECT 1 FROM accounts a LEFT JOIN identities i ON i.id = a.identity_id
                                                               WHERE a.id = $1 AND (a.state = 'gone' OR i.state IN ('terminated', 'archived'))) THEN $2 END
             WHERE account_id = $1 AND state IN ('requested', 'issued', 'active', 'rotating', 'suspended', 'revoking')
               AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.credential_id = credentials.id AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human'))",
            account,
            at
        );
        Ok(())
    }
}
