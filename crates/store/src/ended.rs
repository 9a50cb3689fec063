//! What an ending did, read back: for the page that shows it.

use chrono::{DateTime, Utc};
use tenure_domain::id::{EndingId, IdentityId};

use crate::engine::{StoreError, Tx};
use crate::identities::IdentityName;
use crate::operations::OperationView;

/// One run of the function that ends identities, as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EndingView {
    /// Its key.
    pub id: EndingId,
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: String,
    /// By which way.
    pub channel: String,
    /// Who, for people.
    pub actor: String,
}

impl Tx {
    /// The last ending of an identity; it may have been rehired since.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_ending_of(&mut self, identity: IdentityId) -> Result<Option<EndingView>, StoreError> {
        Ok(fetch_optional!(
            self,
            EndingView,
            "SELECT e.id, e.at, e.reason, e.channel, e.actor FROM endings e JOIN ending_members m ON m.ending_id = e.id WHERE m.identity_id = $1 ORDER BY e.id DESC LIMIT 1",
            identity
        ))
    }

    /// What one identity's end owes to targets, by target.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operations_of_ending(
        &mut self,
        ending: EndingId,
        identity: IdentityId,
        limit: i64,
    ) -> Result<Vec<OperationView>, StoreError> {
        Ok(fetch_all!(
            self,
            OperationView,
            "SELECT o.id, o.kind, o.state, a.name AS application, COALESCE(e.name, c.label, t.name) AS subject, o.grant_id, o.credential_id, o.created_at, o.updated_at
             FROM operations o LEFT JOIN applications a ON a.id = o.application_id
             LEFT JOIN grants g ON g.id = o.grant_id LEFT JOIN entitlements e ON e.id = g.entitlement_id
             LEFT JOIN credentials c ON c.id = o.credential_id LEFT JOIN accounts t ON t.id = o.account_id
             WHERE o.identity_id = $1 AND o.ending_id = $2 ORDER BY a.name, o.kind DESC, o.id LIMIT $3",
            identity,
            ending,
            limit
        ))
    }

    /// The personas that ended together with their main identity.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn personas_of_ending(&mut self, ending: EndingId, main: IdentityId) -> Result<Vec<IdentityName>, StoreError> {
        Ok(fetch_all!(
            self,
            IdentityName,
            "SELECT i.id, i.kind, i.state, i.display_name, i.user_name FROM ending_members m JOIN identities i ON i.id = m.identity_id WHERE m.ending_id = $1 AND i.persona_of = $2 ORDER BY i.name_key, i.id",
            ending,
            main
        ))
    }
}
