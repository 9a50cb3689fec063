//! Deciding what one is asked.

use std::collections::BTreeMap;

use serde_json::json;
use tenure_domain::access::{Relation, actions};
use tenure_domain::audit::Events;
use tenure_domain::id::ReviewId;
use tenure_domain::review::ReviewCommand;
use tenure_store::reviews::Verdict;

use super::look::relation_of;
use super::moot::is_same_question;
use super::{event, words};
use crate::identities::check_not_ones_own;
use crate::targets::{accept_in, repair_in};
use crate::{Ctx, ServiceError};

/// What a reviewer decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It may stay as it is there, until it changes here or there.
    Accept,
    /// It is made as recorded.
    Repair,
}

/// Decides a question: whoever is asked, or an administrator; never the one whose account it is.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Invalid`] without a reason why it may stay so,
/// [`ServiceError::Conflict`] where it is otherwise than it was asked about, [`ServiceError::Refused`] when it is decided
/// already, about oneself, or somebody else's to decide by now.
pub async fn decide_review(ctx: &Ctx, id: ReviewId, decision: Decision, reason: &str) -> Result<(), ServiceError> {
    let review = ctx.app.store.read().await?.review(id).await?.ok_or(ServiceError::NotFound("review"))?;
    let relation = relation_of(ctx, &review);
    let proof = ctx.authorize::<actions::DecideReview, _>(&(id, relation)).await?;
    // What is made as recorded again needs no reason: it is what was decided before.
    let reason = match decision {
        Decision::Accept => words("reason", reason, 3, "say why it may stay so")?,
        Decision::Repair => words("reason", reason, 0, "say why")?,
    };
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[review.identity_id]).await?;
    let review = tx.review(id).await?.ok_or(ServiceError::NotFound("review"))?;
    let command = if decision == Decision::Accept { ReviewCommand::Accept } else { ReviewCommand::Repair };
    let state = review.state.after(command).map_err(|refused| ServiceError::Refused(refused.to_string()))?;
    check_not_ones_own(ctx, &mut tx, Some(review.identity_id)).await?;
    if relation == Relation::Own && relation_of(ctx, &review) != Relation::Own {
        return Err(ServiceError::Refused("somebody else decides this by now; nothing was changed".to_owned()));
    }
    let moved = || ServiceError::Conflict("it is not as you were asked about any more; nothing was changed".to_owned());
    let view = tx.lock_account_view(review.account_id).await?.filter(|view| view.account.identity_id == Some(review.identity_id));
    let view = view.ok_or_else(moved)?;
    if !is_same_question(&review.question, view.drift.as_ref()) {
        return Err(moved());
    }
    let done = match decision {
        Decision::Accept => {
            let seen: BTreeMap<_, _> = review.question.iter().map(|(name, drifted)| (name.clone(), drifted.real.clone())).collect();
            Some(accept_in(ctx, &proof, &mut tx, &view, &seen, &reason).await?)
        }
        Decision::Repair => repair_in(ctx, &proof, &mut tx, &view.account).await?,
    };
    let verdict = Verdict { state, by: &ctx.principal.label, reason: &reason, at: ctx.now };
    if !tx.settle_review(&proof, id, verdict).await? {
        return Err(moved());
    }
    let mut all = Events::one(
        event(ctx, &format!("review.{state}"), id, &review.account, review.identity_id)
            .because(reason)
            .after(json!({ "account": review.account, "asked": review.asked, "question": review.question })),
    );
    all.extend(done);
    tx.commit(all).await?;
    Ok(())
}
