//! Looking at questions.

use tenure_domain::access::{Relation, actions, authorize};
use tenure_domain::id::ReviewId;
use tenure_store::reviews::{ReviewFilter, ReviewRow};
use tenure_store::{Page, PageRequest};

use crate::identities::is_ones_own;
use crate::{Ctx, ServiceError};

/// A question, and what who looks may do about it.
#[derive(Debug, Clone)]
pub struct ReviewPage {
    /// It.
    pub review: ReviewRow,
    /// Whether who looks may decide it.
    pub may_decide: bool,
    /// Whether who looks may withdraw it.
    pub may_withdraw: bool,
}

/// A page of the questions: for who sees all, all of them, or those that they decide; for others theirs.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_reviews(ctx: &Ctx, filter: &ReviewFilter, request: &PageRequest) -> Result<Page<ReviewRow>, ServiceError> {
    let scope = ctx.rows::<actions::ViewReview>().await?;
    Ok(ctx.app.store.read().await?.list_reviews(scope, filter, request).await?)
}

/// A question.
///
/// # Errors
/// [`ServiceError::NotFound`], also for who may not see it.
pub async fn show_review(ctx: &Ctx, id: ReviewId) -> Result<ReviewPage, ServiceError> {
    let mut tx = ctx.app.store.read().await?;
    let review = tx.review(id).await?.ok_or(ServiceError::NotFound("review"))?;
    let own = is_ones_own(ctx, &mut tx, Some(review.identity_id)).await?;
    drop(tx);
    let relation = relation_of(ctx, &review);
    ctx.authorize::<actions::ViewReview, _>(&(id, relation)).await.map_err(|e| e.hide("review"))?;
    let acts = review.state.is_open() && !own;
    let may_decide = acts && authorize::<actions::DecideReview, _>(&ctx.principal, &(id, relation)).is_ok();
    let may_withdraw = acts && authorize::<actions::ManageTarget, _>(&ctx.principal, &(review.application_id, Relation::None)).is_ok();
    Ok(ReviewPage { review, may_decide, may_withdraw })
}

/// How many questions wait for the actor, and how many of these were to be decided by now. What waits for any
/// administrator waits for each.
pub(crate) async fn waiting(ctx: &Ctx) -> Result<(i64, i64), ServiceError> {
    let Some(me) = ctx.principal.identity_id() else { return Ok((0, 0)) };
    // Any question will do: nobody may decide some and not others, but their own.
    let any = (tenure_domain::id::Id::from_uuid(uuid::Uuid::nil()), Relation::None);
    let all = authorize::<actions::DecideReview, _>(&ctx.principal, &any).is_ok();
    let mut tx = ctx.app.store.read().await?;
    Ok(tx.reviews_waiting(me, all, ctx.today()).await?)
}

/// A question is its reviewer's own.
pub(super) fn relation_of(ctx: &Ctx, review: &ReviewRow) -> Relation {
    if review.reviewer_id.is_some() && review.reviewer_id == ctx.principal.identity_id() { Relation::Own } else { Relation::None }
}
