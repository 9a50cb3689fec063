//! Reading a target at once, in this process.

use tenure_domain::access::{Channel, Principal};
use tenure_domain::id::ApplicationId;
use tenure_domain::target::{ReadingKind, ReadingState};

use super::claim::claim;
use super::{Reconciled, ask_reading, read_claimed};
use crate::{Ctx, ServiceError};

/// Asks for a reading of everything and does it at once, with the moment of `ctx`: for whoever has no worker beside
/// them (the measurements, tests). The portal and the API only ask.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] with the target's words when it cannot
/// be read, [`ServiceError::Invalid`] with the field `many_gone` when too many accounts were not seen,
/// [`ServiceError::Conflict`] when somebody else reads it.
pub async fn reconcile_target(ctx: &Ctx, target: ApplicationId, many_gone: bool) -> Result<Reconciled, ServiceError> {
    let id = ask_reading(ctx, target, ReadingKind::Full, many_gone).await?;
    let own = Ctx { principal: Principal::system("reading"), channel: Channel::Schedule, ..ctx.clone() };
    let taken_over = || ServiceError::Conflict("somebody else reads this target now".to_owned());
    let reading = claim(&own, "at once", Some(id)).await?.ok_or_else(taken_over)?;
    let now = ctx.now;
    let state = read_claimed(&own, &reading, &move || now).await?.ok_or_else(taken_over)?;
    let row = ctx.app.store.read().await?.reading(id).await?.ok_or(ServiceError::NotFound("reading"))?;
    match state {
        ReadingState::Done => Ok(row.result.and_then(|result| serde_json::from_value(result).ok()).unwrap_or_default()),
        ReadingState::Doubtful => Err(ServiceError::field("many_gone", row.said)),
        _ => Err(ServiceError::Refused(row.said)),
    }
}
