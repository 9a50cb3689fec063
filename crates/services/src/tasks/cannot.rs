//! A task that cannot be done.

use tenure_domain::access::actions;
use tenure_domain::id::OperationId;
use tenure_domain::operation::OperationState;

use super::relation_of;
use crate::operations::{Word, event, settle_by_word};
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
    let of_oneself = "nobody says this of their own access; ask another administrator";
    let word = Word { id, relation, state: OperationState::NeedsHuman, said: reason, of_oneself };
    let operation = settle_by_word(ctx, &proof, &mut tx, &word).await?;
    tx.commit(event(ctx, &operation, OperationState::NeedsHuman, reason)).await?;
    Ok(())
}
