//! How many a source may end in a day: the limits of an import, over the last 24 hours.

use chrono::Duration;
use tenure_domain::id::IdentityId;
use tenure_domain::people::{Allowed, Impact, LimitExceeded};
use tenure_store::WriteTx;
use tenure_store::imports::Source;

use crate::Ctx;
use crate::scim::fault::Fault;

/// Whether one more may leave. The source must be locked.
///
/// # Errors
/// [`Fault::NotYours`] naming the limit and what an administrator does.
pub(super) async fn check_limit(ctx: &Ctx, tx: &mut WriteTx, source: &Source, who: IdentityId) -> Result<(), Fault> {
    let limits = &ctx.app.settings.limits;
    let left = usize::try_from(tx.scim_leavers_since(source.id, ctx.now - Duration::hours(24)).await?).unwrap_or(usize::MAX);
    let leavers = left.saturating_add(1);
    // From so many people on the percentage allows it: nobody needs to count further.
    let enough = leavers
        .saturating_mul(100)
        .checked_div(usize::from(limits.leavers_percent))
        .map_or(i64::MAX, |n| i64::try_from(n.saturating_add(1)).unwrap_or(i64::MAX));
    let live = usize::try_from(tx.live_of_source(source.id, enough).await?).unwrap_or(usize::MAX);
    let impact = |live: usize| Impact { live: live.saturating_add(left), leavers, ..Impact::default() };
    if limits.check(impact(live), Allowed::default()).is_empty() {
        return Ok(());
    }
    let live = usize::try_from(tx.live_of_source(source.id, i64::MAX).await?).unwrap_or(usize::MAX);
    let exceeded = limits.check(impact(live), Allowed::default());
    let Some(LimitExceeded::Leavers { leavers, live, limit, .. }) = exceeded.first() else { return Ok(()) };
    Err(Fault::not_yours(
        Some(who),
        format!(
            "{leavers} of {live} people of {} would have left within 24 hours, more than {limit}; nothing was changed. If it is right, \
             an administrator ends them in the portal, or raises `limits.leavers_percent` and `limits.leavers` in the configuration",
            source.name
        ),
    ))
}
