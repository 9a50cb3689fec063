//! Operations: what is owed to targets.

mod progress;
mod settling;

pub use progress::{OwedThere, SettledThere};

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{AccountId, ApplicationId, CredentialId, EndingId, GrantId, Id, IdentityId, OperationId};
use tenure_domain::identity::IdentityKind;
use tenure_domain::operation::{OperationKind, OperationState};

use crate::engine::{StoreError, Tx, WriteTx};
use crate::page::{Cursor, Page, PageRequest};
use crate::tasks::doers;

pub(crate) use settling::{NO_LONGER_WANTED, SettleOperations};

/// An operation as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OperationRow {
    /// Its key.
    pub id: OperationId,
    /// What is to be done.
    pub kind: OperationKind,
    /// Where it stands.
    pub state: OperationState,
    /// On which target.
    pub application_id: Option<ApplicationId>,
    /// For whom.
    pub identity_id: Option<IdentityId>,
    /// The account that it is about.
    pub account_id: Option<AccountId>,
    /// The grant to be removed.
    pub grant_id: Option<GrantId>,
    /// The credential to be revoked.
    pub credential_id: Option<CredentialId>,
    /// The ending that it follows from.
    pub ending_id: Option<EndingId>,
    /// Since when it is owed.
    pub created_at: DateTime<Utc>,
}

impl OperationRow {
    /// One that is owed from now on, about nothing in particular yet.
    pub fn owed(
        id: OperationId,
        kind: OperationKind,
        application_id: Option<ApplicationId>,
        identity_id: Option<IdentityId>,
        created_at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            kind,
            state: OperationState::Queued,
            application_id,
            identity_id,
            account_id: None,
            grant_id: None,
            credential_id: None,
            ending_id: None,
            created_at,
        }
    }

    /// One that is owed to somebody on a target from now on.
    pub(crate) fn owed_on(
        target: ApplicationId,
        kind: OperationKind,
        identity: IdentityId,
        at: DateTime<Utc>,
        new_id: &(dyn Fn() -> uuid::Uuid + Sync),
    ) -> Self {
        Self::owed(OperationId::from_uuid(new_id()), kind, Some(target), Some(identity), at)
    }

    /// The same, about an account.
    pub(crate) fn about(self, account: AccountId) -> Self {
        Self { account_id: Some(account), ..self }
    }
}

/// An operation with its names.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OperationView {
    /// Its key.
    pub id: OperationId,
    /// What is to be done.
    pub kind: OperationKind,
    /// Where it stands.
    pub state: OperationState,
    /// On which target, by name.
    pub application: Option<String>,
    /// The entitlement or credential, by name.
    pub subject: Option<String>,
    /// The grant to be removed.
    pub grant_id: Option<GrantId>,
    /// The credential to be revoked.
    pub credential_id: Option<CredentialId>,
    /// Since when it is owed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// An operation that is open, with whom it is for.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OwedView {
    /// Its key.
    pub id: OperationId,
    /// What is to be done.
    pub kind: OperationKind,
    /// Where it stands.
    pub state: OperationState,
    /// On which target, by name.
    pub application: Option<String>,
    /// The entitlement or credential, by name.
    pub subject: Option<String>,
    /// The credential to be revoked.
    pub credential_id: Option<CredentialId>,
    /// For whom.
    pub identity_id: Option<IdentityId>,
    /// For whom, by name.
    pub identity: Option<String>,
    /// What kind of identity that is.
    pub identity_kind: Option<IdentityKind>,
    /// Since when it is owed.
    pub created_at: DateTime<Utc>,
    /// Until when a person is to have done it by hand; none where Tenure does it, or nobody said who.
    pub due_at: Option<DateTime<Utc>>,
    /// Who does it by hand, by name; nobody in particular is the administrators.
    pub doer: Option<String>,
}

/// An operation with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OperationDetail {
    /// As lists show it.
    #[sqlx(flatten)]
    pub owed: OwedView,
    /// The target.
    pub application_id: Option<ApplicationId>,
    /// The account that it is about, by the name there.
    pub account: Option<String>,
    /// Failed attempts in a row.
    pub failures: i32,
    /// When it is its turn again, while it is open.
    pub next_at: DateTime<Utc>,
    /// The last word: what stands in the way, or the evidence.
    pub said: String,
    /// When it was settled.
    pub settled_at: Option<DateTime<Utc>>,
}

