//! Having an operation tried at once.

use tenure_domain::access::{Relation, actions};
use tenure_domain::id::OperationId;
use tenure_domain::operation::OperationState;
use tenure_store::targets::Settlement;

use super::settle::event;
use crate::ids::new_id;
use crate::{Ctx, ServiceError};

/// Has an open operation tried at once, whatever its turn.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] when it is settled already.
pub async fn retry_operation(ctx: &Ctx, id: OperationId) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::SettleOperation, _>(&(id, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    let operation = tx.operation(id).await?.ok_or(ServiceError::NotFound("operation"))?;
    let said = format!("{} had it tried again", ctx.principal.label);
    let settlement = Settlement {
        id,
        state: OperationState::Queued,
        failures: 0,
        next_at: Some(ctx.now),
        said: &said,
        actor: "",
        at: ctx.now,
        step: new_id(ctx.now),
    };
    if !tx.settle_open(&proof, &settlement).await? {
        return Err(ServiceError::Refused("it is settled already; nothing was changed".to_owned()));
    }
    tx.commit(event(ctx, &operation, OperationState::Queued, &said)).await?;
    Ok(())
}
