//! What is owed to targets, and what was found there that no role explains.

use tenure_domain::access::{Portal, actions};
use tenure_domain::id::ApplicationId;
use tenure_domain::operation::OperationKind;
use tenure_store::access::FoundGrant;
use tenure_store::operations::OwedView;
use tenure_store::{Page, PageRequest};

use crate::{Ctx, ServiceError};

/// A page of the operations that are open, oldest first.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_owed(ctx: &Ctx, kind: Option<OperationKind>, request: &PageRequest) -> Result<Page<OwedView>, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    Ok(ctx.app.store.read().await?.list_owed(kind, request).await?)
}

/// A page of the grants that no role explains, found last first.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_out_of_band(
    ctx: &Ctx,
    application: Option<ApplicationId>,
    request: &PageRequest,
) -> Result<Page<FoundGrant>, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    Ok(ctx.app.store.read().await?.list_out_of_band(application, request).await?)
}
