//! What a person says of an operation: that it is done, or that it cannot be.

use tenure_domain::access::{May, Relation, change};
use tenure_domain::id::{IdentityId, OperationId};
use tenure_domain::operation::OperationState;
use tenure_store::WriteTx;
use tenure_store::targets::{Claimed, Settlement};

use crate::identities::is_same_person;
use crate::ids::new_id;
use crate::tasks::relation_of;
use crate::{Ctx, ServiceError};

/// Somebody's word.
pub(crate) struct Word<'a> {
    /// Of which operation.
    pub(crate) id: OperationId,
    /// Whose task it was when they were let speak of it.
    pub(crate) relation: Relation,
    /// Where it stands by what they say.
    pub(crate) state: OperationState,
    /// What they say.
    pub(crate) said: &'a str,
    /// What they are told who speak of themselves.
    pub(crate) of_oneself: &'static str,
}

/// Settles an operation by somebody's word, under the lock of whom it is about; yields what it was.
///
/// # Errors
/// [`ServiceError::Refused`] when it is about themselves, somebody else's task by now, or settled already.
pub(crate) async fn settle_by_word(
    ctx: &Ctx,
    proof: &impl May<change::WriteOperations>,
    tx: &mut WriteTx,
    word: &Word<'_>,
) -> Result<Claimed, ServiceError> {
    let refused = |words: &str| Err(ServiceError::Refused(words.to_owned()));
    let operation = tx.operation(word.id).await?.ok_or(ServiceError::NotFound("operation"))?;
    tx.lock_identities(operation.identity_id.as_slice()).await?;
    if is_about(tx, &operation, ctx.principal.identity_id()).await? {
        return refused(word.of_oneself);
    }
    if word.relation == Relation::Own && tx.task(word.id).await?.is_none_or(|task| relation_of(ctx, &task) != Relation::Own) {
        return refused("it is somebody else's task now; nothing was changed");
    }
    let settlement = Settlement {
        id: word.id,
        state: word.state,
        failures: u32::try_from(operation.failures).unwrap_or_default(),
        next_at: None,
        said: word.said,
        actor: &ctx.principal.label,
        at: ctx.now,
        step: new_id(ctx.now),
    };
    if tx.settle_open(proof, &settlement).await? { Ok(operation) } else { refused("it is settled already; nothing was changed") }
}

/// Whether an operation is about somebody, under whichever of their identities.
async fn is_about(tx: &mut WriteTx, operation: &Claimed, who: Option<IdentityId>) -> Result<bool, ServiceError> {
    let (Some(whom), Some(who)) = (operation.identity_id, who) else { return Ok(false) };
    is_same_person(tx, whom, who).await
}
