//! Tasks to find new owners for what ended identities owned.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{EndingId, HandOverId, Id, IdentityId};
use tenure_domain::identity::IdentityKind;

use crate::engine::{StoreError, Tx, WriteTx};
use crate::page::{Cursor, Page, PageRequest};

/// A task, with its names.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HandOverView {
    /// Its key.
    pub id: HandOverId,
    /// What needs an owner.
    pub identity_id: IdentityId,
    /// Its name.
    pub display_name: String,
    /// Its kind.
    pub kind: IdentityKind,
    /// What it is for.
    pub purpose: String,
    /// Who owned it.
    pub former_owner_id: IdentityId,
    /// Their name.
    pub former_owner: String,
    /// open or done.
    pub state: String,
    /// Who answers for it now, when it is done.
    pub new_owner: Option<String>,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// A task with its names, before any condition. What has ended itself needs no owner any more.
const VIEW: &str = "SELECT h.id, h.identity_id, n.display_name, n.kind, n.purpose, h.former_owner_id, o.display_name AS former_owner, h.state, w.display_name AS new_owner, h.created_at
    FROM hand_overs h JOIN identities n ON n.id = h.identity_id JOIN identities o ON o.id = h.former_owner_id LEFT JOIN identities w ON w.id = h.new_owner_id";
const OPEN: &str = " WHERE h.state = 'open' AND n.state NOT IN ('terminated', 'archived')";

impl Tx {
    /// The oldest open tasks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_hand_overs(&mut self, limit: i64) -> Result<Vec<HandOverView>, StoreError> {
        let request = PageRequest { limit: usize::try_from(limit).unwrap_or_default(), ..PageRequest::default() };
        Ok(self.list_hand_overs(&request).await?.rows)
    }

    /// A page of the open tasks, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_hand_overs(&mut self, request: &PageRequest) -> Result<Page<HandOverView>, StoreError> {
        let backwards = request.after.is_none() && request.before.is_some();
        let rows = on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(VIEW);
            query.push(OPEN);
            if let Some(from) = request.after.as_ref().or(request.before.as_ref()) {
                query.push(if backwards { " AND h.id < " } else { " AND h.id > " }).push_bind(from.id);
            }
            query.push(if backwards { " ORDER BY h.id DESC LIMIT " } else { " ORDER BY h.id ASC LIMIT " });
            query.push_bind(i64::try_from(request.limit() + 1).unwrap_or(i64::MAX));
            query.build_query_as::<HandOverView>().fetch_all(&mut **conn).await?
        });
        Ok(Page::cut(rows, request, |row| Cursor { keys: Vec::new(), id: row.id.uuid() }))
    }

    /// The tasks that one person's end left behind, open and done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hand_overs_of_ending(&mut self, ending: EndingId, former_owner: IdentityId) -> Result<Vec<HandOverView>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(VIEW);
            query.push(" WHERE h.ending_id = ").push_bind(ending).push(" AND h.former_owner_id = ").push_bind(former_owner).push(" ORDER BY h.id");
            query.build_query_as::<HandOverView>().fetch_all(&mut **conn).await?
        }))
    }

    /// A task.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hand_over(&mut self, id: HandOverId) -> Result<Option<HandOverView>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(VIEW);
            query.push(" WHERE h.id = ").push_bind(id);
            query.build_query_as::<HandOverView>().fetch_optional(&mut **conn).await?
        }))
    }
}

impl WriteTx {
    /// Closes a task, once.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is closed already.
    pub async fn finish_hand_over(
        &mut self,
        _proof: &impl May<change::WriteHandOvers>,
        id: HandOverId,
        new_owner: IdentityId,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let n = execute!(
            self.tx,
            "UPDATE hand_overs SET state = 'done', new_owner_id = $2, done_at = $3 WHERE id = $1 AND state = 'open'",
            id,
            new_owner,
            at
        );
        if n == 1 { Ok(()) } else { Err(StoreError::Conflict("the hand-over")) }
    }

    /// Closes the open tasks about an identity that got its owner by another way.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_hand_overs_of(
        &mut self,
        _proof: &impl May<change::WriteHandOvers>,
        identity: IdentityId,
        new_owner: IdentityId,
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        Ok(execute!(
            self.tx,
            "UPDATE hand_overs SET state = 'done', new_owner_id = $2, done_at = $3 WHERE identity_id = $1 AND state = 'open'",
            identity,
            new_owner,
            at
        ))
    }
}
