//! What one identity holds, and who holds one thing: for pages.

use chrono::{DateTime, Utc};
use tenure_domain::grant::{AssignmentReason, AssignmentState, GrantState, Risk};
use tenure_domain::id::{ApplicationId, AssignmentId, EntitlementId, GrantId, Id, IdentityId, RoleId};
use tenure_domain::identity::IdentityKind;
use uuid::Uuid;

use crate::engine::{StoreError, Tx};
use crate::page::{Cursor, Page, PageRequest};

/// A grant with its names.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct GrantView {
    /// Its key.
    pub id: GrantId,
    /// What is held.
    pub entitlement_id: EntitlementId,
    /// Its name.
    pub entitlement: String,
    /// What it allows.
    pub description: String,
    /// How much harm it can do.
    pub risk: Risk,
    /// Where.
    pub application_id: ApplicationId,
    /// Where, by name.
    pub application: String,
    /// Where it stands.
    pub state: GrantState,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it was last seen on the target.
    pub observed_at: Option<DateTime<Utc>>,
}

/// An assignment with its names.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AssignmentView {
    /// Its key.
    pub id: AssignmentId,
    /// The role.
    pub role_id: RoleId,
    /// Its name.
    pub role: String,
    /// Why.
    pub reason: AssignmentReason,
    /// Where it comes from.
    pub origin: Uuid,
    /// The rule's name, if a rule gave it.
    pub rule: Option<String>,
    /// What somebody wrote about it.
    pub note: String,
    /// Where it stands.
    pub state: AssignmentState,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it ends by itself.
    pub until: Option<DateTime<Utc>>,
}

/// Somebody who has a role.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HolderRow {
    /// The assignment.
    pub assignment_id: AssignmentId,
    /// Who.
    pub identity_id: IdentityId,
    /// Person, or a non-human kind.
    pub kind: IdentityKind,
    /// Name for people.
    pub display_name: String,
    /// Their department.
    pub department: String,
    /// Why.
    pub reason: AssignmentReason,
    /// Where it stands.
    pub state: AssignmentState,
    /// Since when.
    pub since: DateTime<Utc>,
}

impl Tx {
    /// The grants of an identity that are not removed, by application and name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grants_of(&mut self, identity: IdentityId) -> Result<Vec<GrantView>, StoreError> {
        Ok(fetch_all!(
            self,
            GrantView,
            "SELECT g.id, g.entitlement_id, e.name AS entitlement, e.description, e.risk, e.application_id, a.name AS application, g.state, g.since, g.observed_at
             FROM grants g JOIN entitlements e ON e.id = g.entitlement_id JOIN applications a ON a.id = e.application_id
             WHERE g.identity_id = $1 AND g.state <> 'removed' ORDER BY a.name, e.name",
            identity
        ))
    }

    /// The assignments of an identity that have not ended, by role.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn assignments_of(&mut self, identity: IdentityId) -> Result<Vec<AssignmentView>, StoreError> {
        Ok(fetch_all!(
            self,
            AssignmentView,
            "SELECT s.id, s.role_id, r.name AS role, s.reason, s.origin, b.name AS rule, s.note, s.state, s.since, s.until
             FROM assignments s JOIN roles r ON r.id = s.role_id LEFT JOIN birthright_rules b ON b.id = s.origin
             WHERE s.identity_id = $1 AND s.state <> 'ended' ORDER BY r.name",
            identity
        ))
    }

    /// Who has a role, newest assignment first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holders_of_role(&mut self, role: RoleId, limit: i64) -> Result<Vec<HolderRow>, StoreError> {
        Ok(fetch_all!(
            self,
            HolderRow,
            "SELECT s.id AS assignment_id, s.identity_id, i.kind, i.display_name, i.department, s.reason, s.state, s.since
             FROM assignments s JOIN identities i ON i.id = s.identity_id
             WHERE s.role_id = $1 AND s.state IN ('active', 'grace') ORDER BY s.id DESC LIMIT $2",
            role,
            limit
        ))
    }

    /// A page of those who have a role, newest assignment first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_holders(&mut self, role: RoleId, request: &PageRequest) -> Result<Page<HolderRow>, StoreError> {
        let backwards = request.after.is_none() && request.before.is_some();
        let rows = on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(
                "SELECT s.id AS assignment_id, s.identity_id, i.kind, i.display_name, i.department, s.reason, s.state, s.since
                 FROM assignments s JOIN identities i ON i.id = s.identity_id
                 WHERE s.state IN ('active', 'grace') AND s.role_id = ");
            query.push_bind(role);
            if let Some(from) = request.after.as_ref().or(request.before.as_ref()) {
                query.push(if backwards { " AND s.id > " } else { " AND s.id < " }).push_bind(from.id);
            }
            query.push(if backwards { " ORDER BY s.id LIMIT " } else { " ORDER BY s.id DESC LIMIT " });
            query.push_bind(i64::try_from(request.limit() + 1).unwrap_or(i64::MAX));
            query.build_query_as::<HolderRow>().fetch_all(&mut **conn).await?
        });
        Ok(Page::cut(rows, request, |row| Cursor { keys: Vec::new(), id: row.assignment_id.uuid() }))
    }

    /// Identities with an assignment whose time is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identities_with_due_assignments(&mut self, now: DateTime<Utc>, limit: i64) -> Result<Vec<IdentityId>, StoreError> {
        let rows = fetch_all!(
            self,
            (IdentityId,),
            "SELECT DISTINCT identity_id FROM (SELECT identity_id FROM assignments WHERE until IS NOT NULL AND state <> 'ended' AND until <= $1 ORDER BY until LIMIT $2) d",
            now,
            limit
        );
        Ok(rows.into_iter().map(|r| r.0).collect())
    }
}
