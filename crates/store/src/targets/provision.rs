//! Accounts that are owed to people, and what becomes of them.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{AccountId, ApplicationId, GrantId, IdentityId, OperationId};
use tenure_domain::operation::OperationKind;
use tenure_domain::target::{Account, AccountState};

use super::{SeenAccount, TargetRow};
use crate::engine::{StoreError, Tx, WriteTx, storable};
use crate::operations::{NO_LONGER_WANTED, OperationRow, SettleOperations as _};

/// An account that is to be made, and by which operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedAccount<'a> {
    /// A key for its row.
    pub id: AccountId,
    /// The target.
    pub target: ApplicationId,
    /// For whom.
    pub identity: IdentityId,
    /// The name that was chosen.
    pub name: &'a str,
    /// What makes it.
    pub operation: OperationId,
    /// Who holds the operation.
    pub by: &'a str,
    /// Now.
    pub at: DateTime<Utc>,
}

impl Tx {
    /// Which of these hold something on an application.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holders_on(&mut self, application: ApplicationId, identities: &[IdentityId]) -> Result<Vec<IdentityId>, StoreError> {
        let holders = fetch_for_ids!(
            self,
            (IdentityId,),
            identities,
            |q| {
                q.push("SELECT DISTINCT g.identity_id FROM grants g JOIN entitlements e ON e.id = g.entitlement_id WHERE g.state = 'held' AND e.application_id = ")
                    .push_bind(application)
                    .push(" AND g.identity_id IN (");
            },
            |q| {
                q.push(")");
            }
        );
        Ok(holders.into_iter().map(|(id,)| id).collect())
    }

    /// Accounts by key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts(&mut self, ids: &[AccountId]) -> Result<Vec<Account>, StoreError> {
        Ok(fetch_for_ids!(
            self,
            Account,
            ids,
            |q| {
                q.push(select_accounts!("id IN ("));
            },
            |q| {
                q.push(")");
            }
        ))
    }

    /// The accounts of identities on a target, the oldest first; those that are gone too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts_of_all(&mut self, target: ApplicationId, identities: &[IdentityId]) -> Result<Vec<Account>, StoreError> {
        Ok(fetch_for_ids!(
            self,
            Account,
            identities,
            |q| {
                q.push(select_accounts!("application_id = ")).push_bind(target).push(" AND identity_id IN (");
            },
            |q| {
                q.push(") ORDER BY id");
            }
        ))
    }

    /// Accounts of a target that have one of some names, those that are gone too: a name is not given twice. Names
    /// are compared without regard to the case of ASCII letters, as directories and SCIM do.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts_named(&mut self, target: ApplicationId, names: &[String]) -> Result<Vec<Account>, StoreError> {
        let names: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        Ok(fetch_for_ids!(
            self,
            Account,
            &names,
            |q| {
                q.push(select_accounts!("application_id = ")).push_bind(target).push(" AND LOWER(name) IN (");
            },
            |q| {
                q.push(")");
            }
        ))
    }

    /// Accounts of a target that are being created.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn planned_accounts(&mut self, target: ApplicationId) -> Result<Vec<Account>, StoreError> {
        Ok(fetch_all!(self, Account, select_accounts!("application_id = $1 AND state = 'planned'"), target))
    }
}

