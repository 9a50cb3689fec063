//! Bringing an ended identity back. It keeps its history and gets nothing back unasked: what rules
//! give, they give anew.

use chrono::NaiveDate;
use serde_json::json;
use tenure_domain::access::actions;
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{LifecycleState, Transition};
use tenure_store::identities::Employment;

use crate::access::recompute_identities;
use crate::targets::accounts_follow;
use crate::{Ctx, ServiceError};

/// Rehires an identity from a day on.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Lifecycle`] when it has
/// not ended, [`ServiceError::Invalid`] without a reason.
pub async fn rehire_identity(ctx: &Ctx, id: IdentityId, start_on: NaiveDate, reason: &str) -> Result<LifecycleState, ServiceError> {
    let identity = ctx.app.store.read().await?.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    let proof = ctx.authorize::<actions::RehireIdentity, _>(&identity).await?;
    if reason.trim().is_empty() {
        return Err(ServiceError::field("reason", "say why: a mistaken end is undone by a rehire, never silently"));
    }
    let mut tx = ctx.app.store.write().await?;
    tx.hold_model().await?;
    tx.lock_identities(&[id]).await?;
    let before = tx.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    let later = start_on > ctx.today();
    let mut after = before.clone();
    after.state = before.state.after(if later { Transition::RehireLater } else { Transition::Rehire })?;
    after.start_on = Some(start_on);
    after.end_on = None;
    after.ended_at = None;
    after.version += 1;
    after.updated_at = ctx.now;
    tx.update_identity(&proof, before.version, &after).await?;
    let employment = Employment {
        id: ctx.id(),
        identity_id: id,
        started_on: start_on,
        ended_on: None,
        start_reason: "rehire".to_owned(),
        end_reason: String::new(),
    };
    tx.insert_employments(&proof, &[employment]).await?;
    let mut events = Events::one(
        ctx.event(Stream::Identity, "identity.rehired")
            .target(&id, after.display_name.as_str())
            .about(id)
            .because(reason.trim())
            .before(json!({ "state": before.state, "end_on": before.end_on }))
            .after(json!({ "state": after.state, "start_on": start_on })),
    );
    // Its event comes first: what follows from it has later keys.
    let changed = recompute_identities(ctx, &proof, &mut tx, std::slice::from_ref(&after)).await?;
    events.extend(changed);
    if after.state.may_act() {
        accounts_follow(ctx, &proof, &mut tx, &[id], true).await?;
    }
    tx.commit(events).await?;
    Ok(after.state)
}