/// One step of an operation.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OperationStep {
    /// When.
    pub at: DateTime<Utc>,
    /// Where it stood then.
    pub state: OperationState,
    /// What was said.
    pub said: String,
    /// The person whose word it is; empty for a machine's.
    pub actor: String,
}

impl Tx {
    /// An operation with all that is known of it, and its last hundred steps, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operation_detail(&mut self, id: OperationId) -> Result<Option<(OperationDetail, Vec<OperationStep>)>, StoreError> {
        let detail = fetch_optional!(
            self,
            OperationDetail,
            concat!(
                "SELECT o.id, o.kind, o.state, a.name AS application, COALESCE(e.name, c.label, t.name) AS subject, o.credential_id, o.identity_id, i.display_name AS identity, i.kind AS identity_kind, o.created_at,
                    o.application_id, t.name AS account, o.failures, o.next_at, o.said, o.settled_at, o.due_at, COALESCE(d.display_name, w.display_name) AS doer
             FROM operations o LEFT JOIN applications a ON a.id = o.application_id LEFT JOIN identities i ON i.id = o.identity_id
             LEFT JOIN grants g ON g.id = o.grant_id LEFT JOIN entitlements e ON e.id = g.entitlement_id LEFT JOIN targets m ON m.application_id = o.application_id
             LEFT JOIN credentials c ON c.id = o.credential_id LEFT JOIN accounts t ON t.id = o.account_id",
                doers!("m.doer_id"),
                "WHERE o.id = $1"
            ),
            id
        );
        let Some(detail) = detail else { return Ok(None) };
        let steps = fetch_all!(
            self,
            OperationStep,
            "SELECT at, state, said, actor FROM operation_steps WHERE operation_id = $1 ORDER BY id DESC LIMIT 100",
            id
        );
        Ok(Some((detail, steps)))
    }

    /// A page of the operations that are open, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_owed(&mut self, kind: Option<OperationKind>, request: &PageRequest) -> Result<Page<OwedView>, StoreError> {
        let backwards = request.after.is_none() && request.before.is_some();
        let rows = on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(concat!(
                "SELECT o.id, o.kind, o.state, a.name AS application, COALESCE(e.name, c.label, t.name) AS subject, o.credential_id, o.identity_id, i.display_name AS identity, i.kind AS identity_kind, o.created_at,
                        o.due_at, COALESCE(d.display_name, w.display_name) AS doer
                 FROM operations o LEFT JOIN applications a ON a.id = o.application_id LEFT JOIN identities i ON i.id = o.identity_id
                 LEFT JOIN grants g ON g.id = o.grant_id LEFT JOIN entitlements e ON e.id = g.entitlement_id LEFT JOIN targets m ON m.application_id = o.application_id
                 LEFT JOIN credentials c ON c.id = o.credential_id LEFT JOIN accounts t ON t.id = o.account_id",
                doers!("m.doer_id"),
                "WHERE o.state IN ('queued', 'running', 'acknowledged', 'needs-human')"
            ));
            if let Some(kind) = kind {
                query.push(" AND o.kind = ").push_bind(kind);
            }
            if let Some(from) = request.after.as_ref().or(request.before.as_ref()) {
                query.push(if backwards { " AND o.id < " } else { " AND o.id > " }).push_bind(from.id);
            }
            query.push(if backwards { " ORDER BY o.id DESC LIMIT " } else { " ORDER BY o.id LIMIT " });
            query.push_bind(i64::try_from(request.limit() + 1).unwrap_or(i64::MAX));
            query.build_query_as::<OwedView>().fetch_all(&mut **conn).await?
        });
        Ok(Page::cut(rows, request, |row| Cursor { keys: Vec::new(), id: row.id.uuid() }))
    }

    /// The operations of an identity, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operations_of(&mut self, identity: IdentityId, limit: i64) -> Result<Vec<OperationView>, StoreError> {
        Ok(fetch_all!(
            self,
            OperationView,
            "SELECT o.id, o.kind, o.state, a.name AS application, COALESCE(e.name, c.label, t.name) AS subject, o.grant_id, o.credential_id, o.created_at, o.updated_at
             FROM operations o LEFT JOIN applications a ON a.id = o.application_id
             LEFT JOIN grants g ON g.id = o.grant_id LEFT JOIN entitlements e ON e.id = g.entitlement_id
             LEFT JOIN credentials c ON c.id = o.credential_id LEFT JOIN accounts t ON t.id = o.account_id
             WHERE o.identity_id = $1 ORDER BY o.id DESC LIMIT $2",
            identity,
            limit
        ))
    }

    /// How many operations are open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_operations(&mut self) -> Result<i64, StoreError> {
        Ok(fetch_one!(self, (i64,), "SELECT COUNT(*) FROM operations WHERE state IN ('queued', 'running', 'acknowledged', 'needs-human')")
            .0)
    }
}

