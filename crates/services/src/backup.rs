//! A copy of the whole database. It holds everything, so who takes one is recorded.

use std::path::Path;

use serde_json::json;
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::Stream;
use tenure_store::Engine;

use crate::{Ctx, ServiceError};

/// Copies an embedded database to a file that does not exist yet. The event is in the copy too: it
/// is committed first, and stays when the copy fails.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Refused`] when the file exists or its name is not text,
/// and on PostgreSQL, which has `pg_dump`.
pub async fn back_up(ctx: &Ctx, file: &Path) -> Result<(), ServiceError> {
    ctx.authorize::<actions::BackUp, _>(&Portal).await?;
    if ctx.app.store.engine() == Engine::Postgres {
        return Err(ServiceError::Refused("this is a PostgreSQL database: back it up with pg_dump".to_owned()));
    }
    if file.exists() {
        return Err(ServiceError::Refused(format!("{} exists already: a backup never overwrites one", file.display())));
    }
    let name = file.to_str().ok_or_else(|| ServiceError::Refused("the name of the file must be text".to_owned()))?;
    let event = ctx.event(Stream::System, "database.backed-up").target(&Portal, "database").after(json!({ "file": name }));
    ctx.app.store.write().await?.commit(event).await?;
    // So that the copy's log proves itself to its last event.
    crate::audit::seal_pending(&ctx.app, ctx.now).await?;
    Ok(ctx.app.store.backup(name).await?)
}
