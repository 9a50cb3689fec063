//! Closing the review of a use.

use serde_json::json;
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::Stream;
use tenure_domain::break_glass::{Involved, may_not_close};
use tenure_domain::id::BreakGlassUseId;

use super::words;
use crate::{Ctx, ServiceError};

/// Closes the review of a use with what was found. Its session, if it lives, ends.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Invalid`] without a note,
/// [`ServiceError::Refused`] for who could have used it, [`ServiceError::Conflict`] when somebody else closed it.
pub async fn close_use(ctx: &Ctx, id: BreakGlassUseId, note: &str) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageBreakGlass, _>(&Portal).await?;
    let note = words("note", note, "say what was done with the account, and whether that was right")?;
    let mut tx = ctx.app.store.write().await?;
    let view = tx.break_glass_use(id).await?.ok_or(ServiceError::NotFound("use of a break-glass account"))?;
    let involved = Involved { account: view.identity_id, sealed_by: view.sealed_by };
    if let Some(why) = may_not_close(involved, ctx.principal.identity_id()) {
        return Err(ServiceError::Refused(why.to_owned()));
    }
    tx.lock_identities(&[view.identity_id]).await?;
    tx.close_break_glass_use(&proof, id, &ctx.principal.label, &note, ctx.now).await?;
    let ended = tx.end_other_sessions(&proof, view.identity_id, None, ctx.now).await?;
    tx.commit(
        ctx.event(Stream::System, "break-glass.reviewed")
            .target(&view.identity_id, view.display_name.as_str())
            .about(view.identity_id)
            .because(note)
            .after(json!({ "use": id, "sessions": ended })),
    )
    .await?;
    Ok(())
}
