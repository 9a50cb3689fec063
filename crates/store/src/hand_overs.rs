//! Tasks to find new owners for what ended identities owned.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::id::{HandOverId, IdentityId};

use crate::engine::{StoreError, Tx, WriteTx};

/// A task, with its names.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HandOverView {
    /// Its key.
    pub id: HandOverId,
    /// What needs an owner.
    pub identity_id: IdentityId,
    /// Its name.
    pub display_name: String,
    /// Who owned it.
    pub former_owner_id: IdentityId,
    /// Their name.
    pub former_owner: String,
    /// open or done.
    pub state: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

impl Tx {
    /// Open tasks, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_hand_overs(&mut self, limit: i64) -> Result<Vec<HandOverView>, StoreError> {
        Ok(fetch_all!(
            self,
            HandOverView,
            "SELECT h.id, h.identity_id, n.display_name, h.former_owner_id, o.display_name AS former_owner, h.state, h.created_at
             FROM hand_overs h JOIN identities n ON n.id = h.identity_id JOIN identities o ON o.id = h.former_owner_id
             WHERE h.state = 'open' ORDER BY h.id LIMIT $1",
            limit
        ))
    }

    /// A task.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hand_over(&mut self, id: HandOverId) -> Result<Option<HandOverView>, StoreError> {
        Ok(fetch_optional!(
            self,
            HandOverView,
            "SELECT h.id, h.identity_id, n.display_name, h.former_owner_id, o.display_name AS former_owner, h.state, h.created_at
             FROM hand_overs h JOIN identities n ON n.id = h.identity_id JOIN identities o ON o.id = h.former_owner_id WHERE h.id = $1",
            id
        ))
    }
}

impl WriteTx {
    /// Closes a task, once.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is closed already.
    pub async fn finish_hand_over(&mut self, _proof: &impl May<change::WriteHandOvers>, id: HandOverId, new_owner: IdentityId, at: DateTime<Utc>) -> Result<(), StoreError> {
        let n = execute!(self.tx, "UPDATE hand_overs SET state = 'done', new_owner_id = $2, done_at = $3 WHERE id = $1 AND state = 'open'", id, new_owner, at);
        if n == 1 { Ok(()) } else { Err(StoreError::Conflict("the hand-over")) }
    }
}
