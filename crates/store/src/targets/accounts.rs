//! Accounts, as they were last seen on their targets.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::access::{May, change};
use tenure_domain::id::{AccountId, ApplicationId, IdentityId};
use tenure_domain::target::{Account, AccountState};

use super::Reach;
use crate::engine::{StoreError, Tx, WriteTx, storable};
use crate::operations::{OperationRow, SettleOperations as _};
use crate::page::{Cursor, Page, PageRequest};

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
            && self.attributes == seen.attributes
    }
}

/// Attributes that a target has otherwise than they are recorded, by the target's name for them.
pub type Drift = BTreeMap<String, Drifted>;

/// An attribute, as it is recorded and as it really is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drifted {
    /// What the mapping makes of what is recorded; empty where there is to be none.
    pub recorded: Vec<String>,
    /// What the target has; empty where it has none.
    pub real: Vec<String>,
}

/// What a target has otherwise than it is recorded and is left so, by the target's name for the attribute. It counts as
/// long as neither changes.
pub type Accepted = BTreeMap<String, AcceptedDrift>;

/// A difference that somebody leaves as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedDrift {
    /// Both, as they were then.
    #[serde(flatten)]
    pub drifted: Drifted,
    /// Who left it so.
    pub by: String,
    /// Why.
    pub note: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What of an account is left otherwise, and what is otherwise beside that.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Differences {
    /// The account.
    pub id: AccountId,
    /// Left as it is.
    #[sqlx(json)]
    pub accepted: Accepted,
    /// Otherwise than recorded.
    #[sqlx(json(nullable))]
    pub drift: Option<Drift>,
}

/// An account with its owner's name.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AccountView {
    /// The account.
    #[sqlx(flatten)]
    pub account: Account,
    /// The target's name.
    pub application: String,
    /// Whose it is, by name.
    pub identity: Option<String>,
    /// Whether its end is owed.
    pub is_owed: bool,
    /// What is known of it.
    #[sqlx(json)]
    pub attributes: BTreeMap<String, Vec<String>>,
    /// What is there otherwise than it is recorded.
    #[sqlx(json(nullable))]
    pub drift: Option<Drift>,
    /// Of what is otherwise, what somebody left as it is.
    #[sqlx(json(nullable))]
    pub accepted: Option<Accepted>,
}

/// Which accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// Of one target.
    pub application_id: Option<ApplicationId>,
    /// Only those that are nobody's.
    pub orphans: bool,
    /// Only those that are otherwise than they are recorded.
    pub drifted: bool,
    /// Only those of which something is left otherwise.
    pub accepted: bool,
    /// Only those of identities that have ended.
    pub of_ended: bool,
}

/// Of an operation `o` of an account: that it is open, and that it ends the account. One that revokes a credential, or
/// changes an attribute, does not.
macro_rules! ends {
    () => {
        "o.kind IN ('disable-account', 'delete-account', 'end-sessions') AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human')"
    };
}

const VIEW: &str = concat!(
    "SELECT a.id, a.application_id, a.identity_id, a.key, a.name, a.state, a.created_at, a.last_used_at, a.attributes, a.drift, a.accepted, p.name AS application, i.display_name AS identity,
        EXISTS (SELECT 1 FROM operations o WHERE o.account_id = a.id AND ", ends!(), ") AS is_owed,
        -- What is as it was is not written again at each reading of the whole target: whoever is not gone was seen.
        CASE WHEN a.state <> 'planned' AND a.seen_at < t.reconciled_at THEN t.reconciled_at ELSE a.seen_at END AS seen_at
    FROM accounts a JOIN applications p ON p.id = a.application_id LEFT JOIN targets t ON t.application_id = a.application_id LEFT JOIN identities i ON i.id = a.identity_id WHERE a.state <> 'gone'"
);