/// The evidence of a look at what is really there.
const GONE: &str = "not there any more when the target was read";

impl WriteTx {
    /// Owes operations.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_operations(&mut self, _proof: &impl May<change::WriteAccess>, rows: &[OperationRow]) -> Result<(), StoreError> {
        self.owe(rows).await
    }

    pub(crate) async fn owe(&mut self, rows: &[OperationRow]) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        // Where a person does it by hand, it is to be done within a time of that target's own.
        let hours: HashMap<ApplicationId, i32> =
            fetch_all!(self.tx, (ApplicationId, i32), "SELECT application_id, due_hours FROM targets WHERE due_hours IS NOT NULL")
                .into_iter()
                .collect();
        let due = |o: &OperationRow| {
            o.application_id.and_then(|id| hours.get(&id)).map(|hours| o.created_at + TimeDelta::hours(i64::from(*hours)))
        };
        insert_rows!(self.tx, columns: 14, "INSERT INTO operations (id, kind, state, stage, application_id, identity_id, account_id, grant_id, credential_id, ending_id, next_at, created_at, updated_at, due_at) ", rows,
            |b, o| {
                b.push_bind(o.id).push_bind(o.kind).push_bind(o.state).push_bind(o.kind.stage()).push_bind(o.application_id).push_bind(o.identity_id).push_bind(o.account_id)
                    .push_bind(o.grant_id).push_bind(o.credential_id).push_bind(o.ending_id).push_bind(o.created_at).push_bind(o.created_at).push_bind(o.created_at).push_bind(due(o));
            }, "");
        Ok(())
    }

    /// Settles the open operations of grants: verified by read-back, or no longer wanted. Whoever works on one
    /// holds it until that is over: who wants the opposite waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_grant_operations(
        &mut self,
        _proof: &impl May<change::WriteAccess>,
        grants: &[GrantId],
        state: OperationState,
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let said = if state == OperationState::Verified { GONE } else { NO_LONGER_WANTED };
        Ok(execute_for_ids!(
            self.tx,
            grants,
            |q| {
                q.settle_operations(state, said, at)
                    .push(" WHERE state IN ('queued', 'running', 'acknowledged', 'needs-human') AND grant_id IN (");
            },
            ")"
        ))
    }
}

impl WriteTx {
    /// Settles the open revocations of credentials that were read back as dead.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verify_revocations(
        &mut self,
        _proof: &impl May<change::WriteCredentials>,
        credentials: &[CredentialId],
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        Ok(execute_for_ids!(
            self.tx,
            credentials,
            |q| {
                q.settle_operations(OperationState::Verified, GONE, at)
                    .push(", claimed_by = NULL WHERE state IN ('queued', 'running', 'acknowledged', 'needs-human') AND credential_id IN (");
            },
            ")"
        ))
    }

    /// Owes the revocation of a recorded credential to its target, or of a key to each of the targets whose hosts are
    /// given it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owe_revocation(
        &mut self,
        _proof: &impl May<change::WriteCredentials>,
        targets: &[Option<ApplicationId>],
        new_id: &(dyn Fn() -> OperationId + Sync),
        credential: &tenure_domain::credential::Credential,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        // What was found on an account is revoked on that one.
        let account = self.account_of_credential(credential.id).await?.map(|(id, _)| id);
        let owed = |target: &Option<ApplicationId>| OperationRow {
            credential_id: Some(credential.id),
            account_id: account,
            ..OperationRow::owed(new_id(), OperationKind::RevokeCredential, *target, credential.identity_id, at)
        };
        self.owe(&targets.iter().map(owed).collect::<Vec<_>>()).await
    }
}
