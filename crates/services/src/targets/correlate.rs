//! Whose an account is: what a person decides.

use serde_json::json;
use tenure_domain::access::{Relation, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::{AccountId, IdentityId};
use tenure_store::reviews::Reviewed;

use crate::ids::new_id;
use crate::reviews::close_moot;
use crate::{Ctx, ServiceError};

/// Says whose an account is; nobody's, if none.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn correlate_account(ctx: &Ctx, id: AccountId, identity: Option<IdentityId>) -> Result<(), ServiceError> {
    let account = ctx.app.store.read().await?.account(id).await?.ok_or(ServiceError::NotFound("account"))?;
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(account.application_id, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    let account = tx.account(id).await?.ok_or(ServiceError::NotFound("account"))?;
    let name = match identity {
        Some(identity) => Some(tx.identity(identity).await?.ok_or(ServiceError::NotFound("identity"))?.display_name),
        None => None,
    };
    if let Some(identity) = identity {
        tx.lock_identities(&[identity]).await?;
    }
    tx.correlate_account(&proof, id, identity, ctx.now).await?;
    let target = tx.target(account.application_id).await?;
    if let Some(target) = target {
        let now = ctx.now;
        tx.owe_to_accounts_of_ended(&proof, &target.reach, now, &move || new_id(now)).await?;
    }
    let mut event = ctx
        .event(Stream::Access, "account.correlated")
        .target(&id, account.name.as_str())
        .before(json!({ "identity_id": account.identity_id }))
        .after(json!({ "identity_id": identity, "identity": name }));
    event.0.identity_id = identity.or(account.identity_id);
    let mut all = Events::one(event);
    all.extend(close_moot(ctx, &proof, &mut tx, Reviewed::Account(id)).await?);
    tx.commit(all).await?;
    Ok(())
}
