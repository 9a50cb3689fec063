//! The graph of roles: what a role gives, directly and through the roles inside it.

use std::collections::{BTreeSet, HashMap};

use crate::grant::WhyPath;
use crate::id::{AssignmentId, EntitlementId, RoleId};

/// A role, as far as access goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleNode {
    /// What people call it.
    pub name: String,
    /// Entitlements it holds itself.
    pub entitlements: Vec<EntitlementId>,
    /// Roles inside it.
    pub induced: Vec<RoleId>,
    /// Days for which a mover keeps it after its rule stopped matching.
    pub grace_days: i32,
}

/// Roles that would contain themselves.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a role cannot contain itself: {}", .path.join(" → "))]
pub struct CycleError {
    /// The names along the circle; the first is also the last.
    pub path: Vec<String>,
}

/// All roles, with what each gives in the end already worked out.
#[derive(Debug, Clone, Default)]
pub struct RoleGraph {
    nodes: HashMap<RoleId, RoleNode>,
    effective: HashMap<RoleId, Vec<EntitlementId>>,
}

impl RoleGraph {
    /// Works out the graph.
    ///
    /// # Errors
    /// [`CycleError`] when a role contains itself, over however many others.
    pub fn new(nodes: HashMap<RoleId, RoleNode>) -> Result<Self, CycleError> {
        let mut graph = Self { nodes, effective: HashMap::new() };
        let mut ids: Vec<RoleId> = graph.nodes.keys().copied().collect();
        ids.sort_unstable();
        for id in ids {
            graph.close(id, &mut Vec::new())?;
        }
        Ok(graph)
    }

    fn close(&mut self, id: RoleId, trail: &mut Vec<RoleId>) -> Result<(), CycleError> {
        if self.effective.contains_key(&id) {
            return Ok(());
        }
        if let Some(start) = trail.iter().position(|seen| *seen == id) {
            let path = trail[start..].iter().chain([&id]).map(|id| self.name(*id).to_owned()).collect();
            return Err(CycleError { path });
        }
        trail.push(id);
        let node = self.nodes.get(&id).cloned().unwrap_or_default();
        let mut all: BTreeSet<EntitlementId> = node.entitlements.iter().copied().collect();
        for inner in &node.induced {
            self.close(*inner, trail)?;
            all.extend(self.entitlements(*inner));
        }
        trail.pop();
        self.effective.insert(id, all.into_iter().collect());
        Ok(())
    }

    /// The role, if it exists.
    pub fn node(&self, id: RoleId) -> Option<&RoleNode> {
        self.nodes.get(&id)
    }

    /// All roles.
    pub fn nodes(&self) -> &HashMap<RoleId, RoleNode> {
        &self.nodes
    }

    /// Its name, or `?` for a role that does not exist.
    pub fn name(&self, id: RoleId) -> &str {
        self.nodes.get(&id).map_or("?", |n| n.name.as_str())
    }

    /// Everything the role gives, sorted.
    pub fn entitlements(&self, id: RoleId) -> &[EntitlementId] {
        self.effective.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Every path by which an assignment of `role` gives `entitlement`.
    pub fn paths(&self, assignment_id: AssignmentId, role: RoleId, entitlement: EntitlementId) -> Vec<WhyPath> {
        let mut found = Vec::new();
        let mut trail = vec![role];
        self.walk(entitlement, &mut trail, &mut |roles| found.push(WhyPath { assignment_id, roles: roles.to_vec() }));
        found
    }

    fn walk(&self, entitlement: EntitlementId, trail: &mut Vec<RoleId>, found: &mut dyn FnMut(&[RoleId])) {
        let Some(role) = trail.last().copied() else { return };
        let Some(node) = self.nodes.get(&role) else { return };
        if node.entitlements.contains(&entitlement) {
            found(trail);
        }
        for inner in &node.induced {
            if self.entitlements(*inner).binary_search(&entitlement).is_ok() {
                trail.push(*inner);
                self.walk(entitlement, trail, found);
                trail.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::Id;

    fn role(n: u128) -> RoleId {
        RoleId::from_uuid(Uuid::from_u128(n))
    }
    fn ent(n: u128) -> EntitlementId {
        EntitlementId::from_uuid(Uuid::from_u128(n))
    }
    fn node(name: &str, entitlements: &[u128], induced: &[u128]) -> RoleNode {
        RoleNode {
            name: name.into(),
            entitlements: entitlements.iter().map(|n| ent(*n)).collect(),
            induced: induced.iter().map(|n| role(*n)).collect(),
            grace_days: 0,
        }
    }

    #[test]
    fn a_role_gives_what_the_roles_inside_it_give() {
        let graph = RoleGraph::new(HashMap::from([
            (role(1), node("a", &[1], &[2, 3])),
            (role(2), node("b", &[2], &[3])),
            (role(3), node("c", &[3], &[])),
        ]))
        .unwrap();
        assert_eq!(graph.entitlements(role(1)), [ent(1), ent(2), ent(3)]);
        let assignment = AssignmentId::from_uuid(Uuid::from_u128(9));
        let paths: Vec<_> = graph.paths(assignment, role(1), ent(3)).into_iter().map(|p| p.roles).collect();
        assert_eq!(paths, [vec![role(1), role(2), role(3)], vec![role(1), role(3)]]);
    }

    #[test]
    fn a_circle_of_roles_is_refused_and_named() {
        let error = RoleGraph::new(HashMap::from([
            (role(1), node("a", &[], &[2])),
            (role(2), node("b", &[], &[3])),
            (role(3), node("c", &[], &[1])),
        ]))
        .unwrap_err();
        assert_eq!(error.to_string(), "a role cannot contain itself: a → b → c → a");
    }

    #[test]
    fn a_role_inside_itself_is_refused() {
        assert!(RoleGraph::new(HashMap::from([(role(1), node("a", &[], &[1]))])).is_err());
    }
}
