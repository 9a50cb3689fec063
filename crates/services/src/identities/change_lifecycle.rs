//! Suspend, resume, leave and back, start, archive. Ending and rehiring have files of their own.

use serde_json::json;
use tenure_domain::access::{PortalRole, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{LifecycleState, Transition};

use crate::access::recompute_identities;
use crate::{Ctx, ServiceError};

/// Changes the life-cycle state of an identity.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Lifecycle`] when the
/// state does not allow it, [`ServiceError::Refused`] for transitions that have a way of their own,
/// when the last administrator would be suspended, and when somebody would be archived whom their
/// source still lists.
pub async fn change_lifecycle(ctx: &Ctx, id: IdentityId, transition: Transition, reason: &str) -> Result<LifecycleState, ServiceError> {
    if matches!(transition, Transition::End | Transition::Rehire | Transition::RehireLater) {
        return Err(ServiceError::Refused(format!("to {} an identity has a page of its own", transition.label())));
    }
    let identity = ctx.app.store.read().await?.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    let proof = ctx.authorize::<actions::ChangeLifecycle, _>(&identity).await?;
    let mut tx = ctx.app.store.write().await?;
    let before = tx.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    if transition == Transition::Suspend
        && tx.portal_roles_of(id).await?.contains(&PortalRole::Admin)
        && tx.count_with_role(PortalRole::Admin).await? <= 1
    {
        return Err(ServiceError::Refused("this is the last administrator; make another one first".to_owned()));
    }
    if transition == Transition::Archive && before.source_id.is_some() && before.source_present {
        return Err(ServiceError::Refused(format!(
            "the source still lists {}, and its next import would record them as somebody new: take them off its list, import that, then archive",
            before.display_name
        )));
    }
    let mut after = before.clone();
    after.state = before.state.after(transition)?;
    after.version += 1;
    after.updated_at = ctx.now;
    tx.update_identity(&proof, before.version, &after).await?;
    let mut events = Events::one(
        ctx.event(Stream::Identity, &format!("identity.{transition}"))
            .target(&id, after.display_name.as_str())
            .about(id)
            .because(reason.trim())
            .before(json!({ "state": before.state }))
            .after(json!({ "state": after.state })),
    );
    // Its event comes first: what follows from it has later keys.
    let changed = recompute_identities(ctx, &proof, &mut tx, std::slice::from_ref(&after)).await?;
    events.extend(changed);
    tx.commit(events).await?;
    Ok(after.state)
}
