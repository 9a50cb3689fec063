//! Giving what an ended identity owned to somebody who answers for it from now on.

use serde_json::json;
use tenure_domain::access::{Portal, Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::{HandOverId, IdentityId};
use tenure_domain::identity::IdentityKind;
use tenure_store::hand_overs::HandOverView;
use tenure_store::{Page, PageRequest};

use crate::{Ctx, ServiceError};

/// A page of the open hand-over tasks, oldest first.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_hand_overs(ctx: &Ctx, request: &PageRequest) -> Result<Page<HandOverView>, ServiceError> {
    // They concern everybody's identities: only who sees all of them sees the tasks.
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    Ok(ctx.app.store.read().await?.list_hand_overs(request).await?)
}

/// Gives a non-human identity its new owner and closes the task.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Invalid`] when the new
/// owner is not a live person, [`ServiceError::Conflict`] when the task is closed already.
pub async fn hand_over(ctx: &Ctx, id: HandOverId, new_owner: IdentityId) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::HandOver, _>(&(id, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    let task = tx.hand_over(id).await?.ok_or(ServiceError::NotFound("hand-over"))?;
    tx.lock_identities(&[task.identity_id, new_owner]).await?;
    let owner = tx.identity(new_owner).await?.filter(|o| !o.state.has_ended() && o.kind == IdentityKind::Person);
    let Some(owner) = owner else {
        return Err(ServiceError::field("new_owner", "the new owner must be a person who has not ended: choose another"));
    };
    tx.finish_hand_over(&proof, id, new_owner, ctx.now).await?;
    let before = tx.identity(task.identity_id).await?.ok_or(ServiceError::NotFound("identity"))?;
    let mut after = before.clone();
    after.owner_id = Some(new_owner);
    after.version += 1;
    after.updated_at = ctx.now;
    tx.update_identity(&proof, before.version, &after).await?;
    let event = ctx
        .event(Stream::Identity, "identity.handed-over")
        .target(&after.id, after.display_name.as_str())
        .about(after.id)
        .before(json!({ "owner": task.former_owner }))
        .after(json!({ "owner": owner.display_name }));
    tx.commit(event).await?;
    Ok(())
}