impl Tx {
    /// The accounts of an identity, by target.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts_of(&mut self, identity: IdentityId) -> Result<Vec<AccountView>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(VIEW);
            query.push(" AND a.identity_id = ").push_bind(identity).push(" ORDER BY p.name, a.name");
            query.build_query_as::<AccountView>().fetch_all(&mut **conn).await?
        }))
    }

    /// An account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account(&mut self, id: AccountId) -> Result<Option<Account>, StoreError> {
        Ok(fetch_optional!(self, Account, select_accounts!("id = $1"), id))
    }

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

    /// What is left as it is of some accounts: those of which anything is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accepted_of(&mut self, accounts: &[AccountId]) -> Result<HashMap<AccountId, Differences>, StoreError> {
        let rows = fetch_for_ids!(
            self,
            Differences,
            accounts,
            "SELECT id, accepted, drift FROM accounts WHERE accepted IS NOT NULL AND id IN (",
            ")"
        );
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }

    /// An account with what is otherwise there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_view(&mut self, id: AccountId) -> Result<Option<AccountView>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(VIEW);
            query.push(" AND a.id = ").push_bind(id);
            query.build_query_as::<AccountView>().fetch_optional(&mut **conn).await?
        }))
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

    /// Whether its end is owed to an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_account_owed(&mut self, id: AccountId) -> Result<bool, StoreError> {
        let open = fetch_one!(self, (i64,), concat!("SELECT COUNT(*) FROM operations o WHERE o.account_id = $1 AND ", ends!()), id);
        Ok(open.0 > 0)
    }

    /// A page of accounts, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_accounts(&mut self, filter: &AccountFilter, request: &PageRequest) -> Result<Page<AccountView>, StoreError> {
        let backwards = request.after.is_none() && request.before.is_some();
        let rows = on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(VIEW);
            if let Some(target) = filter.application_id {
                query.push(" AND a.application_id = ").push_bind(target);
            }
            if filter.orphans {
                query.push(" AND a.identity_id IS NULL");
            }
            if filter.drifted {
                query.push(" AND a.drift IS NOT NULL");
            }
            if filter.accepted {
                query.push(" AND a.accepted IS NOT NULL");
            }
            if filter.of_ended {
                query.push(" AND i.state IN ('terminated', 'archived')");
            }
            if let Some(from) = request.after.as_ref().or(request.before.as_ref()) {
                let name = from.keys.first().cloned().unwrap_or_default();
                query.push(if backwards { " AND (a.name, a.id) < (" } else { " AND (a.name, a.id) > (" });
                query.push_bind(name).push(", ").push_bind(from.id).push(")");
            }
            query.push(if backwards { " ORDER BY a.name DESC, a.id DESC LIMIT " } else { " ORDER BY a.name, a.id LIMIT " });
            query.push_bind(i64::try_from(request.limit() + 1).unwrap_or(i64::MAX));
            query.build_query_as::<AccountView>().fetch_all(&mut **conn).await?
        });
        Ok(Page::cut(rows, request, |row| Cursor { keys: vec![row.account.name.clone()], id: tenure_domain::id::Id::uuid(row.account.id) }))
    }

    /// How many accounts of a target there are, and how many of them are nobody's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_counts(&mut self, target: ApplicationId) -> Result<(i64, i64), StoreError> {
        Ok(fetch_one!(
            self,
            (i64, i64),
            "SELECT COUNT(*), COUNT(*) - COUNT(identity_id) FROM accounts WHERE application_id = $1 AND state NOT IN ('gone', 'planned')",
            target
        ))
    }
}

impl WriteTx {
    /// Keeps what was seen. Whose an account is stays as it was decided; where it is nobody's yet, what was
    /// found out counts.
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
        Ok(insert_rows!(self.tx, columns: 11,
            "INSERT INTO accounts (id, application_id, identity_id, key, name, state, attributes, created_at, seen_at, last_used_at, drift) ",
            seen,
            |b, a| {
                b.push_bind(a.id).push_bind(target).push_bind(a.identity_id).push_bind(storable(&a.key)).push_bind(storable(&a.name)).push_bind(a.state)
                    .push_bind(sqlx::types::Json(&a.attributes)).push_bind(at).push_bind(at).push_bind(a.last_used_at)
                    .push_bind(a.drift.as_ref().map(sqlx::types::Json));
            },
            " ON CONFLICT (application_id, key) WHERE key <> '' DO UPDATE SET identity_id = COALESCE(accounts.identity_id, excluded.identity_id), name = excluded.name, state = excluded.state,
              attributes = excluded.attributes, drift = excluded.drift, seen_at = excluded.seen_at, last_used_at = COALESCE(excluded.last_used_at, accounts.last_used_at)
              WHERE accounts.seen_at <= excluded.seen_at"))
    }

    /// Keeps what of somebody's account is left as it is, and what is otherwise beside that. Yields whether it is still
    /// theirs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_differences(
        &mut self,
        _proof: &impl May<change::WriteTargets>,
        owner: Option<IdentityId>,
        kept: &Differences,
    ) -> Result<bool, StoreError> {
        let changed = execute!(
            self.tx,
            "UPDATE accounts SET accepted = $3, drift = $4 WHERE id = $1 AND COALESCE(identity_id, id) = COALESCE($2, id)",
            kept.id,
            owner,
            Some(&kept.accepted).filter(|accepted| !accepted.is_empty()).map(sqlx::types::Json),
            kept.drift.as_ref().filter(|drift| !drift.is_empty()).map(sqlx::types::Json)
        );
        Ok(changed == 1)
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

    /// Owes to accounts on a target whose identity has ended what an end owes them, where it is not owed yet.
    /// Yields whose, and what the account is called.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owe_to_accounts_of_ended(
        &mut self,
        _proof: &impl May<change::WriteAccess>,
        target: &Reach,
        at: DateTime<Utc>,
        new_id: &(dyn Fn() -> uuid::Uuid + Sync),
    ) -> Result<Vec<(IdentityId, String)>, StoreError> {
        let found = fetch_all!(
            self.tx,
            (AccountId, IdentityId, String),
            concat!(
                "SELECT a.id, a.identity_id, a.name FROM accounts a JOIN identities i ON i.id = a.identity_id
             WHERE a.application_id = $1 AND a.state = 'enabled' AND i.state IN ('terminated', 'archived')
               AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.account_id = a.id AND ",
                ends!(),
                ")
             ORDER BY a.id"
            ),
            target.application_id
        );
        let mut rows = Vec::new();
        for (account, identity, _) in &found {
            let owed = |kind| OperationRow::owed_on(target.application_id, kind, *identity, at, new_id).about(*account);
            rows.extend(target.on_end.of_account(target.kind).map(owed));
        }
        self.owe(&rows).await?;
        Ok(found.into_iter().map(|(_, identity, name)| (identity, name)).collect())
    }

