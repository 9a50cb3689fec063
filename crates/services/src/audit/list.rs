//! The audit log, newest first.

use tenure_domain::access::{Portal, actions};
use tenure_store::audit::{AuditFilter, AuditRow};
use tenure_store::{Page, PageRequest};

use crate::{Ctx, ServiceError};

/// Lists events, newest first.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn list_audit(ctx: &Ctx, filter: &AuditFilter, request: &PageRequest) -> Result<Page<AuditRow>, ServiceError> {
    ctx.authorize::<actions::ViewAudit, _>(&Portal).await?;
    Ok(ctx.app.store.read().await?.list_audit(filter, request).await?)
}
