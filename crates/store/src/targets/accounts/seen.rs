//! What readings compare, and write.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{AccountId, ApplicationId, IdentityId};
use tenure_domain::target::AccountState;

use super::{Accepted, Drift, apart};
use crate::engine::{LockRows as _, RowLock, StoreError, Tx, WriteTx, storable};

/// An account as it was just seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenAccount {
    /// A key for its row, if it is a new one.
    pub id: AccountId,
    /// Whose it is, if it is new and something tells.
    pub identity_id: Option<IdentityId>,
    /// What the target knows it by.
    pub key: String,
    /// The name there.
    pub name: String,
    /// Where it stands.
    pub state: AccountState,
    /// What may tell whose it is.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// What is there otherwise than it is recorded.
    pub drift: Option<Drift>,
    /// Beside that, what was left as it is when it was compared.
    pub left: Accepted,
}

/// Whose an account is by now, and what of it is left as it is.
#[derive(sqlx::FromRow)]
struct Decided {
    key: String,
    identity_id: Option<IdentityId>,
    #[sqlx(json(nullable))]
    accepted: Option<Accepted>,
}

/// An account as it is recorded, for comparing it with what is seen.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RecordedAccount {
    /// Its key.
    pub id: AccountId,
    /// What the target knows it by.
    pub key: String,
    /// Whose it is.
    pub identity_id: Option<IdentityId>,
    /// The name there.
    pub name: String,
    /// Where it stands.
    pub state: AccountState,
    /// What is known of it.
    #[sqlx(json)]
    pub attributes: BTreeMap<String, Vec<String>>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// What is there otherwise than it is recorded.
    #[sqlx(json(nullable))]
    pub drift: Option<Drift>,
    /// Of what is otherwise, what somebody left as it is.
    #[sqlx(json(nullable))]
    pub accepted: Option<Accepted>,
}

impl RecordedAccount {
    /// Whether what was seen is what is recorded.
    pub fn is(&self, seen: &SeenAccount) -> bool {
        self.state == seen.state
            && self.name == storable(&seen.name)
            && (self.identity_id.is_some() || seen.identity_id.is_none())
            && (seen.last_used_at.is_none() || self.last_used_at == seen.last_used_at)
            && self.drift == seen.drift
            && self.accepted.as_ref().map_or(seen.left.is_empty(), |left| *left == seen.left)
            && self.attributes == seen.attributes
    }
}

impl Tx {
    /// The keys of a target's accounts with their rows and owners, and where they stand.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts_by_key(
        &mut self,
        target: ApplicationId,
        keys: &[&str],
    ) -> Result<Vec<(AccountId, String, Option<IdentityId>, AccountState)>, StoreError> {
        let keys: Vec<String> = keys.iter().map(|key| storable(key)).collect();
        Ok(fetch_for_ids!(
            self,
            (AccountId, String, Option<IdentityId>, AccountState),
            &keys,
            |q| {
                q.push("SELECT id, key, identity_id, state FROM accounts WHERE key <> '' AND application_id = ")
                    .push_bind(target)
                    .push(" AND key IN (");
            },
            |q| {
                q.push(")");
            }
        ))
    }

    /// Accounts of a target after a key, in the order of keys, with whose they are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owners_on_target(
        &mut self,
        target: ApplicationId,
        after: AccountId,
        limit: i64,
    ) -> Result<Vec<(AccountId, Option<IdentityId>)>, StoreError> {
        Ok(fetch_all!(
            self,
            (AccountId, Option<IdentityId>),
            "SELECT id, identity_id FROM accounts WHERE application_id = $1 AND id > $2 ORDER BY id LIMIT $3",
            target,
            after,
            limit
        ))
    }

    /// Accounts of a target as they are recorded, by the target's keys.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recorded_accounts(&mut self, target: ApplicationId, keys: &[&str]) -> Result<Vec<RecordedAccount>, StoreError> {
        let keys: Vec<String> = keys.iter().map(|key| storable(key)).collect();
        Ok(fetch_for_ids!(
            self,
            RecordedAccount,
            &keys,
            |q| {
                q.push("SELECT id, key, identity_id, name, state, attributes, last_used_at, drift, accepted FROM accounts WHERE key <> '' AND application_id = ")
                    .push_bind(target)
                    .push(" AND key IN (");
            },
            |q| {
                q.push(")");
            }
        ))
    }

    /// Accounts after a key, in the order of keys, of which nothing was written since a moment and that are not gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts_untouched_since(
        &mut self,
        target: ApplicationId,
        since: DateTime<Utc>,
        after: AccountId,
        limit: i64,
    ) -> Result<Vec<AccountId>, StoreError> {
        let rows = fetch_all!(
            self,
            (AccountId,),
            "SELECT id FROM accounts WHERE application_id = $1 AND seen_at < $2 AND state NOT IN ('gone', 'planned') AND id > $3 ORDER BY id LIMIT $4",
            target,
            since,
            after,
            limit
        );
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Who had an account on a target that was seen before a moment and is gone now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owners_of_gone_accounts(&mut self, target: ApplicationId, before: DateTime<Utc>) -> Result<Vec<IdentityId>, StoreError> {
        let rows = fetch_all!(
            self,
            (IdentityId,),
            "SELECT DISTINCT a.identity_id FROM accounts a JOIN grants g ON g.identity_id = a.identity_id JOIN entitlements e ON e.id = g.entitlement_id
             WHERE a.application_id = $1 AND a.state = 'gone' AND a.seen_at < $2 AND e.application_id = $1 AND g.state <> 'removed'",
            target,
            before
        );
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }
}

