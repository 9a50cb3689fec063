//! Letting go again what was held.

use serde_json::json;
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::{ApplicationId, RestoreId};
use tenure_store::restores::RestoreRow;

use crate::{Ctx, FieldError, ServiceError};

/// What somebody decides who has looked at the difference.
#[derive(Debug, Clone)]
pub struct Release {
    /// Which restore they looked at.
    pub id: RestoreId,
    /// What they found, and why it may go on.
    pub note: String,
    /// Targets that need not be read before.
    pub unread: Vec<ApplicationId>,
}

/// Lets everything go out again. Every target that was ever read has to be read since the restore was noticed, those
/// that are held by themselves too: what is owed there would be done by an older picture once they are let go.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`]; [`ServiceError::Invalid`] without a note, or with the field
/// `unread` while a target has not been read; [`ServiceError::Refused`] when somebody else was quicker.
pub async fn release_restore(ctx: &Ctx, release: &Release) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::SettleRestore, _>(&Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    let row = tx.restore(release.id).await?.ok_or(ServiceError::NotFound("restore"))?;
    if row.released_at.is_some() {
        return Err(too_late(&row));
    }
    let note = release.note.trim();
    let mut faults = Vec::new();
    if note.is_empty() {
        faults.push(FieldError::new("note", "say what you found, and why it may go on"));
    }
    let (ticked, unread): (Vec<_>, Vec<_>) =
        tx.targets_unread_since(row.noticed_at).await?.into_iter().partition(|(id, _)| release.unread.contains(id));
    let names = |targets: Vec<(ApplicationId, String)>| targets.into_iter().map(|(_, name)| name).collect::<Vec<_>>();
    if !unread.is_empty() {
        let words = format!(
            "not read since the database was restored: {}. Read them and look at the difference, or tick those that may go on without",
            names(unread).join(", ")
        );
        faults.push(FieldError::new("unread", words));
    }
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    if !tx.release_restore(&proof, row.id, &ctx.principal.label, note, ctx.now).await? {
        return Err(tx.restore(row.id).await?.as_ref().map_or(ServiceError::NotFound("restore"), too_late));
    }
    let event = ctx.event(Stream::System, "restore.released").target(&row.id, "the database").because(note);
    tx.commit(event.after(json!({ "without_reading": names(ticked) }))).await?;
    Ok(())
}

fn too_late(row: &RestoreRow) -> ServiceError {
    ServiceError::Refused(match &row.released_by {
        Some(by) => format!("{by} let it go already; nothing was changed by you. They said: {}", row.note),
        None => "the database was restored once more since; nothing was changed by you".to_owned(),
    })
}
