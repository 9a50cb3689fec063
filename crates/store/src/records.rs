//! Offboarding records: what was frozen when an identity ended, and what became of each item since.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::credential::CredentialKind;
use tenure_domain::id::{CredentialId, EndingId, HandOverId, IdentityId, OperationId, RecordId};
use tenure_domain::operation::{OperationKind, OperationState};
use tenure_domain::target::TargetState;

use crate::engine::{StoreError, Tx, WriteTx};
use crate::page::{Cursor, Page, PageRequest};

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RecordRow {
    /// Its key.
    pub id: RecordId,
    /// The ending that it is of.
    pub ending_id: EndingId,
    /// Whose end it records.
    pub identity_id: IdentityId,
    /// What was frozen, as JSON.
    pub frozen: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A record in a list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RecordSummary {
    /// Its key.
    pub id: RecordId,
    /// Who ended.
    pub identity_id: IdentityId,
    /// Who, by name.
    pub identity: String,
    /// Why.
    pub reason: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Operations and hand-overs that are open.
    pub open: i64,
    /// Of these, operations that need a human.
    pub needs_human: i64,
}

/// Something that is owed since an ending.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OwedItem {
    /// Whose end it follows from.
    pub identity_id: IdentityId,
    /// The operation.
    pub id: OperationId,
    /// What it does.
    pub kind: OperationKind,
    /// The target, by name.
    pub application: Option<String>,
    /// What it is about, by name.
    pub subject: Option<String>,
    /// What kind of credential, if it is one.
    pub credential_kind: Option<CredentialKind>,
    /// Whether Tenure reaches the target.
    pub is_reached: bool,
}

/// A credential of Tenure's own that died in the transaction.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DeadCredential {
    /// Whose it was.
    pub identity_id: IdentityId,
    /// The credential.
    pub id: CredentialId,
    /// What kind.
    pub kind: CredentialKind,
    /// By name.
    pub label: String,
}

/// Something owned that needs a new owner.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OwnedItem {
    /// Who owned it.
    pub identity_id: IdentityId,
    /// The task.
    pub id: HandOverId,
    /// What was owned, by name.
    pub owned: String,
    /// When it was handed over.
    pub done_at: Option<DateTime<Utc>>,
    /// To whom, by name; nobody if it ended itself.
    pub new_owner: Option<String>,
}

/// What became of an operation, step by step.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RecordStep {
    /// Which one.
    pub operation_id: OperationId,
    /// When.
    pub at: DateTime<Utc>,
    /// Where it stood then.
    pub state: OperationState,
    /// Evidence, or what stood in the way.
    pub said: String,
    /// The person whose word it is; empty for a machine's.
    pub actor: String,
    /// The name of the file that they gave with it.
    pub file: Option<String>,
    /// The SHA-256 of its content.
    pub sha256: Option<Vec<u8>>,
}

/// Something of a record that is open, with what may stand in its way.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WaitingItem {
    /// The operation.
    pub operation_id: OperationId,
    /// The target, by name.
    pub application: Option<String>,
    /// The last word of its own attempts; empty before the first.
    pub said: String,
    /// When it is its turn.
    pub next_at: DateTime<Utc>,
    /// Whether the target is held; none where Tenure does not reach it.
    pub target_state: Option<TargetState>,
    /// Failures of the target in a row, whatever the operation.
    pub target_failures: i32,
    /// The last word of the target.
    pub target_said: String,
    /// Nobody asks the target before this moment.
    pub open_until: Option<DateTime<Utc>>,
    /// When the target was last read; before that nothing goes out.
    pub reconciled_at: Option<DateTime<Utc>>,
    /// Whether a person does it there.
    pub is_by_hand: bool,
    /// Whether something has to be done there before it.
    pub has_predecessor: bool,
}

/// How many operations or hand-overs of a record stand alike, and how the targets stand on which something is open.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RecordCount {
    /// How they stand: the state of an operation, `hand-over ` and the state of a hand-over, or `target `, its state and kind.
    pub state: String,
    /// Whether that is open.
    pub is_open: bool,
    /// How many; of targets, how often they failed in a row.
    pub n: i64,
    /// When the last of them changed.
    pub newest: DateTime<Utc>,
}

