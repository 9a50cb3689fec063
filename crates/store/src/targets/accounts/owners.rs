//! Whose accounts are, and what they are owed where that is somebody who has ended.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{AccountId, IdentityId};

use crate::engine::{StoreError, WriteTx};
use crate::operations::{OperationRow, SettleOperations as _};
use crate::targets::Reach;

impl WriteTx {
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
