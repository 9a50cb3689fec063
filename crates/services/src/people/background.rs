//! Applying a staged import where nobody has to wait for it: it goes on when the browser is gone.

use std::future::Future;

use tenure_domain::access::{Portal, actions};
use tenure_domain::id::ImportId;
use tokio::task::JoinHandle;

use crate::transient::Applying;
use crate::{Ctx, ServiceError};

/// Starts the work that applies an import, and follows it. The work itself checks everything; `undone`
/// says of its result why nothing was done, if so.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Conflict`] when it is being applied already.
pub async fn apply_in_background<T: Send + 'static>(
    ctx: &Ctx,
    id: ImportId,
    work: impl Future<Output = Result<T, ServiceError>> + Send + 'static,
    undone: impl Fn(&T) -> Option<String> + Send + 'static,
) -> Result<JoinHandle<Result<T, ServiceError>>, ServiceError> {
    ctx.authorize::<actions::ManageSources, _>(&Portal).await?;
    let following = ctx.app.transient.applying.begin(id, &ctx.principal.label, ctx.now)?;
    Ok(tokio::spawn(async move {
        let done = work.await;
        following.ended(match &done {
            Ok(result) => undone(result),
            Err(error @ (ServiceError::Store(_) | ServiceError::Vault(_))) => {
                tracing::error!(import = %id, %error, "an import was not applied");
                Some("the database or the keys failed; the log of the server says more".to_owned())
            }
            Err(error) => Some(error.to_string()),
        });
        done
    }))
}

/// How far an import is; None when this process is not applying it.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn applying(ctx: &Ctx, id: ImportId) -> Result<Option<Applying>, ServiceError> {
    ctx.authorize::<actions::ViewImports, _>(&Portal).await?;
    let Some(applying) = ctx.app.transient.applying.of(id) else { return Ok(None) };
    if applying.failed.is_some() {
        let import = ctx.app.store.read().await?.import(id).await?;
        if import.is_none_or(|i| i.state != "staged") {
            // It is over in another way: what failed before is no news.
            ctx.app.transient.applying.forget_failure(id);
            return Ok(None);
        }
    }
    Ok(Some(applying))
}

/// Forgets why the last attempt failed, once somebody was told.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn forget_failure(ctx: &Ctx, id: ImportId) -> Result<(), ServiceError> {
    ctx.authorize::<actions::ManageSources, _>(&Portal).await?;
    ctx.app.transient.applying.forget_failure(id);
    Ok(())
}
