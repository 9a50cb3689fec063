//! What an event says of a change of somebody's access: names, up to a number, and the counts.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::id::{AssignmentId, EntitlementId, IdentityId};
use tenure_domain::role::{AccessDelta, AccessModel, HeldAccess};

use crate::Ctx;

/// How many of a kind one event names. Beside them it says how many there are.
pub(super) const NAMED_IN_EVENT: usize = 50;

/// What changed for one identity.
pub(super) struct Picture {
    id: IdentityId,
    name: String,
    /// By what happened: how many, and the first of them by name.
    roles: Vec<(&'static str, usize, Vec<String>)>,
    entitlements: Vec<(&'static str, usize, Vec<EntitlementId>)>,
}

impl Picture {
    pub(super) fn of(id: IdentityId, name: String, delta: &AccessDelta, held: Option<&HeldAccess>, model: &AccessModel) -> Self {
        let (assignments, grants) = held.map_or((&[][..], &[][..]), |h| (&h.assignments[..], &h.grants[..]));
        let role = |id: &AssignmentId| assignments.iter().find(|a| a.id == *id).map(|a| model.roles.name(a.role_id).to_owned());
        let first = |ids: &mut dyn Iterator<Item = &AssignmentId>| ids.take(NAMED_IN_EVENT).filter_map(role).collect::<Vec<_>>();
        let gained = delta.assign.iter().take(NAMED_IN_EVENT).map(|(_, role)| model.roles.name(*role).to_owned()).collect();
        let explained = grants.iter().filter(|g| delta.explain.contains(&g.id)).map(|g| g.entitlement_id);
        Self {
            id,
            name,
            roles: vec![
                ("roles_gained", delta.assign.len(), gained),
                ("roles_restored", delta.restore.len(), first(&mut delta.restore.iter())),
                ("roles_in_grace", delta.grace.len(), first(&mut delta.grace.iter().map(|(id, _)| id))),
                ("roles_ended", delta.end.len(), first(&mut delta.end.iter())),
            ],
            entitlements: vec![
                (
                    "entitlements_gained",
                    delta.gain.len() + delta.explain.len(),
                    delta.gain.iter().copied().chain(explained).take(NAMED_IN_EVENT).collect(),
                ),
                ("removals_owed", delta.lose.len(), delta.lose.iter().take(NAMED_IN_EVENT).map(|g| g.entitlement_id).collect()),
            ],
        }
    }

    /// The entitlements whose names the event needs.
    pub(super) fn entitlements(&self) -> impl Iterator<Item = EntitlementId> {
        self.entitlements.iter().flat_map(|(_, _, ids)| ids.iter().copied())
    }

    pub(super) fn event(self, ctx: &Ctx, labels: &HashMap<EntitlementId, String>) -> AuditEvent {
        let mut after = Map::new();
        for (key, count, names) in self.roles {
            put(&mut after, key, count, names);
        }
        for (key, count, ids) in self.entitlements {
            let names = ids.iter().map(|id| labels.get(id).cloned().unwrap_or_else(|| id.to_string())).collect();
            put(&mut after, key, count, names);
        }
        ctx.event(Stream::Access, "access.changed").target(&self.id, self.name).about(self.id).after(Value::Object(after))
    }
}

/// `"removals_owed": { "count": 2, "names": ["Git / write", …] }`, where there are any.
fn put(after: &mut Map<String, Value>, key: &str, count: usize, names: Vec<String>) {
    if count > 0 {
        after.insert(key.to_owned(), json!({ "count": count, "names": names }));
    }
}
