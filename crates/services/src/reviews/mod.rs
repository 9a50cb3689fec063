//! Reviews: somebody who can judge it is asked whether what a target has otherwise than recorded may stay so. What they
//! decide is done by what an administrator's decision is done by.

mod ask;
mod decide;
mod look;
mod moot;
mod withdraw;

pub use ask::{Asking, ask_review, check_asks};
pub use decide::{Decision, decide_review};
pub(crate) use look::waiting;
pub use look::{ReviewPage, list_reviews, show_review};
pub(crate) use moot::close_moot;
pub use moot::close_moot_reviews;
pub use withdraw::withdraw_review;

use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::id::{IdentityId, ReviewId};

use crate::text::has_control;
use crate::{Ctx, ServiceError};

/// The longest note or reason.
const LONGEST: usize = 500;

/// What somebody typed, if it is of a length.
fn words(field: &'static str, typed: &str, at_least: usize, ask: &str) -> Result<String, ServiceError> {
    let typed = typed.trim();
    if !(at_least..=LONGEST).contains(&typed.chars().count()) || has_control(typed) {
        return Err(ServiceError::field(field, format!("{ask}, in {at_least} to {LONGEST} characters")));
    }
    Ok(typed.to_owned())
}

/// An event of a question.
fn event(ctx: &Ctx, action: &str, id: ReviewId, account: &str, about: IdentityId) -> AuditEvent {
    ctx.event(Stream::Review, action).target(&id, account).about(about)
}