impl Tx {
    /// How everything stands that an ending left open for one identity, by state. Read from two indexes, since
    /// it is asked for twice a second while somebody watches.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_counts(&mut self, ending: EndingId, identity: IdentityId) -> Result<Vec<RecordCount>, StoreError> {
        Ok(fetch_all!(
            self,
            RecordCount,
            "SELECT o.state, (o.state IN ('queued', 'running', 'acknowledged', 'needs-human')) AS is_open, COUNT(*) AS n, MAX(o.updated_at) AS newest
             FROM operations o WHERE o.ending_id = $1 AND o.identity_id = $2 GROUP BY o.state
             UNION ALL
             SELECT 'hand-over ' || h.state, (h.state = 'open'), COUNT(*), MAX(COALESCE(h.done_at, h.created_at))
             FROM hand_overs h WHERE h.ending_id = $1 AND h.former_owner_id = $2 GROUP BY h.state
             UNION ALL
             SELECT 'target ' || t.state || ' ' || t.kind, (t.state = ''), SUM(t.failures), MAX(COALESCE(t.open_until, t.reconciled_at, t.updated_at))
             FROM targets t WHERE t.application_id IN (SELECT o.application_id FROM operations o WHERE o.ending_id = $1 AND o.identity_id = $2
                AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human')) GROUP BY t.state, t.kind
             ORDER BY 1",
            ending,
            identity
        ))
    }