impl WriteTx {
    /// Keeps what was seen. Whose an account is stays as it was decided; where it is nobody's yet, what was
    /// found out counts. What somebody left as it is, or does not any more, since it was compared is so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn see_accounts(
        &mut self,
        _proof: &impl May<change::WriteTargets>,
        target: ApplicationId,
        seen: &[SeenAccount],
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let seen = self.by_now(target, seen).await?;
        Ok(insert_rows!(self.tx, columns: 12,
            "INSERT INTO accounts (id, application_id, identity_id, key, name, state, attributes, created_at, seen_at, last_used_at, drift, accepted) ",
            seen.as_slice(),
            |b, row| {
                let (a, drift, left) = row;
                b.push_bind(a.id).push_bind(target).push_bind(a.identity_id).push_bind(storable(&a.key)).push_bind(storable(&a.name)).push_bind(a.state)
                    .push_bind(sqlx::types::Json(&a.attributes)).push_bind(at).push_bind(at).push_bind(a.last_used_at)
                    .push_bind(drift.as_ref().map(sqlx::types::Json)).push_bind(Some(left).filter(|left| !left.is_empty()).map(sqlx::types::Json));
            },
            " ON CONFLICT (application_id, key) WHERE key <> '' DO UPDATE SET identity_id = COALESCE(accounts.identity_id, excluded.identity_id), name = excluded.name, state = excluded.state,
              attributes = excluded.attributes, drift = excluded.drift, accepted = excluded.accepted, seen_at = excluded.seen_at, last_used_at = COALESCE(excluded.last_used_at, accounts.last_used_at)
              WHERE accounts.seen_at <= excluded.seen_at"))
    }

    /// Accounts with what of them differs and what is left as it is, by what somebody decided until now. Nobody decides
    /// otherwise before the transaction ends.
    async fn by_now<'s>(
        &mut self,
        target: ApplicationId,
        seen: &'s [SeenAccount],
    ) -> Result<Vec<(&'s SeenAccount, Option<Drift>, Accepted)>, StoreError> {
        let differ = seen.iter().filter(|a| a.drift.is_some() || !a.left.is_empty());
        let keys: Vec<String> = differ.map(|a| storable(&a.key)).collect();
        let decided = fetch_for_ids!(
            self.tx,
            Decided,
            &keys,
            |q| {
                q.push("SELECT key, identity_id, accepted FROM accounts WHERE key <> '' AND application_id = ")
                    .push_bind(target)
                    .push(" AND key IN (");
            },
            |q| {
                q.push(") ORDER BY id").lock_rows(RowLock::Alone);
            }
        );
        let decided: HashMap<String, Decided> = decided.into_iter().map(|row| (row.key.clone(), row)).collect();
        let one = |account: &'s SeenAccount| {
            let Some(now) = decided.get(&storable(&account.key)) else { return (account, account.drift.clone(), account.left.clone()) };
            let accepted = now.accepted.clone().unwrap_or_default();
            if now.identity_id.is_some() && now.identity_id != account.identity_id {
                // It was compared with what is recorded of somebody else: the next reading tells.
                return (account, None, accepted);
            }
            let left = account.left.iter().map(|(name, left)| (name.clone(), left.drifted.clone()));
            let (drift, left) = apart(account.drift.clone().into_iter().flatten().chain(left), &accepted);
            (account, drift, left)
        };
        Ok(seen.iter().map(one).collect())
    }

    /// These accounts are gone, as far as nothing was seen of them since a moment. Yields how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts_are_gone(
        &mut self,
        _proof: &impl May<change::WriteTargets>,
        ids: &[AccountId],
        since: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        Ok(execute_for_ids!(
            self.tx,
            ids,
            |q| {
                q.push("UPDATE accounts SET state = 'gone', drift = NULL, accepted = NULL WHERE state NOT IN ('gone', 'planned') AND seen_at < ")
                    .push_bind(since)
                    .push(" AND id IN (");
            },
            ")"
        ))
    }
}
