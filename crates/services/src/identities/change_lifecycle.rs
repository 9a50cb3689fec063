//! Suspend, resume, leave and back, start, archive. Ending and rehiring have files of their own.

use serde_json::json;
use tenure_domain::access::actions;
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{LifecycleState, Transition};

use crate::access::recompute_identities;
use crate::accounts::{LAST, leaves_no_administrator};
use crate::targets::{accounts_follow, attributes_follow};
use crate::{Ctx, ServiceError};

/// Changes the life-cycle state of an identity. A suspension ends its sessions and API tokens for
/// good: they do not come back when it resumes.
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
    if transition == Transition::Suspend && leaves_no_administrator(&mut tx, &[id]).await? {
        return Err(ServiceError::Refused(LAST.to_owned()));
    }
    tx.hold_model().await?;
    tx.lock_identities(&[id]).await?;
    let before = tx.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
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
    let (mut was, mut is) = (json!({ "state": before.state }), json!({ "state": after.state }));
    if transition == Transition::Suspend {
        // Whoever is let on again signs in anew: what may be in wrong hands must not wake up.
        let ended = tx.end_sign_ins(&proof, id, ctx.now).await?;
        was["epoch"] = json!(before.epoch);
        is["epoch"] = json!(before.epoch + 1);
        is["sessions"] = json!(ended.sessions);
        is["api_tokens"] = json!(ended.api_tokens);
    }
    let mut events = Events::one(
        ctx.event(Stream::Identity, &format!("identity.{transition}"))
            .target(&id, after.display_name.as_str())
            .about(id)
            .because(reason.trim())
            .before(was)
            .after(is),
    );
    // Its event comes first: what follows from it has later keys.
    let changed = recompute_identities(ctx, &proof, &mut tx, std::slice::from_ref(&after)).await?;
    events.extend(changed);
    if after.state.may_act() != before.state.may_act() {
        accounts_follow(ctx, &proof, &mut tx, &[id], after.state.may_act()).await?;
    }
    attributes_follow(ctx, &proof, &mut tx, &[id]).await?;
    tx.commit(events).await?;
    Ok(after.state)
}
