//! What identities hold, read in bulk for the recompute.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use tenure_domain::grant::{AssignmentReason, AssignmentState, GrantState};
use tenure_domain::id::{AssignmentId, EntitlementId, GrantId, IdentityId, RoleId};
use tenure_domain::role::{HeldAccess, HeldAssignment, HeldGrant};
use uuid::Uuid;

use crate::engine::{StoreError, Tx, Within as _};

/// An assignment as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AssignmentRow {
    /// Its key.
    pub id: AssignmentId,
    /// Who.
    pub identity_id: IdentityId,
    /// The role.
    pub role_id: RoleId,
    /// Why.
    pub reason: AssignmentReason,
    /// The rule, request or import that it comes from.
    pub origin: Uuid,
    /// What somebody wrote about it.
    pub note: String,
    /// Where it stands.
    pub state: AssignmentState,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it ends by itself.
    pub until: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// An assignment to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAssignment {
    /// Its key.
    pub id: AssignmentId,
    /// Who.
    pub identity_id: IdentityId,
    /// The role.
    pub role_id: RoleId,
    /// Why.
    pub reason: AssignmentReason,
    /// The rule, request or import that it comes from.
    pub origin: Uuid,
    /// What somebody wrote about it.
    pub note: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it ends by itself.
    pub until: Option<DateTime<Utc>>,
}

/// A grant to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGrant {
    /// Its key.
    pub id: GrantId,
    /// Who.
    pub identity_id: IdentityId,
    /// What.
    pub entitlement_id: EntitlementId,
    /// Held or out of band.
    pub state: GrantState,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it was seen on the target.
    pub observed_at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct HeldAssignmentRow {
    identity_id: IdentityId,
    id: AssignmentId,
    role_id: RoleId,
    reason: AssignmentReason,
    origin: Uuid,
    state: AssignmentState,
    until: Option<DateTime<Utc>>,
}

type HeldGrantRow = (IdentityId, GrantId, EntitlementId, GrantState);

impl Tx {
    /// What the identities between two keys hold, both included.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_between(&mut self, first: IdentityId, last: IdentityId) -> Result<HashMap<IdentityId, HeldAccess>, StoreError> {
        let assignments = fetch_all!(
            self,
            HeldAssignmentRow,
            "SELECT identity_id, id, role_id, reason, origin, state, until FROM assignments WHERE identity_id >= $1 AND identity_id <= $2 AND state <> 'ended'",
            first,
            last
        );
        let grants = fetch_all!(
            self,
            HeldGrantRow,
            "SELECT identity_id, id, entitlement_id, state FROM grants WHERE identity_id >= $1 AND identity_id <= $2 AND state <> 'removed'",
            first,
            last
        );
        Ok(gather(assignments, grants))
    }

    /// What some identities hold.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_by(&mut self, ids: &[IdentityId]) -> Result<HashMap<IdentityId, HeldAccess>, StoreError> {
        let assignments = fetch_for_ids!(
            self,
            HeldAssignmentRow,
            ids,
            |q| {
                q.push("SELECT identity_id, id, role_id, reason, origin, state, until FROM assignments WHERE state <> 'ended' AND identity_id IN (");
            },
            |q| {
                q.push(")").within("identity_id", ids);
            }
        );
        let grants = fetch_for_ids!(
            self,
            HeldGrantRow,
            ids,
            |q| {
                q.push("SELECT identity_id, id, entitlement_id, state FROM grants WHERE state <> 'removed' AND identity_id IN (");
            },
            |q| {
                q.push(")").within("identity_id", ids);
            }
        );
        Ok(gather(assignments, grants))
    }
}

fn gather(assignments: Vec<HeldAssignmentRow>, grants: Vec<HeldGrantRow>) -> HashMap<IdentityId, HeldAccess> {
    let mut held: HashMap<IdentityId, HeldAccess> = HashMap::new();
    for a in assignments {
        held.entry(a.identity_id).or_default().assignments.push(HeldAssignment {
            id: a.id,
            role_id: a.role_id,
            reason: a.reason,
            origin: a.origin,
            state: a.state,
            until: a.until,
        });
    }
    for (identity_id, id, entitlement_id, state) in grants {
        held.entry(identity_id).or_default().grants.push(HeldGrant { id, entitlement_id, state });
    }
    held
}
