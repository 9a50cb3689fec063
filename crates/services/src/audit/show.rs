//! One event of the audit log.

use tenure_domain::access::{Portal, actions};
use tenure_domain::id::EventId;
use tenure_store::audit::AuditRow;

use crate::{Ctx, ServiceError};

/// Shows an event.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], or when the database fails.
pub async fn show_event(ctx: &Ctx, id: EventId) -> Result<AuditRow, ServiceError> {
    ctx.authorize::<actions::ViewAudit, _>(&Portal).await?;
    ctx.app.store.read().await?.audit_event(id).await?.ok_or(ServiceError::NotFound("event"))
}
