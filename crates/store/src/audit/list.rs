//! Reading the audit log, newest first.

use chrono::{DateTime, Utc};
use tenure_domain::audit::{Outcome, Stream};
use tenure_domain::id::{EventId, Id, IdentityId};

use crate::engine::{StoreError, Tx};
use crate::page::{Cursor, Page, PageRequest};

/// An event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AuditRow {
    /// Its key.
    pub id: EventId,
    /// When.
    pub at: DateTime<Utc>,
    /// Which stream.
    pub stream: Stream,
    /// What was done.
    pub action: String,
    /// Who did it, for people.
    pub actor_label: String,
    /// What it was done to.
    pub target_kind: String,
    /// Its key.
    pub target_id: String,
    /// The identity it concerns.
    pub identity_id: Option<IdentityId>,
    /// What belongs together.
    pub request_id: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The whole event, as it is sealed.
    pub body: String,
    /// Its number in the tree; None until it is sealed.
    pub leaf: Option<i64>,
}

/// Which events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only this stream.
    pub stream: Option<Stream>,
    /// Only actions that begin with this.
    pub action: String,
    /// Only what somebody did.
    pub actor_id: Option<IdentityId>,
    /// Only what concerns somebody.
    pub identity_id: Option<IdentityId>,
    /// Only what belongs to one request.
    pub request_id: String,
    /// Only what was done to one thing.
    pub target_id: String,
    /// Only what was refused, or done.
    pub outcome: Option<Outcome>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub to: Option<DateTime<Utc>>,
    /// Only keys from this one on. Where keys run with time it spares reading the whole log for a
    /// few days of it.
    pub from_key: Option<EventId>,
    /// Only keys before this one.
    pub to_key: Option<EventId>,
}

const COLUMNS: &str = "SELECT e.id, e.at, e.stream, e.action, e.actor_label, e.target_kind, e.target_id, e.identity_id, e.request_id, e.outcome, e.body, e.leaf FROM audit_events e WHERE 1 = 1";

impl Tx {
    /// A page of events, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_audit(&mut self, filter: &AuditFilter, request: &PageRequest) -> Result<Page<AuditRow>, StoreError> {
        let backwards = request.after.is_none() && request.before.is_some();
        let rows = on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(COLUMNS);
            if let Some(stream) = filter.stream {
                query.push(" AND e.stream = ").push_bind(stream);
            }
            if !filter.action.is_empty() {
                // A range, not LIKE: it uses the index on both engines.
                query.push(" AND e.action >= ").push_bind(filter.action.clone()).push(" AND e.action < ").push_bind(format!("{}\u{10ffff}", filter.action));
            }
            if let Some(actor) = filter.actor_id {
                query.push(" AND e.actor_id = ").push_bind(actor);
            }
            if let Some(identity) = filter.identity_id {
                query.push(" AND e.identity_id = ").push_bind(identity);
            }
            if !filter.request_id.is_empty() {
                query.push(" AND e.request_id = ").push_bind(filter.request_id.clone());
            }
            if !filter.target_id.is_empty() {
                query.push(" AND e.target_id = ").push_bind(filter.target_id.clone());
            }
            if let Some(outcome) = filter.outcome {
                query.push(" AND e.outcome = ").push_bind(outcome);
            }
            if let Some(from) = filter.from {
                query.push(" AND e.at >= ").push_bind(from);
            }
            if let Some(to) = filter.to {
                query.push(" AND e.at < ").push_bind(to);
            }
            if let Some(key) = filter.from_key {
                query.push(" AND e.id >= ").push_bind(key);
            }
            if let Some(key) = filter.to_key {
                query.push(" AND e.id < ").push_bind(key);
            }
            if let Some(from) = request.after.as_ref().or(request.before.as_ref()) {
                query.push(if backwards { " AND e.id > " } else { " AND e.id < " }).push_bind(from.id);
            }
            query.push(if backwards { " ORDER BY e.id ASC LIMIT " } else { " ORDER BY e.id DESC LIMIT " });
            query.push_bind(i64::try_from(request.limit() + 1).unwrap_or(i64::MAX));
            query.build_query_as::<AuditRow>().fetch_all(&mut **conn).await?
        });
        Ok(Page::cut(rows, request, |row| Cursor { keys: Vec::new(), id: row.id.uuid() }))
    }

    /// One event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_event(&mut self, id: EventId) -> Result<Option<AuditRow>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(COLUMNS);
            query.push(" AND e.id = ").push_bind(id);
            query.build_query_as::<AuditRow>().fetch_optional(&mut **conn).await?
        }))
    }
}
