//! A person's word that something is done on a target. It is never the same as evidence.

use tenure_domain::access::{Relation, actions};
use tenure_domain::id::OperationId;
use tenure_domain::operation::{OperationKind, OperationState};
use tenure_store::targets::Settlement;

use super::settle::{done, event};
use crate::ids::new_id;
use crate::text::has_control;
use crate::{Ctx, ServiceError};

/// The longest note.
const LONGEST: usize = 1000;

/// States that an operation is done, with a note of how that is known.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Invalid`] without a note,
/// [`ServiceError::Refused`] when it is settled already, or would be about oneself.
pub async fn attest_operation(ctx: &Ctx, id: OperationId, note: &str) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::SettleOperation, _>(&(id, Relation::None)).await?;
    let note = note.trim();
    if note.chars().count() < 10 {
        return Err(ServiceError::field("note", "say how you know that it is done, in a sentence: it stands in the record"));
    }
    if note.chars().count() > LONGEST || has_control(note) {
        return Err(ServiceError::field("note", format!("at most {LONGEST} characters, in one paragraph")));
    }
    let mut tx = ctx.app.store.write().await?;
    let operation = tx.operation(id).await?.ok_or(ServiceError::NotFound("operation"))?;
    tx.lock_identities(operation.identity_id.as_slice()).await?;
    if operation.identity_id.is_some() && operation.identity_id == ctx.principal.identity_id() {
        return Err(ServiceError::Refused("nobody states for their own access that it is gone; ask another administrator".to_owned()));
    }
    let settlement = Settlement {
        id,
        state: OperationState::Attested,
        failures: u32::try_from(operation.failures).unwrap_or_default(),
        next_at: None,
        said: note,
        actor: &ctx.principal.label,
        at: ctx.now,
        step: new_id(ctx.now),
    };
    if !tx.settle_open(&proof, &settlement).await? {
        return Err(ServiceError::Refused("it is settled already; nothing was changed".to_owned()));
    }
    done(ctx, &proof, &mut tx, &operation).await?;
    if let (OperationKind::CreateAccount, Some(account)) = (operation.kind, operation.account_id) {
        tx.forget_plan(&proof, account).await?;
    }
    tx.commit(event(ctx, &operation, OperationState::Attested, note)).await?;
    Ok(())
}
