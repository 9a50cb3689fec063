//! The grants of one application, for a look at what is really there.

use chrono::{DateTime, Utc};
use tenure_domain::grant::GrantState;
use tenure_domain::id::{ApplicationId, EntitlementId, GrantId, IdentityId};

use crate::engine::{StoreError, Tx, Within as _};

/// Of so many identities at a time.
const PIECE: usize = 1000;

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

/// What is as it was is not written again at each reading of a whole target (`Look::is_reading`): whatever was not found
/// missing by the last one was seen then. Joined in this order: SQLite would begin with all grants of the application.
const GRANTS: &str = "SELECT g.id, g.identity_id, g.entitlement_id, g.state, g.since,
        CASE WHEN g.observed_at < t.reconciled_at THEN t.reconciled_at ELSE g.observed_at END AS observed_at,
        (SELECT MAX(o.created_at) FROM operations o WHERE o.grant_id = g.id AND o.kind = 'remove-entitlement') AS owed_at,
        (SELECT MAX(o.updated_at) FROM operations o WHERE o.grant_id = g.id AND o.kind = 'remove-entitlement') AS settled_at
    FROM grants g CROSS JOIN entitlements e LEFT JOIN targets t ON t.application_id = e.application_id
    WHERE e.id = g.entitlement_id AND e.application_id = ";

impl Tx {
    /// All grants of an application, removed ones too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grants_on_target(&mut self, application: ApplicationId) -> Result<Vec<GrantOnTarget>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(GRANTS);
            query.push_bind(application).build_query_as::<GrantOnTarget>().fetch_all(&mut **conn).await?
        }))
    }

    /// Those of some identities. Whoever goes through all who have an account does that in the order of keys: then every
    /// grant is met once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grants_on_target_of(
        &mut self,
        application: ApplicationId,
        identities: &[IdentityId],
    ) -> Result<Vec<GrantOnTarget>, StoreError> {
        let mut wanted = identities.to_vec();
        wanted.sort_unstable();
        let mut grants = Vec::new();
        for piece in wanted.chunks(PIECE) {
            let found: Vec<GrantOnTarget> = on_both!(self, conn => {
                let mut query = sqlx::QueryBuilder::new(GRANTS);
                query.push_bind(application).push(" AND ").around("g.identity_id", piece);
                query.build_query_as().persistent(false).fetch_all(&mut **conn).await?
            });
            grants.extend(found.into_iter().filter(|grant| wanted.binary_search(&grant.identity_id).is_ok()));
        }
        Ok(grants)
    }
}
