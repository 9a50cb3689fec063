//! Taking operations to work on. Whoever takes one holds it until a moment; if it dies, the next one
//! takes it after that.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{AccountId, ApplicationId, CredentialId, EndingId, GrantId, IdentityId, OperationId};
use tenure_domain::operation::OperationKind;
use tenure_domain::target::{TargetKind, TargetState};

use super::TargetRow;
use crate::engine::{LockRows, RowLock, Store, StoreError, Tx, WriteTx};

/// Who takes operations, and how many.
#[derive(Debug, Clone)]
pub struct Claim<'c> {
    /// Whose they are.
    pub target: ApplicationId,
    /// Who takes them: a process.
    pub by: &'c str,
    /// Now.
    pub now: DateTime<Utc>,
    /// Until when they are held.
    pub until: DateTime<Utc>,
}

/// An operation that somebody holds.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Claimed {
    /// Its key.
    pub id: OperationId,
    /// What is to be done.
    pub kind: OperationKind,
    /// Failed attempts so far.
    pub failures: i32,
    /// For whom.
    pub identity_id: Option<IdentityId>,
    /// For whom, by name.
    pub identity: Option<String>,
    /// The ending that it follows from.
    pub ending_id: Option<EndingId>,
    /// The account that it is about.
    pub account_id: Option<AccountId>,
    /// The grant that it is about.
    pub grant_id: Option<GrantId>,
    /// What its entitlement is called.
    pub entitlement: Option<String>,
    /// What the target knows its entitlement by, if that is not the name.
    pub entitlement_key: Option<String>,
    /// The credential that it is about.
    pub credential_id: Option<CredentialId>,
    /// What the target knows its credential by.
    pub credential_key: Option<String>,
}

/// An operation with what it is about.
const WHOLE: &str = "SELECT o.id, o.kind, o.failures, o.identity_id, i.display_name AS identity, o.ending_id, o.account_id, o.grant_id, e.name AS entitlement, e.key AS entitlement_key,
        o.credential_id, c.external_id AS credential_key
    FROM operations o LEFT JOIN identities i ON i.id = o.identity_id LEFT JOIN grants g ON g.id = o.grant_id
    LEFT JOIN entitlements e ON e.id = g.entitlement_id LEFT JOIN credentials c ON c.id = o.credential_id WHERE o.id";

impl Tx {
    /// An operation with what it is about.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operation(&mut self, id: OperationId) -> Result<Option<Claimed>, StoreError> {
        Ok(self.claimed(&[id]).await?.pop())
    }

    async fn claimed(&mut self, ids: &[OperationId]) -> Result<Vec<Claimed>, StoreError> {
        Ok(fetch_for_ids!(
            self,
            Claimed,
            ids,
            |q| {
                q.push(WHOLE).push(" IN (");
            },
            |q| {
                q.push(")");
            }
        ))
    }
}

impl Store {
    /// Takes operations of a target that are due, as many as may run there at once, with the target
    /// itself. None if it is held, or left alone for now; no operations while a restored database is looked at. Who holds what is bookkeeping: it leaves no event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_operations(
        &self,
        _proof: &impl May<change::WriteOperations>,
        claim: &Claim<'_>,
    ) -> Result<Option<(TargetRow, Vec<Claimed>)>, StoreError> {
        let mut tx = self.write().await?;
        let claimed = tx.claim(claim).await?;
        tx.unscoped_commit().await?;
        Ok(claimed)
    }
}

impl WriteTx {
    async fn claim(&mut self, claim: &Claim<'_>) -> Result<Option<(TargetRow, Vec<Claimed>)>, StoreError> {
        // Locked, so that several instances count the same.
        let target = self.locked_target(claim.target).await?;
        // What was never read since it was configured is not touched: in another system everything is absent.
        let may_be_asked = |t: &TargetRow| {
            t.reach.state == TargetState::Live && t.reconciled_at.is_some() && t.open_until.is_none_or(|until| until <= claim.now)
        };
        let Some(target) = target.filter(may_be_asked) else {
            return Ok(None);
        };
        let running = fetch_one!(
            self.tx,
            (i64,),
            "SELECT COUNT(*) FROM operations WHERE application_id = $1 AND state = 'running' AND claimed_until > $2 AND next_at > $2",
            claim.target,
            claim.now
        )
        .0;
        let at_once = target.breaker().at_once(u32::try_from(target.reach.at_once).unwrap_or(1));
        let (window, left) = target.window(claim.now);
        let room = (i64::from(at_once) - running).min(left).max(0);
        // What somebody else is settling or withdrawing is not waited for.
        let ids: Vec<OperationId> = on_both!(self.tx, conn => {
            let mut query = sqlx::QueryBuilder::new("SELECT o.id FROM operations o WHERE o.application_id = ");
            query.push_bind(claim.target).push(" AND o.next_at <= ").push_bind(claim.now);
            query.push(
                " AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human')
                  AND NOT EXISTS (SELECT 1 FROM operations p WHERE p.identity_id = o.identity_id AND p.application_id = o.application_id
                                  AND p.stage < o.stage AND p.state IN ('queued', 'running', 'acknowledged')",
            );
            if target.reach.kind != TargetKind::Ldap {
                // With the account goes all that it holds. A membership by way of another group or account that could not be
                // taken away does not keep it alive. (A directory may keep the names of those who are gone in its groups.)
                query.push(" AND NOT (o.kind = 'delete-account' AND p.kind = 'remove-entitlement' AND p.failures > 0)");
            }
            query.push(")");
            query.push(" AND ").push(not_held!());
            query.push(" AND NOT EXISTS (SELECT 1 FROM operations q WHERE q.account_id = o.account_id AND q.id <> o.id AND q.claimed_until > ");
            query.push_bind(claim.now);
            query.push(") AND NOT EXISTS (SELECT 1 FROM operations q WHERE q.grant_id = o.grant_id AND q.id <> o.id AND q.claimed_until > ");
            query.push_bind(claim.now);
            query.push(") ORDER BY CASE WHEN o.failures = 0 THEN 0 ELSE 1 END, o.next_at, o.id LIMIT ").push_bind(room);
            query.lock_rows(RowLock::AloneIfFree).build_query_scalar::<OperationId>().fetch_all(&mut **conn).await?
        });
        // Somebody may have settled one since it was read: what is taken is what is still open now.
        let taken = fetch_for_ids!(
            self.tx,
            (OperationId,),
            &ids,
            |q| {
                q.push("UPDATE operations SET state = 'running', claimed_by = ").push_bind(claim.by);
                q.push(", claimed_until = ").push_bind(claim.until).push(", next_at = ").push_bind(claim.until);
                q.push(" WHERE state IN ('queued', 'running', 'acknowledged', 'needs-human') AND next_at <= ").push_bind(claim.now);
                q.push(" AND ").push(not_held!()).push(" AND id IN (");
            },
            |q| {
                q.push(") RETURNING id");
            }
        );
        let ids: Vec<OperationId> = taken.into_iter().map(|(id,)| id).collect();
        self.use_window(claim.target, window, ids.len()).await?;
        Ok(Some((target, self.claimed(&ids).await?)))
    }

    async fn use_window(&mut self, target: ApplicationId, from: DateTime<Utc>, used: usize) -> Result<(), StoreError> {
        if used == 0 {
            return Ok(());
        }
        execute!(
            self.tx,
            "UPDATE targets SET minute_used = CASE WHEN minute_from = $2 THEN minute_used ELSE 0 END + $3, minute_from = $2 WHERE application_id = $1",
            target,
            from,
            i32::try_from(used).unwrap_or(i32::MAX)
        );
        Ok(())
    }
}
