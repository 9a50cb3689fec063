//! What happened to one identity.

use tenure_domain::access::actions;
use tenure_domain::id::IdentityId;
use tenure_store::audit::{AuditFilter, AuditRow};
use tenure_store::{Page, PageRequest};

use crate::{Ctx, ServiceError};

/// The events that concern an identity, newest first, for whoever may see the identity.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], or when the database fails.
pub async fn audit_of_identity(ctx: &Ctx, id: IdentityId, request: &PageRequest) -> Result<Page<AuditRow>, ServiceError> {
    let identity = ctx.app.store.read().await?.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    ctx.authorize::<actions::ViewIdentity, _>(&identity).await?;
    let filter = AuditFilter { identity_id: Some(id), ..AuditFilter::default() };
    Ok(ctx.app.store.read().await?.list_audit(&filter, request).await?)
}
