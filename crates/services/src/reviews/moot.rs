//! Questions about which there is nothing to decide any more: closed, with the reason.

use serde_json::json;
use tenure_domain::access::{May, Portal, actions, change};
use tenure_domain::audit::{AuditEvent, Events};
use tenure_domain::review::ReviewState;
use tenure_store::WriteTx;
use tenure_store::reviews::{DoubtfulReview, Reviewed, Verdict};
use tenure_store::targets::Drift;

use super::event;
use crate::{Ctx, ServiceError};

/// How many at a time.
const BATCH: i64 = 200;

/// Whether what is otherwise now is what was asked about. A target keeps values in an order of its own.
pub(super) fn is_same_question(asked: &Drift, now: Option<&Drift>) -> bool {
    let Some(now) = now else { return false };
    let same = |name: &String| match (asked.get(name), now.get(name)) {
        (Some(one), Some(other)) => one.is_as(other),
        _ => false,
    };
    asked.len() == now.len() && asked.keys().all(same)
}

/// Why there is nothing to decide any more; none where there is.
fn because(review: &DoubtfulReview) -> Option<&'static str> {
    if review.is_gone {
        Some("the account is gone")
    } else if !review.is_theirs {
        Some("the account is not theirs any more")
    } else if review.has_ended {
        Some("its person has ended")
    } else if review.drift.as_ref().is_none_or(Drift::is_empty) {
        Some("nothing is otherwise than recorded any more")
    } else if !is_same_question(&review.question, review.drift.as_ref()) {
        Some("it is otherwise by now than it was when it was asked")
    } else {
        None
    }
}

/// Closes the questions about accounts that are not as they were asked about any more; yields an event for each.
/// `decided` are the words for it where that is because somebody just decided what differs.
///
/// # Errors
/// When the database fails.
pub(crate) async fn close_moot(
    ctx: &Ctx,
    proof: &(impl May<change::WriteReviews> + Sync),
    tx: &mut WriteTx,
    of: Reviewed,
    decided: Option<&str>,
) -> Result<Vec<AuditEvent>, ServiceError> {
    let (mut events, mut after) = (Vec::new(), None);
    loop {
        let doubtful = tx.doubtful_reviews(of, after, BATCH).await?;
        for review in &doubtful {
            let Some(reason) = because(review) else { continue };
            let reason = decided.filter(|_| is_still_theirs(review)).unwrap_or(reason);
            let verdict = Verdict { state: ReviewState::Moot, by: "", reason, at: ctx.now };
            // Who decides at the same moment comes first.
            if tx.settle_review(proof, review.id, verdict).await? {
                let event = event(ctx, "review.moot", review.id, &review.account, review.identity_id);
                events.push(event.because(reason).after(json!({ "account": review.account, "otherwise": review.drift })));
            }
        }
        // Behind those about which there is something to decide, though the database doubts it.
        after = doubtful.last().map(|review| review.id);
        if is_short(&doubtful) {
            return Ok(events);
        }
    }
}

/// Whether these are the last.
fn is_short(piece: &[DoubtfulReview]) -> bool {
    i64::try_from(piece.len()).is_ok_and(|n| n < BATCH)
}

/// Whether the account is there, and that of somebody who has not ended: only what differs is another.
fn is_still_theirs(review: &DoubtfulReview) -> bool {
    !review.is_gone && review.is_theirs && !review.has_ended
}

/// The same for all targets, whatever made them so: a part of the schedule. Yields how many.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn close_moot_reviews(ctx: &Ctx) -> Result<usize, ServiceError> {
    let proof = ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    // A look first, that keeps no writer from its work.
    if !is_any_moot(ctx).await? {
        return Ok(0);
    }
    let mut tx = ctx.app.store.write().await?;
    let closed = close_moot(ctx, &proof, &mut tx, Reviewed::All, None).await?;
    let n = closed.len();
    if let Some(events) = Events::all(closed) {
        tx.commit(events).await?;
    }
    Ok(n)
}

async fn is_any_moot(ctx: &Ctx) -> Result<bool, ServiceError> {
    let (mut tx, mut after) = (ctx.app.store.read().await?, None);
    loop {
        let doubtful = tx.doubtful_reviews(Reviewed::All, after, BATCH).await?;
        if doubtful.iter().any(|review| because(review).is_some()) {
            return Ok(true);
        }
        after = doubtful.last().map(|review| review.id);
        if is_short(&doubtful) {
            return Ok(false);
        }
    }
}
