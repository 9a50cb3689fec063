//! Where a target is otherwise than it is recorded: what is recorded wins.

use serde_json::json;
use tenure_domain::access::{May, Portal, Relation, actions, change};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::grant::GrantState;
use tenure_domain::id::{AccountId, ApplicationId, GrantId};
use tenure_domain::operation::OperationKind;
use tenure_domain::target::Account;
use tenure_store::access::MissingGrant;
use tenure_store::operations::OperationRow;
use tenure_store::{Page, PageRequest, WriteTx};

use crate::identities::check_not_ones_own;
use crate::ids::new_id;
use crate::{Ctx, ServiceError};

/// A page of the grants that are recorded and were not seen when their target was last read, by person.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_missing(ctx: &Ctx, application: ApplicationId, request: &PageRequest) -> Result<Page<MissingGrant>, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    Ok(ctx.app.store.read().await?.list_missing(application, request).await?)
}

/// Owes to an account that its attributes are made what is recorded.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] where nobody says how accounts
/// are filled, the account is nobody's, or it is one's own.
pub async fn repair_account(ctx: &Ctx, id: AccountId) -> Result<(), ServiceError> {
    let account = ctx.app.store.read().await?.account(id).await?.ok_or(ServiceError::NotFound("account"))?;
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(account.application_id, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(account.identity_id.as_slice()).await?;
    let now = tx.account(id).await?.filter(|a| a.identity_id == account.identity_id).ok_or(ServiceError::NotFound("account"))?;
    check_not_ones_own(ctx, &mut tx, now.identity_id).await?;
    match repair_in(ctx, &proof, &mut tx, &now).await? {
        Some(event) => Ok(tx.commit(event).await?),
        // A second click: it is owed already.
        None => Ok(()),
    }
}

/// The same by whoever was let decide it, inside a transaction that holds the lock of whom the account is; yields its event,
/// none where it is owed already.
pub(crate) async fn repair_in(
    ctx: &Ctx,
    proof: &impl May<change::WriteAccess>,
    tx: &mut WriteTx,
    account: &Account,
) -> Result<Option<AuditEvent>, ServiceError> {
    let Some(identity) = account.identity_id else {
        return Err(ServiceError::Refused("say first whose the account is: nothing is recorded of nobody".to_owned()));
    };
    if tx.identity(identity).await?.is_none_or(|i| i.state.has_ended()) {
        return Err(ServiceError::Refused("its person has ended: nothing is to be so any more".to_owned()));
    }
    let row = tx.target(account.application_id).await?.ok_or(ServiceError::NotFound("target"))?;
    if row.reach.mapping.is_none() {
        return Err(ServiceError::Refused("nobody says how accounts are filled here: set a mapping first".to_owned()));
    }
    let now = ctx.now;
    if tx.owe_account_changes(proof, &[identity], Some(account.id), now, &move || new_id(now)).await? == 0 {
        return Ok(None);
    }
    let event = ctx.event(Stream::Access, "account.repair-owed").target(&account.id, account.name.as_str()).about(identity);
    Ok(Some(event.after(json!({ "account": account.name }))))
}

/// Owes to a target what is recorded and was not seen there.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] when it is not recorded any more.
pub async fn repair_grant(ctx: &Ctx, application: ApplicationId, id: GrantId) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(application, Relation::None)).await?;
    let found = ctx.app.store.read().await?.grant_on(application, id).await?.ok_or(ServiceError::NotFound("grant"))?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[found.identity_id]).await?;
    let grant = tx.grant_on(application, id).await?.ok_or(ServiceError::NotFound("grant"))?;
    if tx.target(application).await?.is_none() {
        return Err(ServiceError::Refused("Tenure does not reach this application: say how it is reached first".to_owned()));
    }
    if grant.state != GrantState::Held {
        return Err(ServiceError::Refused("no role gives this any more; nothing was changed".to_owned()));
    }
    if grant.is_owed {
        return Ok(());
    }
    let now = ctx.now;
    let owed = OperationRow::owed(ctx.id(), OperationKind::AddEntitlement, Some(application), Some(grant.identity_id), now);
    tx.insert_operations(&proof, &[OperationRow { grant_id: Some(id), ..owed }]).await?;
    tx.owe_new_accounts(&proof, &[grant.identity_id], now, &move || new_id(now)).await?;
    let event = ctx.event(Stream::Access, "grant.repair-owed").target(&id, grant.entitlement.as_str()).about(grant.identity_id);
    tx.commit(event.after(json!({ "entitlement": grant.entitlement }))).await?;
    Ok(())
}
