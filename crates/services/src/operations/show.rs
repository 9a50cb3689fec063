//! Looking at one operation.

use tenure_domain::access::{Portal, actions};
use tenure_domain::id::OperationId;
use tenure_store::operations::{OperationDetail, OperationStep};

use crate::{Ctx, ServiceError};

/// An operation with all that is known of it, and its last hundred steps, newest first.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn show_operation(ctx: &Ctx, id: OperationId) -> Result<(OperationDetail, Vec<OperationStep>), ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    ctx.app.store.read().await?.operation_detail(id).await?.ok_or(ServiceError::NotFound("operation"))
}
