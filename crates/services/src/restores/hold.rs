//! Holding everything that goes out, by hand.

use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::Stream;
use tenure_store::restores::RestoreRow;

use crate::{Ctx, ServiceError};

/// Holds everything that goes out to targets, as if the database had been noticed to be restored: for whoever
/// restores it on another machine, where nobody knows how far it was.
///
/// # Errors
/// [`ServiceError::Denied`]; [`ServiceError::Invalid`] without a reason; [`ServiceError::Refused`] when it is held already.
pub async fn hold_outward(ctx: &Ctx, reason: &str) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::SettleRestore, _>(&Portal).await?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(ServiceError::field("reason", "say why: whoever lets it go again reads it"));
    }
    let mut tx = ctx.app.store.write().await?;
    tx.lock_restores().await?;
    if let Some(open) = tx.open_restore().await? {
        return Err(ServiceError::Refused(format!("it is held already: {}", open.said)));
    }
    let row = RestoreRow {
        id: ctx.id(),
        noticed_at: ctx.now,
        said: reason.to_owned(),
        expected_size: None,
        seen_at: None,
        found_size: tx.log_head().await?.map_or(0, |head| head.tree_size),
        found_at: tx.newest_event_at().await?,
        released_at: None,
        released_by: None,
        note: String::new(),
    };
    tx.insert_restore(&proof, &row).await?;
    tx.commit(ctx.event(Stream::System, "restore.held").target(&row.id, "the database").because(reason)).await?;
    Ok(())
}
