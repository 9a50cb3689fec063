//! What became of an operation.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{AccountId, ApplicationId, CredentialId, GrantId, IdentityId, OperationId};
use tenure_domain::operation::{OperationKind, OperationState};
use tenure_domain::target::{AccountState, OnEnd, TargetKind};

use crate::engine::{LockRows, RowLock, Store, StoreError, WriteTx};
use crate::operations::{NO_LONGER_WANTED, OperationRow, SettleOperations as _};

/// Where an operation stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement<'s> {
    /// Which one.
    pub id: OperationId,
    /// Where it stands.
    pub state: OperationState,
    /// Failed attempts.
    pub failures: u32,
    /// When it is its turn again; none if it is done.
    pub next_at: Option<DateTime<Utc>>,
    /// What stands in the way, or the evidence.
    pub said: &'s str,
    /// The person whose word it is; empty for a machine's.
    pub actor: &'s str,
    /// Now.
    pub at: DateTime<Utc>,
    /// A key for the step.
    pub step: uuid::Uuid,
}

impl Store {
    /// As [`WriteTx::settle_held`], for an operation that stays open: one more attempt that came to nothing
    /// is bookkeeping and leaves a step, not an event.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the settlement would end it, or when the database fails.
    pub async fn keep_attempt(
        &self,
        proof: &impl May<change::WriteOperations>,
        by: &str,
        settlement: &Settlement<'_>,
    ) -> Result<bool, StoreError> {
        if !settlement.state.is_open() {
            return Err(StoreError::Conflict("the operation"));
        }
        let mut tx = self.write().await?;
        let held = tx.settle_held(proof, by, settlement).await?;
        tx.unscoped_commit().await?;
        Ok(held)
    }
}