    /// What of one identity is open since an ending, with what may stand in its way.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_waiting(&mut self, ending: EndingId, identity: IdentityId) -> Result<Vec<WaitingItem>, StoreError> {
        Ok(fetch_all!(
            self,
            WaitingItem,
            "SELECT o.id AS operation_id, a.name AS application, o.said, o.next_at, t.state AS target_state, COALESCE(t.failures, 0) AS target_failures,
                    COALESCE(t.said, '') AS target_said, t.open_until, t.reconciled_at, (COALESCE(t.kind, '') = 'manual') AS is_by_hand,
                    EXISTS (SELECT 1 FROM operations p WHERE p.identity_id = o.identity_id AND p.application_id = o.application_id
                            AND p.stage < o.stage AND p.state IN ('queued', 'running', 'acknowledged')) AS has_predecessor
             FROM operations o LEFT JOIN applications a ON a.id = o.application_id LEFT JOIN targets t ON t.application_id = o.application_id
             WHERE o.ending_id = $1 AND o.identity_id = $2 AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human')",
            ending,
            identity
        ))
    }

    /// What is owed since an ending, in the order of its turns.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owed_since(&mut self, ending: EndingId) -> Result<Vec<OwedItem>, StoreError> {
        Ok(fetch_all!(
            self,
            OwedItem,
            "SELECT o.identity_id, o.id, o.kind, a.name AS application, COALESCE(e.name, c.label, t.name) AS subject, c.kind AS credential_kind,
                    (r.application_id IS NOT NULL AND r.kind <> 'manual') AS is_reached
             FROM operations o LEFT JOIN applications a ON a.id = o.application_id LEFT JOIN targets r ON r.application_id = o.application_id
             LEFT JOIN grants g ON g.id = o.grant_id LEFT JOIN entitlements e ON e.id = g.entitlement_id
             LEFT JOIN credentials c ON c.id = o.credential_id LEFT JOIN accounts t ON t.id = o.account_id
             WHERE o.ending_id = $1 AND o.identity_id IS NOT NULL ORDER BY o.id",
            ending
        ))
    }

    /// The credentials of Tenure's own that died in an ending.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dead_since(&mut self, ending: EndingId, at: DateTime<Utc>) -> Result<Vec<DeadCredential>, StoreError> {
        Ok(fetch_all!(
            self,
            DeadCredential,
            "SELECT c.identity_id, c.id, c.kind, c.label FROM credentials c JOIN ending_members m ON m.identity_id = c.identity_id
             WHERE m.ending_id = $1 AND c.state = 'revoked' AND c.ended_at = $2
               AND (c.origin = 'issued' OR EXISTS (SELECT 1 FROM ssh_keys k WHERE k.credential_id = c.id)) ORDER BY c.id",
            ending,
            at
        ))
    }

    /// What needs a new owner since an ending.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owned_since(&mut self, ending: EndingId) -> Result<Vec<OwnedItem>, StoreError> {
        Ok(fetch_all!(
            self,
            OwnedItem,
            "SELECT h.former_owner_id AS identity_id, h.id, i.display_name AS owned, h.done_at, n.display_name AS new_owner
             FROM hand_overs h JOIN identities i ON i.id = h.identity_id LEFT JOIN identities n ON n.id = h.new_owner_id
             WHERE h.ending_id = $1 ORDER BY h.id",
            ending
        ))
    }

    /// What of one identity needs a new owner since an ending.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owned_by_since(&mut self, ending: EndingId, identity: IdentityId) -> Result<Vec<OwnedItem>, StoreError> {
        Ok(fetch_all!(
            self,
            OwnedItem,
            "SELECT h.former_owner_id AS identity_id, h.id, i.display_name AS owned, h.done_at, n.display_name AS new_owner
             FROM hand_overs h JOIN identities i ON i.id = h.identity_id LEFT JOIN identities n ON n.id = h.new_owner_id
             WHERE h.ending_id = $1 AND h.former_owner_id = $2 ORDER BY h.id",
            ending,
            identity
        ))
    }

    /// A record.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record(&mut self, id: RecordId) -> Result<Option<RecordRow>, StoreError> {
        Ok(fetch_optional!(self, RecordRow, "SELECT * FROM records WHERE id = $1", id))
    }

    /// The newest record of an identity.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_of(&mut self, identity: IdentityId) -> Result<Option<RecordId>, StoreError> {
        Ok(fetch_optional!(self, (RecordId,), "SELECT id FROM records WHERE identity_id = $1 ORDER BY id DESC LIMIT 1", identity)
            .map(|(id,)| id))
    }

    /// What became of what was owed to one identity's targets since an ending, in the order in which it happened.
    /// What was settled without a step of its own, by a look at the target as a whole, has its end as a step.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_steps(&mut self, ending: EndingId, identity: IdentityId) -> Result<Vec<RecordStep>, StoreError> {
        Ok(fetch_all!(
            self,
            RecordStep,
            "SELECT s.operation_id, s.at, s.state, s.said, s.actor, s.id AS turn, f.name AS file, f.sha256 FROM operation_steps s JOIN operations o ON o.id = s.operation_id
             LEFT JOIN operation_files f ON f.operation_id = s.operation_id AND s.state = 'attested'
             WHERE o.identity_id = $1 AND o.ending_id = $2
             UNION ALL
             SELECT o.id, o.settled_at, o.state, o.said, '', o.id, NULL, NULL FROM operations o
             WHERE o.identity_id = $1 AND o.ending_id = $2 AND o.settled_at IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM operation_steps s WHERE s.operation_id = o.id AND s.state = o.state)
             ORDER BY 2, 6",
            identity,
            ending
        ))
    }

    /// A page of records, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_records(&mut self, request: &PageRequest) -> Result<Page<RecordSummary>, StoreError> {
        let backwards = request.after.is_none() && request.before.is_some();
        let rows = on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(
                "SELECT r.id, r.identity_id, i.display_name AS identity, n.reason, r.created_at,
                        (SELECT COUNT(*) FROM operations o WHERE o.identity_id = r.identity_id AND o.ending_id = r.ending_id AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human'))
                      + (SELECT COUNT(*) FROM hand_overs h WHERE h.former_owner_id = r.identity_id AND h.ending_id = r.ending_id AND h.state = 'open') AS open,
                        (SELECT COUNT(*) FROM operations o WHERE o.identity_id = r.identity_id AND o.ending_id = r.ending_id AND o.state = 'needs-human') AS needs_human
                 FROM records r JOIN identities i ON i.id = r.identity_id JOIN endings n ON n.id = r.ending_id WHERE 1 = 1",
            );
            if let Some(from) = request.after.as_ref().or(request.before.as_ref()) {
                query.push(if backwards { " AND r.id > " } else { " AND r.id < " }).push_bind(from.id);
            }
            query.push(if backwards { " ORDER BY r.id LIMIT " } else { " ORDER BY r.id DESC LIMIT " });
            query.push_bind(i64::try_from(request.limit() + 1).unwrap_or(i64::MAX));
            query.build_query_as::<RecordSummary>().fetch_all(&mut **conn).await?
        });
        Ok(Page::cut(rows, request, |row| Cursor { keys: Vec::new(), id: tenure_domain::id::Id::uuid(row.id) }))
    }
}

impl WriteTx {
    /// Keeps what was frozen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_records(&mut self, _proof: &impl May<change::EndIdentities>, rows: &[RecordRow]) -> Result<(), StoreError> {
        insert_rows!(self.tx, columns: 5, "INSERT INTO records (id, ending_id, identity_id, frozen, created_at) ", rows,
            |b, r| { b.push_bind(r.id).push_bind(r.ending_id).push_bind(r.identity_id).push_bind(r.frozen.as_str()).push_bind(r.created_at); }, "");
        Ok(())
    }
}
