//! Asking no more.

use tenure_domain::access::{Relation, actions};
use tenure_domain::id::ReviewId;
use tenure_domain::review::ReviewCommand;
use tenure_store::reviews::Verdict;

use super::{event, words};
use crate::identities::check_not_ones_own;
use crate::{Ctx, ServiceError};

/// Withdraws a question: it waits for nobody any more, and what is otherwise stays listed.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Invalid`] for a reason that is too long,
/// [`ServiceError::Refused`] when it is not open, or about one's own account.
pub async fn withdraw_review(ctx: &Ctx, id: ReviewId, reason: &str) -> Result<(), ServiceError> {
    let review = ctx.app.store.read().await?.review(id).await?.ok_or(ServiceError::NotFound("review"))?;
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(review.application_id, Relation::None)).await?;
    let reason = words("reason", reason, 0, "say why")?;
    let mut tx = ctx.app.store.write().await?;
    let review = tx.review(id).await?.ok_or(ServiceError::NotFound("review"))?;
    check_not_ones_own(ctx, &mut tx, Some(review.identity_id)).await?;
    let state = review.state.after(ReviewCommand::Withdraw).map_err(|refused| ServiceError::Refused(refused.to_string()))?;
    let verdict = Verdict { state, by: &ctx.principal.label, reason: &reason, at: ctx.now };
    if !tx.settle_review(&proof, id, verdict).await? {
        return Err(ServiceError::Conflict("it was decided at this moment; nothing was changed".to_owned()));
    }
    tx.commit(event(ctx, "review.withdrawn", id, &review.account, review.identity_id).because(reason)).await?;
    Ok(())
}
