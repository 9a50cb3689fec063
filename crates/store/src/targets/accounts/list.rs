//! Looking at accounts: one, those of somebody, a page of them.

use std::collections::BTreeMap;

use tenure_domain::id::{AccountId, ApplicationId, IdentityId, ReviewId};
use tenure_domain::target::Account;

use super::{Accepted, Drift};
use crate::engine::{LockRows as _, RowLock, StoreError, Tx, WriteTx};
use crate::page::{Cursor, Page, PageRequest};

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
    /// The open question to a reviewer about what is otherwise.
    pub review_id: Option<ReviewId>,
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

const VIEW: &str = concat!(
    "SELECT a.id, a.application_id, a.identity_id, a.key, a.name, a.state, a.created_at, a.last_used_at, a.attributes, a.drift, a.accepted, p.name AS application, i.display_name AS identity,
        EXISTS (SELECT 1 FROM operations o WHERE o.account_id = a.id AND ", ends!(), ") AS is_owed,
        (SELECT r.id FROM drift_reviews r WHERE r.account_id = a.id AND r.state = 'open') AS review_id,
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
    /// An account, kept as it is until the transaction ends: whoever else writes it waits. It comes after the locks of
    /// identities.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_account(&mut self, id: AccountId) -> Result<Option<Account>, StoreError> {
        Ok(on_both!(self.tx, conn => {
            let mut query = sqlx::QueryBuilder::new(select_accounts!("id = "));
            query.push_bind(id).lock_rows(RowLock::Alone);
            query.build_query_as::<Account>().fetch_optional(&mut **conn).await?
        }))
    }

    /// The same with what is otherwise there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_account_view(&mut self, id: AccountId) -> Result<Option<AccountView>, StoreError> {
        match self.lock_account(id).await? {
            Some(_) => self.account_view(id).await,
            None => Ok(None),
        }
    }
}
