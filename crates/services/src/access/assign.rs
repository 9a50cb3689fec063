//! Giving an identity a role by hand, and taking it away again.

use chrono::{DateTime, Utc};
use serde_json::json;
use tenure_domain::access::actions;
use tenure_domain::audit::{Events, Stream};
use tenure_domain::grant::AssignmentReason;
use tenure_domain::id::{AssignmentId, Id, IdentityId, RoleId};
use tenure_store::access::NewAssignment;

use super::recompute_identities;
use crate::{Ctx, ServiceError};

/// Gives an identity a role, with a reason.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Invalid`] without a
/// reason, [`ServiceError::Refused`] when the identity has ended or has the role by hand already.
pub async fn assign_role(
    ctx: &Ctx,
    identity_id: IdentityId,
    role_id: RoleId,
    note: &str,
    until: Option<DateTime<Utc>>,
) -> Result<AssignmentId, ServiceError> {
    let identity = ctx.app.store.read().await?.identity(identity_id).await?.ok_or(ServiceError::NotFound("identity"))?;
    let proof = ctx.authorize::<actions::Assign, _>(&identity).await?;
    if note.trim().is_empty() {
        return Err(ServiceError::field("note", "say why: it is shown wherever the access is"));
    }
    if until.is_some_and(|until| until <= ctx.now) {
        return Err(ServiceError::field("until", "the end is in the past: choose a later one, or none"));
    }
    let mut tx = ctx.app.store.write().await?;
    tx.hold_model().await?;
    tx.lock_identities(&[identity_id]).await?;
    let identity = tx.identity(identity_id).await?.ok_or(ServiceError::NotFound("identity"))?;
    if !identity.state.holds_access() {
        return Err(ServiceError::Refused(format!("an identity that is {} cannot be given a role", identity.state.label())));
    }
    let role = tx.role(role_id).await?.ok_or(ServiceError::NotFound("role"))?;
    if tx.assignments_of(identity_id).await?.iter().any(|a| a.role_id == role_id && a.reason == AssignmentReason::Direct) {
        return Err(ServiceError::Refused(format!("{} has {} by hand already", identity.display_name, role.name)));
    }
    let id: AssignmentId = ctx.id();
    let row = NewAssignment {
        id,
        identity_id,
        role_id,
        reason: AssignmentReason::Direct,
        origin: id.uuid(),
        note: note.trim().to_owned(),
        since: ctx.now,
        until,
    };
    tx.insert_assignments(&proof, &[row]).await?;
    let mut events = Events::one(
        ctx.event(Stream::Access, "assignment.created")
            .target(&id, format!("{} → {}", identity.display_name, role.name))
            .about(identity_id)
            .because(note.trim())
            .after(json!({ "role": role.name, "until": until })),
    );
    // Its event comes first: what follows from it has later keys.
    let changed = recompute_identities(ctx, &proof, &mut tx, std::slice::from_ref(&identity)).await?;
    events.extend(changed);
    tx.commit(events).await?;
    Ok(id)
}

/// Ends an assignment that was made by hand. One that a rule made ends with the rule.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] for one that a
/// rule made.
pub async fn unassign_role(ctx: &Ctx, identity_id: IdentityId, id: AssignmentId, reason: &str) -> Result<(), ServiceError> {
    let identity = ctx.app.store.read().await?.identity(identity_id).await?.ok_or(ServiceError::NotFound("identity"))?;
    let proof = ctx.authorize::<actions::Assign, _>(&identity).await?;
    let mut tx = ctx.app.store.write().await?;
    tx.hold_model().await?;
    tx.lock_identities(&[identity_id]).await?;
    let identity = tx.identity(identity_id).await?.ok_or(ServiceError::NotFound("identity"))?;
    let assignment = tx.assignments_of(identity_id).await?.into_iter().find(|a| a.id == id).ok_or(ServiceError::NotFound("assignment"))?;
    if assignment.reason == AssignmentReason::Rule {
        return Err(ServiceError::Refused("a rule gives this role; change the rule, or the attribute that it looks at".to_owned()));
    }
    tx.end_assignments(&proof, &[id], ctx.now).await?;
    let mut events = Events::one(
        ctx.event(Stream::Access, "assignment.ended")
            .target(&id, format!("{} → {}", identity.display_name, assignment.role))
            .about(identity_id)
            .because(reason.trim()),
    );
    // Its event comes first: what follows from it has later keys.
    let changed = recompute_identities(ctx, &proof, &mut tx, std::slice::from_ref(&identity)).await?;
    events.extend(changed);
    tx.commit(events).await?;
    Ok(())
}
