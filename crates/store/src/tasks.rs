//! What is owed to targets that a person serves by hand: tasks.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{ApplicationId, IdentityId, OperationId};
use tenure_domain::operation::{OperationKind, OperationState};

use crate::engine::{StoreError, Tx, WriteTx, storable};

/// An operation that a person does by hand.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TaskRow {
    /// Its key.
    pub id: OperationId,
    /// What is to be done.
    pub kind: OperationKind,
    /// Where it stands.
    pub state: OperationState,
    /// The target.
    pub application_id: ApplicationId,
    /// The target, by name.
    pub application: String,
    /// The entitlement or credential, by name.
    pub subject: Option<String>,
    /// The account that it is about, by the name there.
    pub account: Option<String>,
    /// For whom.
    pub identity_id: Option<IdentityId>,
    /// For whom, by name.
    pub identity: Option<String>,
    /// Since when it is owed.
    pub created_at: DateTime<Utc>,
    /// Until when it is to be done.
    pub due_at: Option<DateTime<Utc>>,
    /// The last word.
    pub said: String,
    /// When it was settled.
    pub settled_at: Option<DateTime<Utc>>,
    /// Who does it; nobody where whoever was named has ended, or is the one it is about: then administrators do.
    pub doer_id: Option<IdentityId>,
    /// Who does it, by name.
    pub doer: Option<String>,
    /// The settings of its target.
    #[sqlx(json)]
    pub settings: serde_json::Value,
    /// The name of the file that was given with the word that it is done.
    pub file: Option<String>,
    /// How large that is, in bytes.
    pub file_size: Option<i64>,
}

/// A file that proves that something was done.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OperationFile {
    /// What it is called, without folders.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
    /// The SHA-256 of that.
    pub sha256: Vec<u8>,
}

impl std::fmt::Debug for OperationFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OperationFile").field("name", &self.name).field("bytes", &self.content.len()).finish_non_exhaustive()
    }
}

/// Who does what is owed by hand, or decides what is asked: whoever is named in a column (`d`), else the application's owner (`w`); not while they are
/// away, and never the one it is about, under whichever of their identities.
macro_rules! doers {
    ($named:literal) => {
        concat!(
            " LEFT JOIN identities d ON d.id = ",
            $named,
            " AND d.state = 'active' AND d.id IS DISTINCT FROM o.identity_id
            AND d.id IS DISTINCT FROM i.persona_of
            AND (d.persona_of IS NULL OR (d.persona_of IS DISTINCT FROM i.id AND d.persona_of IS DISTINCT FROM i.persona_of))
          LEFT JOIN identities w ON w.id = a.owner_id AND w.state = 'active' AND w.id IS DISTINCT FROM o.identity_id
            AND w.id IS DISTINCT FROM i.persona_of
            AND (w.persona_of IS NULL OR (w.persona_of IS DISTINCT FROM i.id AND w.persona_of IS DISTINCT FROM i.persona_of)) "
        )
    };
}
pub(crate) use doers;

const TASK: &str = concat!(
    "SELECT o.id, o.kind, o.state, o.application_id, a.name AS application, COALESCE(e.name, c.label, x.name) AS subject, x.name AS account,
        o.identity_id, i.display_name AS identity, o.created_at, o.due_at, o.said, o.settled_at,
        COALESCE(d.id, w.id) AS doer_id, COALESCE(d.display_name, w.display_name) AS doer, t.settings, f.name AS file, f.size AS file_size
     FROM operations o JOIN targets t ON t.application_id = o.application_id JOIN applications a ON a.id = o.application_id
     LEFT JOIN identities i ON i.id = o.identity_id LEFT JOIN grants g ON g.id = o.grant_id LEFT JOIN entitlements e ON e.id = g.entitlement_id
     LEFT JOIN credentials c ON c.id = o.credential_id LEFT JOIN accounts x ON x.id = o.account_id
     LEFT JOIN operation_files f ON f.operation_id = o.id",
    doers!("t.doer_id"),
    "WHERE t.kind = 'manual'"
);
const OPEN: &str = " AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human')";

impl Tx {
    /// A task.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn task(&mut self, id: OperationId) -> Result<Option<TaskRow>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(TASK);
            query.push(" AND o.id = ").push_bind(id);
            query.build_query_as::<TaskRow>().fetch_optional(&mut **conn).await?
        }))
    }

    /// The tasks that wait for somebody, what is due first first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tasks_of(&mut self, doer: IdentityId, limit: i64) -> Result<Vec<TaskRow>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(TASK);
            query.push(OPEN).push(" AND (t.doer_id = ").push_bind(doer).push(" OR a.owner_id = ").push_bind(doer);
            query.push(") AND COALESCE(d.id, w.id) = ").push_bind(doer).push(" ORDER BY COALESCE(o.due_at, o.created_at), o.id LIMIT ").push_bind(limit);
            query.build_query_as::<TaskRow>().fetch_all(&mut **conn).await?
        }))
    }

    /// How many tasks should have been done by now, whoever does them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn overdue_tasks(&mut self, now: DateTime<Utc>) -> Result<i64, StoreError> {
        Ok(fetch_one!(
            self,
            (i64,),
            "SELECT COUNT(*) FROM operations WHERE due_at IS NOT NULL AND due_at < $1 AND state IN ('queued', 'running', 'acknowledged', 'needs-human')",
            now
        )
        .0)
    }

    /// The file that was given with the word that an operation is done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operation_file(&mut self, id: OperationId) -> Result<Option<OperationFile>, StoreError> {
        Ok(fetch_optional!(self, OperationFile, "SELECT name, content, sha256 FROM operation_files WHERE operation_id = $1", id))
    }
}

impl WriteTx {
    /// Keeps a file that proves that an operation is done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_operation_file(
        &mut self,
        _proof: &impl May<change::WriteOperations>,
        id: OperationId,
        file: &OperationFile,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO operation_files (operation_id, name, content, size, sha256, at) VALUES ($1, $2, $3, $4, $5, $6)",
            id,
            storable(&file.name),
            file.content.as_slice(),
            i64::try_from(file.content.len()).unwrap_or(i64::MAX),
            file.sha256.as_slice(),
            at
        );
        Ok(())
    }
}
