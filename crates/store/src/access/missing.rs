//! Grants that are recorded and were not seen on their target.

use chrono::{DateTime, Utc};
use tenure_domain::grant::GrantState;
use tenure_domain::id::{ApplicationId, EntitlementId, GrantId, Id as _, IdentityId};

use crate::engine::{StoreError, Tx};
use crate::page::{Cursor, Page, PageRequest};

/// A grant on an application, with its names.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MissingGrant {
    /// Its key.
    pub id: GrantId,
    /// Who holds it.
    pub identity_id: IdentityId,
    /// Who, by name.
    pub identity: String,
    /// What is held.
    pub entitlement_id: EntitlementId,
    /// What it is called.
    pub entitlement: String,
    /// Where it stands.
    pub state: GrantState,
    /// Since when it is held.
    pub since: DateTime<Utc>,
    /// Whether it is owed to the target already.
    pub is_owed: bool,
}

const VIEW: &str = "SELECT g.id, g.identity_id, i.display_name AS identity, g.entitlement_id, e.name AS entitlement, g.state, g.since,
        EXISTS (SELECT 1 FROM operations o WHERE o.grant_id = g.id AND o.kind = 'add-entitlement' AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human')) AS is_owed
    FROM grants g JOIN entitlements e ON e.id = g.entitlement_id JOIN identities i ON i.id = g.identity_id";

impl Tx {
    /// A page of the grants on an application that are held and were not seen when it was last read, by entitlement.
    /// None, if it was never read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_missing(&mut self, application: ApplicationId, request: &PageRequest) -> Result<Page<MissingGrant>, StoreError> {
        let backwards = request.after.is_none() && request.before.is_some();
        let rows = on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(VIEW);
            query.push(" JOIN targets t ON t.application_id = e.application_id WHERE g.state = 'held' AND g.observed_at IS NULL AND g.since <= t.reconciled_at AND e.application_id = ");
            query.push_bind(application);
            if let Some(from) = request.after.as_ref().or(request.before.as_ref()) {
                let entitlement: EntitlementId = from.keys.first().and_then(|key| key.parse().ok()).unwrap_or_else(|| EntitlementId::from_uuid(uuid::Uuid::nil()));
                query.push(if backwards { " AND (g.entitlement_id, g.id) < (" } else { " AND (g.entitlement_id, g.id) > (" });
                query.push_bind(entitlement).push(", ").push_bind(from.id).push(")");
            }
            query.push(if backwards { " ORDER BY g.entitlement_id DESC, g.id DESC LIMIT " } else { " ORDER BY g.entitlement_id, g.id LIMIT " });
            query.push_bind(i64::try_from(request.limit() + 1).unwrap_or(i64::MAX));
            query.build_query_as::<MissingGrant>().fetch_all(&mut **conn).await?
        });
        Ok(Page::cut(rows, request, |row| Cursor { keys: vec![row.entitlement_id.to_string()], id: row.id.uuid() }))
    }

    /// A grant on an application.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grant_on(&mut self, application: ApplicationId, id: GrantId) -> Result<Option<MissingGrant>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(VIEW);
            query.push(" WHERE g.id = ").push_bind(id).push(" AND e.application_id = ").push_bind(application);
            query.build_query_as::<MissingGrant>().fetch_optional(&mut **conn).await?
        }))
    }
}
