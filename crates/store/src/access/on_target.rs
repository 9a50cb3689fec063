//! The grants of one application, for a look at what is really there.

use chrono::{DateTime, Utc};
use tenure_domain::grant::GrantState;
use tenure_domain::id::{ApplicationId, EntitlementId, GrantId, IdentityId};

use crate::engine::{StoreError, Tx};

/// A grant of an application, as far as a look at that application needs it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct GrantOnTarget {
    /// Its key.
    pub id: GrantId,
    /// Whose.
    pub identity_id: IdentityId,
    /// What.
    pub entitlement_id: EntitlementId,
    /// Where it stands. Removed ones are here too: they may be back.
    pub state: GrantState,
    /// Since when it is known.
    pub since: DateTime<Utc>,
    /// When it was last seen on the target.
    pub observed_at: Option<DateTime<Utc>>,
    /// Since when its removal is owed, or was owed last.
    pub owed_at: Option<DateTime<Utc>>,
    /// When that last changed.
    pub settled_at: Option<DateTime<Utc>>,
}

impl Tx {
    /// All grants of an application, removed ones too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grants_on_target(&mut self, application: ApplicationId) -> Result<Vec<GrantOnTarget>, StoreError> {
        Ok(fetch_all!(
            self,
            GrantOnTarget,
            "SELECT g.id, g.identity_id, g.entitlement_id, g.state, g.since, g.observed_at, MAX(o.created_at) AS owed_at, MAX(o.updated_at) AS settled_at
             FROM entitlements e JOIN grants g ON g.entitlement_id = e.id
             LEFT JOIN operations o ON o.grant_id = g.id AND o.kind = 'remove-entitlement'
             WHERE e.application_id = $1 GROUP BY g.id",
            application
        ))
    }
}
