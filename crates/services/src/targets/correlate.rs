//! Whose an account is: what a person decides.

use serde_json::json;
use tenure_domain::access::{Authorized, Relation, actions};
use tenure_domain::audit::{AuditEvent, Events, Stream};
use tenure_domain::id::{AccountId, IdentityId};
use tenure_domain::target::Account;
use tenure_store::WriteTx;
use tenure_store::reviews::Reviewed;

use crate::ids::new_id;
use crate::reviews::close_moot;
use crate::{Ctx, ServiceError};

/// Says whose an account is, whosever it was; nobody's, if none.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Conflict`] when somebody else says so at the same
/// moment.
pub async fn correlate_account(ctx: &Ctx, id: AccountId, identity: Option<IdentityId>) -> Result<(), ServiceError> {
    correlate(ctx, id, |account| account.identity_id, identity).await
}

/// Says whose an account of nobody's is. What somebody has by now is not taken from them: whoever decided that looked at a
/// page on which it was nobody's.
///
/// # Errors
/// As [`correlate_account`]; [`ServiceError::Conflict`] also when it is somebody else's by now.
pub async fn correlate_orphan(ctx: &Ctx, id: AccountId, identity: IdentityId) -> Result<(), ServiceError> {
    correlate(ctx, id, |_| None, Some(identity)).await
}

async fn correlate(
    ctx: &Ctx,
    id: AccountId,
    seen: impl Fn(&Account) -> Option<IdentityId>,
    identity: Option<IdentityId>,
) -> Result<(), ServiceError> {
    let account = ctx.app.store.read().await?.account(id).await?.ok_or(ServiceError::NotFound("account"))?;
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(account.application_id, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    let events = correlate_in(ctx, &proof, &mut tx, id, seen(&account), identity).await?;
    if let Some(events) = Events::all(events) {
        tx.commit(events).await?;
    }
    Ok(())
}

/// The same as a part of a larger change, from whom it was seen to be (nobody, if none); yields its events, none where it
/// is so already.
pub(super) async fn correlate_in(
    ctx: &Ctx,
    proof: &Authorized<actions::ManageTarget>,
    tx: &mut WriteTx,
    id: AccountId,
    seen: Option<IdentityId>,
    identity: Option<IdentityId>,
) -> Result<Vec<AuditEvent>, ServiceError> {
    // What is owed to whom it was must not be added to meanwhile either.
    let both: Vec<IdentityId> = seen.into_iter().chain(identity).collect();
    tx.lock_identities(&both).await?;
    let account = tx.lock_account(id).await?.ok_or(ServiceError::NotFound("account"))?;
    if account.identity_id != seen {
        // A second click: it is so already.
        if account.identity_id == identity {
            return Ok(Vec::new());
        }
        return Err(ServiceError::Conflict("somebody said meanwhile whose the account is; nothing was changed: look again".to_owned()));
    }
    let name = match identity {
        Some(identity) => Some(tx.identity(identity).await?.ok_or(ServiceError::NotFound("identity"))?.display_name),
        None => None,
    };
    tx.correlate_account(proof, id, identity, ctx.now).await?;
    let target = tx.target(account.application_id).await?;
    if let Some(target) = target {
        let now = ctx.now;
        tx.owe_to_accounts_of_ended(proof, &target.reach, now, &move || new_id(now)).await?;
    }
    let mut event = ctx
        .event(Stream::Access, "account.correlated")
        .target(&id, account.name.as_str())
        .before(json!({ "identity_id": account.identity_id }))
        .after(json!({ "identity_id": identity, "identity": name }));
    event.0.identity_id = identity.or(account.identity_id);
    let mut all = vec![event];
    all.extend(close_moot(ctx, proof, tx, Reviewed::Account(id), None).await?);
    Ok(all)
}
