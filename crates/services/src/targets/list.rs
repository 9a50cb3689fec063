//! Looking at targets and the accounts there.

use tenure_domain::access::{Portal, actions};
use tenure_domain::id::{AccountId, ApplicationId};
use tenure_store::access::ApplicationRow;
use tenure_store::readings::ReadingRow;
use tenure_store::targets::{AccountFilter, AccountView, TargetRow};
use tenure_store::{Page, PageRequest};

use crate::{Ctx, ServiceError};

/// How many readings are shown.
const READINGS: i64 = 10;

/// An application with how it is reached.
#[derive(Debug, Clone)]
pub struct TargetPage {
    /// The application.
    pub application: ApplicationRow,
    /// How it is reached, if anybody said so. Its secret stays sealed.
    pub target: Option<TargetRow>,
    /// Accounts there, as last seen.
    pub accounts: i64,
    /// Of these, those that are nobody's.
    pub orphans: i64,
    /// Its last readings, the newest first.
    pub readings: Vec<ReadingRow>,
}

/// How an application is reached, and what is known to be there.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn show_target(ctx: &Ctx, id: ApplicationId) -> Result<TargetPage, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let application = tx.application(id).await?.ok_or(ServiceError::NotFound("application"))?;
    let target = tx.target(id).await?;
    let (accounts, orphans) = tx.account_counts(id).await?;
    let readings = tx.readings_of(id, READINGS).await?;
    Ok(TargetPage { application, target, accounts, orphans, readings })
}

/// An account with what is otherwise there.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn show_account(ctx: &Ctx, id: AccountId) -> Result<AccountView, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    ctx.app.store.read().await?.account_view(id).await?.ok_or(ServiceError::NotFound("account"))
}

/// A page of accounts, by name.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_accounts(ctx: &Ctx, filter: &AccountFilter, request: &PageRequest) -> Result<Page<AccountView>, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    Ok(ctx.app.store.read().await?.list_accounts(filter, request).await?)
}
