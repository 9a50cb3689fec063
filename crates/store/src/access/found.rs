//! What is really held and no role explains.

use chrono::{DateTime, Utc};
use tenure_domain::grant::Risk;
use tenure_domain::id::{ApplicationId, GrantId, Id, IdentityId};
use tenure_domain::identity::{IdentityKind, LifecycleState};

use crate::engine::{StoreError, Tx};
use crate::page::{Cursor, Page, PageRequest};

/// A grant out of band, with its names.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FoundGrant {
    /// Its key.
    pub id: GrantId,
    /// Who holds it.
    pub identity_id: IdentityId,
    /// By name.
    pub identity: String,
    /// What kind of identity that is.
    pub identity_kind: IdentityKind,
    /// Where it stands.
    pub identity_state: LifecycleState,
    /// What is held.
    pub entitlement: String,
    /// How much harm it can do.
    pub risk: Risk,
    /// Where.
    pub application_id: ApplicationId,
    /// Where, by name.
    pub application: String,
    /// Since when it is known.
    pub since: DateTime<Utc>,
    /// When it was last seen on the target.
    pub observed_at: Option<DateTime<Utc>>,
}

impl Tx {
    /// A page of the grants that no role explains, found last first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_out_of_band(
        &mut self,
        application: Option<ApplicationId>,
        request: &PageRequest,
    ) -> Result<Page<FoundGrant>, StoreError> {
        let backwards = request.after.is_none() && request.before.is_some();
        let rows = on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(
                "SELECT g.id, g.identity_id, i.display_name AS identity, i.kind AS identity_kind, i.state AS identity_state, e.name AS entitlement, e.risk, e.application_id, a.name AS application, g.since, g.observed_at
                 FROM grants g JOIN identities i ON i.id = g.identity_id JOIN entitlements e ON e.id = g.entitlement_id JOIN applications a ON a.id = e.application_id
                 WHERE g.state = 'out-of-band'",
            );
            if let Some(application) = application {
                query.push(" AND e.application_id = ").push_bind(application);
            }
            if let Some(from) = request.after.as_ref().or(request.before.as_ref()) {
                query.push(if backwards { " AND g.id > " } else { " AND g.id < " }).push_bind(from.id);
            }
            query.push(if backwards { " ORDER BY g.id LIMIT " } else { " ORDER BY g.id DESC LIMIT " });
            query.push_bind(i64::try_from(request.limit() + 1).unwrap_or(i64::MAX));
            query.build_query_as::<FoundGrant>().fetch_all(&mut **conn).await?
        });
        Ok(Page::cut(rows, request, |row| Cursor { keys: Vec::new(), id: row.id.uuid() }))
    }
}
