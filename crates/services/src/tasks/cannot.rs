//! A task that cannot be done.

use tenure_domain::access::{Relation, actions};
use tenure_domain::id::OperationId;
use tenure_domain::operation::OperationState;
use tenure_store::targets::Settlement;

use super::relation_of;
use crate::ids::new_id;
use crate::operations::{event, is_about};
use crate::text::has_control;
use crate::{Ctx, ServiceError};

/// The longest reason.
const LONGEST: usize = 1000;

/// Says why a task cannot be done: it stays owed, and needs another human.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Invalid`] without a reason,
/// [`ServiceError::Refused`] when it is settled already, about oneself, or somebody else's by now.
pub async fn cannot_be_done(ctx: &Ctx, id: OperationId, reason: &str) -> Result<(), ServiceError> {
    let task = ctx.app.store.read().await?.task(id).await?.ok_or(ServiceError::NotFound("task"))?;
    let relation = relation_of(ctx, &task);
    let proof = ctx.authorize::<actions::SettleOperation, _>(&(id, relation)).await?;
    let reason = reason.trim();
    if !(10..=LONGEST).contains(&reason.chars().count()) || has_control(reason) {
        return Err(ServiceError::field("reason", format!("say what stands in the way, in a sentence of 10 to {LONGEST} characters")));
    }
    let mut tx = ctx.app.store.write().await?;
    let operation = tx.operation(id).await?.ok_or(ServiceError::NotFound("task"))?;
    tx.lock_identities(operation.identity_id.as_slice()).await?;
    if is_about(&mut tx, &operation, ctx.principal.identity_id()).await? {
        return Err(ServiceError::Refused("nobody says this of their own access; ask another administrator".to_owned()));
    }
    if relation == Relation::Own && tx.task(id).await?.is_none_or(|task| relation_of(ctx, &task) != Relation::Own) {
        return Err(ServiceError::Refused("it is somebody else's task now; nothing was changed".to_owned()));
    }
    let settlement = Settlement {
        id,
        state: OperationState::NeedsHuman,
        failures: u32::try_from(operation.failures).unwrap_or_default(),
        next_at: None,
        said: reason,
        actor: &ctx.principal.label,
        at: ctx.now,
        step: new_id(ctx.now),
    };
    if !tx.settle_open(&proof, &settlement).await? {
        return Err(ServiceError::Refused("it is settled already; nothing was changed".to_owned()));
    }
    tx.commit(event(ctx, &operation, OperationState::NeedsHuman, reason)).await?;
    Ok(())
}
