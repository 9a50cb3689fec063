//! Records, newest first.

use tenure_domain::access::{Portal, actions};
use tenure_store::records::RecordSummary;
use tenure_store::{Page, PageRequest};

use crate::{Ctx, ServiceError};

/// A page of records, newest first, with how much of each is open.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_records(ctx: &Ctx, request: &PageRequest) -> Result<Page<RecordSummary>, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    Ok(ctx.app.store.read().await?.list_records(request).await?)
}
