//! What an identity should hold, compared with what it holds. Pure; the store streams identities
//! through it in bulk.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::RoleGraph;
use crate::grant::{AssignmentReason, AssignmentState, GrantState};
use crate::id::{AssignmentId, EntitlementId, GrantId, Id, RoleId, RuleId};
use crate::identity::Identity;
use crate::rule::{Expr, matches};

/// A birthright rule, parsed.
#[derive(Debug, Clone)]
pub struct ModelRule {
    /// Its key.
    pub id: RuleId,
    /// What it gives.
    pub role_id: RoleId,
    /// For whom.
    pub expression: Expr,
}

/// Everything that decides access: roles and enabled rules.
#[derive(Debug, Clone, Default)]
pub struct AccessModel {
    /// All roles.
    pub roles: RoleGraph,
    /// The rules that are in force.
    pub rules: Vec<ModelRule>,
}

/// An assignment that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldAssignment {
    /// Its key.
    pub id: AssignmentId,
    /// The role.
    pub role_id: RoleId,
    /// Why.
    pub reason: AssignmentReason,
    /// The rule, request or import that it comes from.
    pub origin: Uuid,
    /// In force or in grace.
    pub state: AssignmentState,
    /// When it ends by itself.
    pub until: Option<DateTime<Utc>>,
}

/// A grant that is not removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldGrant {
    /// Its key.
    pub id: GrantId,
    /// What is held.
    pub entitlement_id: EntitlementId,
    /// Where it stands.
    pub state: GrantState,
}

/// What one identity holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldAccess {
    /// Assignments that have not ended.
    pub assignments: Vec<HeldAssignment>,
    /// Grants that are not removed.
    pub grants: Vec<HeldGrant>,
}

/// What has to change for one identity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessDelta {
    /// Rules that match and have no assignment yet.
    pub assign: Vec<(RuleId, RoleId)>,
    /// Assignments in grace whose rule matches again.
    pub restore: Vec<AssignmentId>,
    /// Assignments whose rule no longer matches, kept until a time.
    pub grace: Vec<(AssignmentId, DateTime<Utc>)>,
    /// Assignments that end now.
    pub end: Vec<AssignmentId>,
    /// Entitlements gained.
    pub gain: Vec<EntitlementId>,
    /// Grants that were out of band or owed for removal, and that a path explains now.
    pub explain: Vec<GrantId>,
    /// Grants that no path explains any more.
    pub lose: Vec<HeldGrant>,
}

impl AccessDelta {
    /// Whether nothing has to change.
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

/// Compares what an identity should hold with what it holds.
///
/// A grant that is out of band is left alone: it is a finding for a person, not a mistake that a
/// machine may undo unasked.
pub fn recompute(model: &AccessModel, identity: &Identity, held: &HeldAccess, now: DateTime<Utc>) -> AccessDelta {
    let mut delta = AccessDelta::default();
    let mut roles: Vec<RoleId> = Vec::new();
    let wanted: Vec<&ModelRule> =
        if identity.state.holds_access() { model.rules.iter().filter(|r| matches(&r.expression, identity)).collect() } else { Vec::new() };

    for rule in &wanted {
        roles.push(rule.role_id);
        match held.assignments.iter().find(|a| a.origin == rule.id.uuid() && a.role_id == rule.role_id) {
            None => delta.assign.push((rule.id, rule.role_id)),
            Some(a) if a.state == AssignmentState::Grace => delta.restore.push(a.id),
            Some(_) => {}
        }
    }
    for assignment in &held.assignments {
        let by_rule = assignment.reason == AssignmentReason::Rule;
        if by_rule && wanted.iter().any(|r| r.id.uuid() == assignment.origin && r.role_id == assignment.role_id) {
            continue;
        }
        let over = assignment.until.is_some_and(|until| until <= now);
        let keeps = match (by_rule, assignment.state) {
            _ if over || !identity.state.holds_access() => false,
            (true, AssignmentState::Active) => {
                let days = model.roles.node(assignment.role_id).map_or(0, |n| n.grace_days);
                if days > 0 {
                    delta.grace.push((assignment.id, now + Duration::days(i64::from(days))));
                }
                days > 0
            }
            _ => true,
        };
        if keeps {
            roles.push(assignment.role_id);
        } else {
            delta.end.push(assignment.id);
        }
    }

    let mut desired: Vec<EntitlementId> = roles.iter().flat_map(|r| model.roles.entitlements(*r)).copied().collect();
    desired.sort_unstable();
    desired.dedup();
    let mut holds: Vec<EntitlementId> = Vec::with_capacity(held.grants.len());
    for grant in &held.grants {
        holds.push(grant.entitlement_id);
        let is_desired = desired.binary_search(&grant.entitlement_id).is_ok();
        match (grant.state, is_desired) {
            (GrantState::OutOfBand | GrantState::RemovalOwed, true) => delta.explain.push(grant.id),
            (GrantState::Held, false) => delta.lose.push(*grant),
            _ => {}
        }
    }
    holds.sort_unstable();
    delta.gain = desired.into_iter().filter(|e| holds.binary_search(e).is_err()).collect();
    delta
}