    /// Decides whose an account is; nobody's, if none. What it was owed for whoever it was before is no
    /// longer wanted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn correlate_account(
        &mut self,
        _proof: &impl May<change::WriteTargets>,
        id: AccountId,
        identity: Option<IdentityId>,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        on_both!(self.tx, conn => {
            let mut query = sqlx::QueryBuilder::new("");
            query.supersede_operations("the account is somebody else's", at);
            query.push(" WHERE state IN ('queued', 'running', 'acknowledged', 'needs-human') AND kind <> 'revoke-credential' AND account_id = ").push_bind(id);
            query.push(" AND (identity_id IS NULL OR identity_id <> COALESCE(").push_bind(identity).push(", id))");
            query.build().execute(&mut **conn).await?;
        });
        // What was being created for that person is this one.
        execute!(
            self.tx,
            "UPDATE operations SET account_id = $1 WHERE account_id IN (SELECT p.id FROM accounts p JOIN accounts k ON k.id = $1
               WHERE p.application_id = k.application_id AND p.identity_id = $2 AND p.state = 'planned' AND p.key = '' AND p.id <> $1)",
            id,
            identity
        );
        execute!(
            self.tx,
            "UPDATE accounts SET state = 'gone' WHERE state = 'planned' AND key = '' AND id <> $1 AND identity_id = $2
               AND application_id = (SELECT k.application_id FROM accounts k WHERE k.id = $1)",
            id,
            identity
        );
        // Whoever wants one of its credentials dead wants that whoever has the account.
        execute!(
            self.tx,
            "UPDATE operations SET identity_id = $2 WHERE kind = 'revoke-credential' AND account_id = $1 AND state IN ('queued', 'running', 'acknowledged', 'needs-human')",
            id,
            identity
        );
        // What was found on it is theirs, too. What was to die with the account of somebody who had ended lives on.
        execute!(
            self.tx,
            "UPDATE credentials SET identity_id = $2, version = version + 1,
               state = CASE WHEN state <> 'revoking' OR EXISTS (SELECT 1 FROM operations o WHERE o.credential_id = credentials.id AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human'))
                              OR EXISTS (SELECT 1 FROM identities i WHERE i.id = $2 AND i.state IN ('terminated', 'archived')) THEN state
                            WHEN EXISTS (SELECT 1 FROM accounts a WHERE a.id = $1 AND a.state = 'enabled') THEN 'active' ELSE 'suspended' END
             WHERE account_id = $1 AND identity_id IS DISTINCT FROM $2",
            id,
            identity
        );
        // What was otherwise, and was left so, was that of whom it was before.
        let sql = "UPDATE accounts SET identity_id = $2, drift = CASE WHEN COALESCE(identity_id, id) = COALESCE($2, id) THEN drift END,
              accepted = CASE WHEN COALESCE(identity_id, id) = COALESCE($2, id) THEN accepted END WHERE id = $1";
        Ok(execute!(self.tx, sql, id, identity) == 1)
    }
}