impl WriteTx {
    /// Applications that Tenure reaches.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reached_applications(&mut self) -> Result<Vec<ApplicationId>, StoreError> {
        if self.reaches_nothing {
            return Ok(Vec::new());
        }
        let rows = fetch_all!(self.tx, (ApplicationId,), "SELECT application_id FROM targets");
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// How an application is reached, kept as it is until the transaction ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_target(
        &mut self,
        _proof: &impl May<change::WriteOperations>,
        id: ApplicationId,
    ) -> Result<Option<TargetRow>, StoreError> {
        self.locked_target(id).await
    }

    /// Owes an account to each of these who holds something on a target that makes accounts, may act, has none
    /// there, and is owed none yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owe_new_accounts(
        &mut self,
        _proof: &impl May<change::WriteAccess>,
        identities: &[IdentityId],
        at: DateTime<Utc>,
        new_id: &(dyn Fn() -> uuid::Uuid + Sync),
    ) -> Result<usize, StoreError> {
        let without = fetch_for_ids!(
            self.tx,
            (IdentityId, ApplicationId),
            identities,
            "SELECT DISTINCT g.identity_id, t.application_id FROM grants g JOIN entitlements e ON e.id = g.entitlement_id
             JOIN targets t ON t.application_id = e.application_id JOIN identities i ON i.id = g.identity_id
             WHERE t.mapping IS NOT NULL AND g.state = 'held' AND i.state IN ('active', 'on-leave')
               AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.identity_id = g.identity_id AND a.application_id = t.application_id AND a.state <> 'gone')
               AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.identity_id = g.identity_id AND o.application_id = t.application_id
                               AND o.kind = 'create-account' AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human'))
               AND g.identity_id IN (",
            ") ORDER BY 1, 2"
        );
        let row = |(identity, target)| OperationRow::owed_on(target, OperationKind::CreateAccount, identity, at, new_id);
        let rows: Vec<OperationRow> = without.into_iter().map(row).collect();
        self.owe(&rows).await?;
        Ok(rows.len())
    }

    /// Owes to the accounts of identities, on targets that have a mapping, that their attributes are made
    /// those of their identity: to all, or to `only` one. Where a person serves the target, nobody types attributes again. What waits its turn already looks when its turn comes;
    /// what is being made right now may have looked before. Of who has ended, nothing is to be so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owe_account_changes(
        &mut self,
        _proof: &impl May<change::WriteAccess>,
        identities: &[IdentityId],
        only: Option<AccountId>,
        at: DateTime<Utc>,
        new_id: &(dyn Fn() -> uuid::Uuid + Sync),
    ) -> Result<usize, StoreError> {
        if self.reaches_nothing {
            return Ok(0);
        }
        let accounts = fetch_for_ids!(
            self.tx,
            (AccountId, ApplicationId, IdentityId),
            identities,
            |q| {
                q.push(
                    "SELECT a.id, a.application_id, a.identity_id FROM accounts a JOIN targets t ON t.application_id = a.application_id
                     JOIN identities i ON i.id = a.identity_id
                     WHERE t.mapping IS NOT NULL AND t.kind <> 'manual' AND i.state NOT IN ('terminated', 'archived') AND a.state <> 'gone'
                       AND (a.state <> 'planned' OR EXISTS (SELECT 1 FROM operations c WHERE c.account_id = a.id AND c.kind = 'create-account'
                                                            AND c.state IN ('running', 'acknowledged')))
                       AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.account_id = a.id AND o.kind = 'change-account' AND o.state IN ('queued', 'needs-human'))",
                );
                if let Some(only) = only {
                    q.push(" AND a.id = ").push_bind(only);
                }
                q.push(" AND a.identity_id IN (");
            },
            |q| {
                q.push(") ORDER BY a.id");
            }
        );
        let row =
            |(account, target, identity)| OperationRow::owed_on(target, OperationKind::ChangeAccount, identity, at, new_id).about(account);
        let rows: Vec<OperationRow> = accounts.into_iter().map(row).collect();
        self.owe(&rows).await?;
        Ok(rows.len())
    }

    /// Keeps the name that was chosen for an account, before anything is asked of the target: whoever ends now,
    /// ends with it. Yields whether the operation was still held; if not, nothing is kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn plan_account(
        &mut self,
        _proof: &impl May<change::WriteOperations>,
        account: &PlannedAccount<'_>,
    ) -> Result<bool, StoreError> {
        let a = account;
        execute!(
            self.tx,
            "INSERT INTO accounts (id, application_id, identity_id, key, name, state, attributes, created_at, seen_at)
             VALUES ($1, $2, $3, '', $4, $5, $6, $7, $7)",
            a.id,
            a.target,
            a.identity,
            storable(a.name),
            AccountState::Planned,
            sqlx::types::Json(serde_json::json!({})),
            a.at
        );
        let held = self.aim_operation(a.operation, a.id, a.by).await?;
        if !held {
            execute!(self.tx, "DELETE FROM accounts WHERE id = $1", a.id);
        }
        Ok(held)
    }

    /// Says which account an operation that somebody holds is about. Yields whether it was still held.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn aim_at_account(
        &mut self,
        _proof: &impl May<change::WriteOperations>,
        operation: OperationId,
        account: AccountId,
        by: &str,
    ) -> Result<bool, StoreError> {
        self.aim_operation(operation, account, by).await
    }

    /// Records an account that a person made by hand.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_was_made(
        &mut self,
        _proof: &impl May<change::WriteOperations>,
        id: AccountId,
        (target, identity): (ApplicationId, IdentityId),
        name: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO accounts (id, application_id, identity_id, key, name, state, attributes, created_at, seen_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
            id,
            target,
            identity,
            // Nobody else tells what it is known by there.
            id.to_string(),
            storable(name),
            AccountState::Enabled,
            sqlx::types::Json(serde_json::json!({})),
            at
        );
        Ok(())
    }

    async fn aim_operation(&mut self, operation: OperationId, account: AccountId, by: &str) -> Result<bool, StoreError> {
        let touched = execute!(
            self.tx,
            "UPDATE operations SET account_id = $2 WHERE id = $1 AND claimed_by = $3 AND state = 'running'",
            operation,
            account,
            by
        );
        Ok(touched == 1)
    }

    /// The name that was chosen for an account is somebody else's on the target: it is nobody's here, and
    /// another one is to be chosen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn name_is_taken(&mut self, _proof: &impl May<change::WriteOperations>, account: AccountId) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE operations SET account_id = NULL WHERE account_id = $1 AND kind = 'create-account'", account);
        execute!(self.tx, "UPDATE accounts SET state = 'gone', identity_id = NULL WHERE id = $1 AND state = 'planned'", account);
        Ok(())
    }

    /// Accounts that are owed to identities who hold nothing on their targets any more, and that nobody has begun
    /// to make, are no longer wanted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdraw_accounts(
        &mut self,
        _proof: &impl May<change::WriteAccess>,
        identities: &[IdentityId],
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        Ok(execute_for_ids!(
            self.tx,
            identities,
            |q| {
                q.supersede_operations(NO_LONGER_WANTED, at)
                    .push(
                        " WHERE kind = 'create-account' AND account_id IS NULL AND due_at IS NULL AND state IN ('queued', 'needs-human')
                          AND NOT EXISTS (SELECT 1 FROM grants g JOIN entitlements e ON e.id = g.entitlement_id
                                          WHERE g.identity_id = operations.identity_id AND e.application_id = operations.application_id AND g.state = 'held')
                          AND identity_id IN (",
                    );
            },
            ")"
        ))
    }

    /// Grants that are owed to targets and that nobody has begun to give are no longer wanted; yields these: nothing
    /// has to be taken away. Of a person's task nobody knows whether it was begun.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdraw_grants(
        &mut self,
        _proof: &impl May<change::WriteAccess>,
        grants: &[GrantId],
        at: DateTime<Utc>,
    ) -> Result<Vec<GrantId>, StoreError> {
        let withdrawn = fetch_for_ids!(
            self.tx,
            (GrantId,),
            grants,
            |q| {
                q.supersede_operations(NO_LONGER_WANTED, at).push(
                    " WHERE kind = 'add-entitlement' AND state = 'queued' AND claimed_until IS NULL AND due_at IS NULL
                          AND NOT EXISTS (SELECT 1 FROM operation_steps s WHERE s.operation_id = operations.id)
                          AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.id = operations.grant_id AND g.observed_at IS NOT NULL)
                          AND NOT EXISTS (SELECT 1 FROM operations p WHERE p.grant_id = operations.grant_id AND p.id <> operations.id)
                          AND grant_id IN (",
                );
            },
            |q| {
                q.push(") RETURNING grant_id");
            }
        );
        Ok(withdrawn.into_iter().map(|(id,)| id).collect())
    }

    /// A person states that an account was made: under which name and key, the next reading tells. Where Tenure itself
    /// answers there is none: the plan is the account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_plan(&mut self, _proof: &impl May<change::WriteOperations>, account: AccountId) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE accounts SET state = 'gone' WHERE id = $1 AND state = 'planned' AND key = ''
               AND NOT EXISTS (SELECT 1 FROM targets t WHERE t.application_id = accounts.application_id AND t.kind = 'ssh')",
            account
        );
        Ok(())
    }

    /// An account that was being created is there, as it was read back. Where a reading of the target saw it
    /// first, that row is the one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_is_there(
        &mut self,
        _proof: &impl May<change::WriteOperations>,
        id: AccountId,
        seen: &SeenAccount,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let other = fetch_optional!(
            self.tx,
            (AccountId,),
            "SELECT o.id FROM accounts o JOIN accounts a ON a.application_id = o.application_id WHERE a.id = $1 AND o.key = $2 AND o.key <> '' AND o.id <> $1",
            id,
            storable(&seen.key)
        );
        let row = other.map_or(id, |(other,)| other);
        if row != id {
            execute!(
                self.tx,
                "UPDATE accounts SET identity_id = COALESCE(identity_id, (SELECT a.identity_id FROM accounts a WHERE a.id = $2)) WHERE id = $1",
                row,
                id
            );
            execute!(self.tx, "UPDATE operations SET account_id = $1 WHERE account_id = $2", row, id);
            execute!(self.tx, "DELETE FROM accounts WHERE id = $1", id);
        }
        execute!(
            self.tx,
            "UPDATE accounts SET key = $2, name = $3, state = $4, attributes = $5, seen_at = $6, drift = NULL WHERE id = $1",
            row,
            storable(&seen.key),
            storable(&seen.name),
            seen.state,
            sqlx::types::Json(&seen.attributes),
            at
        );
        Ok(())
    }

    /// An account that is being created was seen by a reading of the target under its name, and is that
    /// person's: its key is known now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn planned_account_was_seen(
        &mut self,
        _proof: &impl May<change::WriteTargets>,
        id: AccountId,
        key: &str,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE accounts SET key = $2 WHERE id = $1 AND state = 'planned'
               AND NOT EXISTS (SELECT 1 FROM accounts o WHERE o.application_id = accounts.application_id AND o.key = $2 AND o.key <> '')",
            id,
            storable(key)
        );
        Ok(())
    }

    /// The attributes of an account are what is recorded, as they were read back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_is_as_recorded(
        &mut self,
        _proof: &impl May<change::WriteOperations>,
        id: AccountId,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE accounts SET drift = NULL, seen_at = $2 WHERE id = $1", id, at);
        Ok(())
    }
}
