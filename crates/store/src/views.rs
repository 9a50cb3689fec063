//! Saved views of lists.

use tenure_domain::access::{May, change};
use tenure_domain::id::{IdentityId, ViewId};

use crate::engine::{StoreError, Tx, WriteTx};

/// A list's address that somebody keeps under a name.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SavedView {
    /// Its key.
    pub id: ViewId,
    /// Whose.
    pub identity_id: IdentityId,
    /// Which list: `identities`, `credentials`, `audit`.
    pub page: String,
    /// What they call it.
    pub name: String,
    /// The query of the address.
    pub query: String,
}

impl Tx {
    /// The views that somebody keeps of a list, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn saved_views(&mut self, identity: IdentityId, page: &str) -> Result<Vec<SavedView>, StoreError> {
        Ok(fetch_all!(
            self,
            SavedView,
            "SELECT * FROM saved_views WHERE identity_id = $1 AND page = $2 ORDER BY name LIMIT 50",
            identity,
            page
        ))
    }
}

impl WriteTx {
    /// Keeps a view, in place of one of the same name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_view(&mut self, _proof: &impl May<change::WriteViews>, view: &SavedView) -> Result<ViewId, StoreError> {
        let (id,) = fetch_one!(
            self.tx,
            (ViewId,),
            "INSERT INTO saved_views (id, identity_id, page, name, query) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (identity_id, page, name) DO UPDATE SET query = excluded.query RETURNING id",
            view.id,
            view.identity_id,
            view.page.as_str(),
            view.name.as_str(),
            view.query.as_str()
        );
        Ok(id)
    }

    /// Lets a view go; somebody else's is not touched.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_view(&mut self, _proof: &impl May<change::WriteViews>, id: ViewId, owner: IdentityId) -> Result<bool, StoreError> {
        Ok(execute!(self.tx, "DELETE FROM saved_views WHERE id = $1 AND identity_id = $2", id, owner) == 1)
    }
}
