//! Who comes into a group and who goes: assignments, whose origin is the source that says so. However many at once,
//! set by set.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::grant::AssignmentReason;
use tenure_domain::id::{AssignmentId, Id as _, IdentityId, RoleId};
use tenure_domain::identity::IdentityKind;
use tenure_store::WriteTx;
use tenure_store::access::NewAssignment;
use tenure_store::scim::Member;

use super::write::Keeper;
use crate::access::recompute_many;
use crate::scim::fault::Fault;

/// The people whom a resource names as members, each once.
///
/// # Errors
/// `invalidValue` for a group as a member, and for what is no key of a user.
pub(super) fn named(resource: &Value) -> Result<BTreeSet<IdentityId>, Fault> {
    let members = resource["members"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut named = BTreeSet::new();
    for member in members {
        let value = member["value"].as_str().unwrap_or_default();
        if member["type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("Group")) {
            let words = "a group cannot be a member of a group here: name its users, or let an administrator put the role into the other";
            return Err(Fault::invalid(words));
        }
        named.insert(value.parse().map_err(|_| no_user(value))?);
    }
    Ok(named)
}

fn no_user(value: &str) -> Fault {
    let value: String = value.chars().take(60).filter(|c| !c.is_control()).collect();
    Fault::invalid(format!("`members`: there is no user `{value}`"))
}

/// Makes the members of a group those who are named. Who cannot hold access now is passed over and counted: an identity
/// provider repeats its whole list, and one who ended must not keep others in. Yields what the event of the group says;
/// nothing when nobody comes or goes.
pub(super) async fn set_members(
    keeper: &Keeper<'_>,
    tx: &mut WriteTx,
    (role, name): (RoleId, &str),
    before: &[Member],
    wanted: &BTreeSet<IdentityId>,
) -> Result<Option<Value>, Fault> {
    let ctx = keeper.ctx;
    let there: BTreeMap<IdentityId, AssignmentId> = before.iter().map(|m| (m.identity_id, m.assignment_id)).collect();
    let asked: Vec<IdentityId> = wanted.iter().filter(|id| !there.contains_key(id)).copied().collect();
    let go: Vec<IdentityId> = there.keys().filter(|id| !wanted.contains(id)).copied().collect();
    if asked.is_empty() && go.is_empty() {
        return Ok(None);
    }
    let concerned: Vec<IdentityId> = asked.iter().chain(&go).copied().collect();
    tx.lock_identities(&concerned).await?;
    let mut people = tx.identities(&concerned).await?;
    let known: HashSet<IdentityId> = people.iter().filter(|i| i.kind == IdentityKind::Person).map(|i| i.id).collect();
    if let Some(stranger) = asked.iter().find(|id| !known.contains(id)) {
        return Err(no_user(&stranger.to_string()));
    }
    let able: HashSet<IdentityId> = people.iter().filter(|i| i.state.holds_access()).map(|i| i.id).collect();
    let come: Vec<IdentityId> = asked.iter().filter(|id| able.contains(id)).copied().collect();
    if come.is_empty() && go.is_empty() {
        return Ok(None);
    }
    // Nothing changes for whom is passed over.
    people.retain(|i| able.contains(&i.id) || there.contains_key(&i.id));
    let note = format!("in the group {name} of {}", keeper.source.name);
    let rows: Vec<NewAssignment> = come
        .iter()
        .map(|id| NewAssignment {
            id: ctx.id(),
            identity_id: *id,
            role_id: role,
            reason: AssignmentReason::Scim,
            origin: keeper.source.id.uuid(),
            note: note.clone(),
            since: ctx.now,
            until: None,
        })
        .collect();
    let ended: Vec<AssignmentId> = go.iter().filter_map(|id| there.get(id).copied()).collect();
    tx.insert_assignments(keeper.proof, &rows).await?;
    tx.end_assignments(keeper.proof, &ended, ctx.now).await?;
    let names: HashMap<IdentityId, &str> = people.iter().map(|i| (i.id, i.display_name.as_str())).collect();
    let event = |action: &str, assignment: AssignmentId, who: IdentityId| -> AuditEvent {
        let label = format!("{} → {name}", names.get(&who).copied().unwrap_or_default());
        ctx.event(Stream::Access, action).target(&assignment, label).about(who).because(note.as_str())
    };
    let mut events: Vec<AuditEvent> =
        rows.iter().map(|a| event("assignment.created", a.id, a.identity_id).after(json!({ "role": name, "until": null }))).collect();
    events.extend(go.iter().filter_map(|who| Some(event("assignment.ended", *there.get(who)?, *who))));
    // Written now: what follows from them has later keys.
    tx.append(&events).await?;
    recompute_many(ctx, keeper.proof, tx, &people, |_| false).await?;
    Ok(Some(json!({ "added": come.len(), "removed": go.len(), "skipped": asked.len() - come.len() })))
}
