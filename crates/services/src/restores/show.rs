//! Looking at the difference.

use tenure_domain::access::{Portal, actions};
use tenure_store::restores::{RestoreRow, RestoredTarget};

use crate::{Ctx, ServiceError};

/// What somebody looks at before it goes on.
#[derive(Debug, Clone)]
pub struct RestorePage {
    /// The restore that was noticed last, open or not.
    pub restore: Option<RestoreRow>,
    /// While it is open, all targets by name.
    pub targets: Vec<RestoredTarget>,
}

/// The restore that was noticed last, and how targets differ from what is recorded.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn show_restore(ctx: &Ctx) -> Result<RestorePage, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let restore = tx.last_restore().await?;
    let is_open = restore.as_ref().is_some_and(|row| row.released_at.is_none());
    let targets = if is_open { tx.restored_targets().await? } else { Vec::new() };
    Ok(RestorePage { restore, targets })
}
