//! Noticing that the database was restored.

use serde_json::json;
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::Stream;
use tenure_store::restores::RestoreRow;

use super::compare::{Compared, Comparison};
use super::seen::Seen;
use crate::ids::new_id;
use crate::{Ctx, ServiceError};

/// What a look showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    /// What holds everything that goes out, if anything does.
    pub held: Option<RestoreRow>,
    /// Whether that was noticed just now.
    pub noticed: bool,
    /// Nothing was known of this installation, but of another one.
    pub is_another: bool,
    /// Why what was seen could not be kept.
    pub not_kept: Option<String>,
}

/// Looks whether the database is what this machine has seen of it, holds everything that goes out if it is not, and
/// keeps how far its audit log is now. To be done before anything else at a start, and after each sealing.
///
/// What was noticed after the file was written is known: several processes share a database, each machine with a file
/// of its own.
///
/// # Errors
/// [`ServiceError::Denied`]; [`ServiceError::Vault`] when the file cannot be read; or when the database fails.
pub async fn look_for_restore(ctx: &Ctx) -> Result<Looked, ServiceError> {
    let proof = ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    let mut looked = Looked::default();
    if let Some(comparison) = Comparison::make(&ctx.app).await? {
        looked.is_another = comparison.outcome == Compared::New { others: true };
        if let Compared::Restored { said, expected_size, seen_at, found_size } = &comparison.outcome {
            let mut tx = ctx.app.store.write().await?;
            tx.lock_restores().await?;
            if !tx.restore_noticed_since(*seen_at).await? {
                let row = RestoreRow {
                    id: ctx.id(),
                    noticed_at: ctx.now,
                    said: said.clone(),
                    expected_size: Some(*expected_size),
                    seen_at: Some(*seen_at),
                    found_size: *found_size,
                    found_at: tx.newest_event_at().await?,
                    released_at: None,
                    released_by: None,
                    note: String::new(),
                };
                tx.insert_restore(&proof, &row).await?;
                let event = ctx.event(Stream::System, "restore.noticed").target(&row.id, "the database").because(said);
                tx.commit(event.after(json!({
                    "expected_size": expected_size, "found_size": found_size, "seen_at": seen_at, "found_at": row.found_at
                })))
                .await?;
                looked.noticed = true;
            }
        }
        looked.not_kept = keep(ctx, comparison).await?;
    }
    looked.held = ctx.app.store.read().await?.open_restore().await?;
    Ok(looked)
}

/// Writes how far the log is, if that is news. Yields why it could not be written: what was kept before still holds.
async fn keep(ctx: &Ctx, comparison: Comparison) -> Result<Option<String>, ServiceError> {
    let Comparison { outcome, instance, mut all, head } = comparison;
    let (Some(file), Some(head)) = (ctx.app.seen.clone(), head) else { return Ok(None) };
    let is_known = all.get(&instance).is_some_and(|seen| seen.is(&head));
    if is_known && outcome == Compared::GoesOn {
        return Ok(None);
    }
    all.insert(instance, Seen::of(&head, ctx.now));
    let unique = new_id(ctx.now);
    let written = tokio::task::spawn_blocking(move || file.write(&all, unique)).await.map_err(|_| ServiceError::Busy)?;
    Ok(written.err())
}