impl WriteTx {
    /// Keeps what became of an operation that `by` holds. Yields whether it still held it: if not, somebody
    /// else settled it or took it over, and nothing is changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_held(
        &mut self,
        _proof: &impl May<change::WriteOperations>,
        by: &str,
        settlement: &Settlement<'_>,
    ) -> Result<bool, StoreError> {
        if self.settle(Some(by), settlement).await? {
            return Ok(true);
        }
        // It was superseded under way. Whoever wants the opposite of the same account has waited for this.
        let id = settlement.id;
        execute!(self.tx, "UPDATE operations SET claimed_by = NULL, claimed_until = NULL WHERE id = $1 AND claimed_by = $2", id, by);
        Ok(false)
    }

    /// Keeps what a person says of an operation that is open, whoever holds it. Yields whether it was open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_open(
        &mut self,
        _proof: &impl May<change::WriteOperations>,
        settlement: &Settlement<'_>,
    ) -> Result<bool, StoreError> {
        self.settle(None, settlement).await
    }

    /// Keeps what became of an open operation, with its step: of one that `held_by` holds, if that is given.
    async fn settle(&mut self, held_by: Option<&str>, s: &Settlement<'_>) -> Result<bool, StoreError> {
        let touched = execute!(
            self.tx,
            "UPDATE operations SET state = $3, failures = $4, next_at = COALESCE($5, next_at), said = $6, settled_at = $7, updated_at = $8, claimed_by = NULL, claimed_until = NULL
             WHERE id = $1 AND state IN ('queued', 'running', 'acknowledged', 'needs-human') AND (CAST($2 AS TEXT) IS NULL OR (claimed_by = $2 AND state = 'running'))",
            s.id,
            held_by,
            s.state,
            i32::try_from(s.failures).unwrap_or(i32::MAX),
            s.next_at,
            s.said,
            (!s.state.is_open()).then_some(s.at),
            s.at
        );
        if touched == 0 {
            return Ok(false);
        }
        execute!(
            self.tx,
            "INSERT INTO operation_steps (id, operation_id, at, state, said, actor) VALUES ($1, $2, $3, $4, $5, $6)",
            s.step,
            s.id,
            s.at,
            s.state,
            s.said,
            s.actor
        );
        Ok(true)
    }

    /// After something was read back on a target: what else is owed to the same identity there and did not come about
    /// may come about now, as a nested membership does when the outer one is gone. It need not wait for its next turn,
    /// once nothing is left of its stage or before it that was not tried at all: each round of tries is one failure at
    /// most. What somebody else changes right now is left to them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn others_are_due(
        &mut self,
        _proof: &impl May<change::WriteOperations>,
        identity: IdentityId,
        target: ApplicationId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let ids: Vec<OperationId> = on_both!(self.tx, conn => {
            let mut query = sqlx::QueryBuilder::new("SELECT id FROM operations o WHERE o.identity_id = ");
            query.push_bind(identity).push(" AND o.application_id = ").push_bind(target);
            query.push(" AND o.failures > 0 AND o.state IN ('queued', 'acknowledged', 'needs-human') AND o.next_at > ").push_bind(now);
            query.push(
                " AND NOT EXISTS (SELECT 1 FROM operations f WHERE f.identity_id = o.identity_id AND f.application_id = o.application_id
                  AND f.stage <= o.stage AND f.failures = 0 AND f.state IN ('queued', 'running', 'acknowledged'))",
            );
            query.push(" ORDER BY o.id").lock_rows(RowLock::AloneIfFree).build_query_scalar::<OperationId>().fetch_all(&mut **conn).await?
        });
        execute_for_ids!(
            self.tx,
            &ids,
            |q| {
                q.push("UPDATE operations SET next_at = ").push_bind(now).push(" WHERE id IN (");
            },
            ")"
        );
        Ok(())
    }

    /// What the end of a grant, once read back or attested, leaves behind.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grant_is_gone(&mut self, _proof: &impl May<change::WriteAccess>, id: GrantId) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE grants SET state = 'removed' WHERE id = $1 AND state = 'removal-owed'", id);
        Ok(())
    }

    /// What the end of a credential, once read back or attested, leaves behind. One that is owed to several targets
    /// ends with the last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credential_is_dead(
        &mut self,
        _proof: &impl May<change::WriteCredentials>,
        id: CredentialId,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE credentials SET state = 'revoked', ended_at = $2, version = version + 1 WHERE id = $1 AND state IN ('revoking', 'compromised')
               AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.credential_id = $1 AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human'))",
            id,
            at
        );
        Ok(())
    }

    /// Where an account stands, as it was read back. One that was never seen there, and that nobody can sign in as,
    /// may still not be there: it is made, not enabled, if it is wanted again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_is(
        &mut self,
        _proof: &impl May<change::WriteOperations>,
        id: AccountId,
        state: AccountState,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE accounts SET state = CASE WHEN key = '' AND CAST($2 AS TEXT) = 'disabled' THEN 'planned' ELSE $2 END, seen_at = $3,
               accepted = CASE WHEN CAST($2 AS TEXT) = 'gone' THEN NULL ELSE accepted END WHERE id = $1",
            id,
            state,
            at
        );
        self.credentials_follow_account(id, state == AccountState::Enabled, at).await
    }

    /// Owes to each account of identities on targets that are configured, those that are gone left out, that it
    /// can be used again or that nobody can sign in as it. What is still open for these accounts is no longer wanted, but
    /// that one credential on them dies: who wants that does not want it back with the account.
    /// One whose name is chosen and that may not be there yet is made instead of enabled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owe_for_accounts(
        &mut self,
        _proof: &impl May<change::WriteAccess>,
        identities: &[IdentityId],
        may_act: bool,
        at: DateTime<Utc>,
        new_id: &(dyn Fn() -> uuid::Uuid + Sync),
    ) -> Result<usize, StoreError> {
        execute_for_ids!(
            self.tx,
            identities,
            |q| {
                q.supersede_operations(NO_LONGER_WANTED, at)
                    .push(" WHERE (account_id IS NOT NULL OR kind = 'create-account') AND kind <> 'revoke-credential' AND state IN ('queued', 'running', 'acknowledged', 'needs-human') AND identity_id IN (");
            },
            ")"
        );
        let accounts = fetch_for_ids!(
            self.tx,
            (AccountId, ApplicationId, IdentityId, AccountState, TargetKind),
            identities,
            "SELECT a.id, a.application_id, a.identity_id, a.state, t.kind FROM accounts a JOIN targets t ON t.application_id = a.application_id WHERE a.state <> 'gone' AND a.identity_id IN (",
            ") ORDER BY a.id"
        );
        let mut rows = Vec::with_capacity(accounts.len());
        for (account, application, identity, state, target) in accounts {
            let mut owe = |kind| rows.push(OperationRow::owed_on(application, kind, identity, at, new_id).about(account));
            match (may_act, state) {
                (true, AccountState::Planned) => owe(OperationKind::CreateAccount),
                (true, _) => owe(OperationKind::EnableAccount),
                // The same as at an end, but that the account stays.
                (false, _) => OnEnd::Disable.of_account(target).for_each(owe),
            }
        }
        self.owe(&rows).await?;
        Ok(rows.len())
    }
}
