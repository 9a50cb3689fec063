//! Where a target is otherwise than it is recorded: what is there is left so.

use serde_json::json;
use tenure_domain::access::{Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::AccountId;
use tenure_store::targets::{Accepted, AcceptedDrift, AccountView, Drift};

use crate::text::has_control;
use crate::{Ctx, ServiceError};

/// The longest note.
const LONGEST: usize = 500;

/// Leaves an account's attributes as they are on the target, until they or what is recorded change.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Invalid`] without a note,
/// [`ServiceError::Refused`] where nothing is otherwise any more.
pub async fn accept_drift(ctx: &Ctx, id: AccountId, note: &str) -> Result<(), ServiceError> {
    let account = ctx.app.store.read().await?.account(id).await?.ok_or(ServiceError::NotFound("account"))?;
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(account.application_id, Relation::None)).await?;
    let note = note.trim();
    if !(3..=LONGEST).contains(&note.chars().count()) || has_control(note) {
        return Err(ServiceError::field("note", format!("say why it may stay so, in 3 to {LONGEST} characters")));
    }
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(account.identity_id.as_slice()).await?;
    let AccountView { account, drift, accepted, .. } = tx.account_view(id).await?.ok_or(ServiceError::NotFound("account"))?;
    let Some(drift) = drift.filter(|drift| !drift.is_empty()) else {
        return Err(ServiceError::Refused("it is as recorded by now; nothing was changed".to_owned()));
    };
    let event = ctx.event(Stream::Access, "account.drift-accepted").target(&id, account.name.as_str()).because(note);
    let event = event.after(json!({ "account": account.name, "left": drift }));
    let by = &ctx.principal.label;
    let left = |drifted| AcceptedDrift { drifted, by: by.clone(), note: note.to_owned(), at: ctx.now };
    let mut all: Accepted = accepted.unwrap_or_default();
    all.extend(drift.into_iter().map(|(name, drifted)| (name, left(drifted))));
    tx.accept_drift(&proof, id, Some(&all), None).await?;
    tx.commit(match account.identity_id {
        Some(identity) => event.about(identity),
        None => event,
    })
    .await?;
    Ok(())
}

/// Leaves nothing of an account as it is any more: it is otherwise than recorded again.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] where nothing was left.
pub async fn reject_drift(ctx: &Ctx, id: AccountId) -> Result<(), ServiceError> {
    let account = ctx.app.store.read().await?.account(id).await?.ok_or(ServiceError::NotFound("account"))?;
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(account.application_id, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(account.identity_id.as_slice()).await?;
    let AccountView { account, drift, accepted, .. } = tx.account_view(id).await?.ok_or(ServiceError::NotFound("account"))?;
    let Some(accepted) = accepted.filter(|accepted| !accepted.is_empty()) else {
        return Err(ServiceError::Refused("nothing of it is left otherwise than recorded; nothing was changed".to_owned()));
    };
    // As it was then; the next reading tells what is so by now.
    let again = accepted.into_iter().map(|(name, left)| (name, left.drifted));
    let all: Drift = again.chain(drift.unwrap_or_default()).collect();
    let event = ctx.event(Stream::Access, "account.drift-not-accepted").target(&id, account.name.as_str());
    let event = event.after(json!({ "account": account.name, "otherwise": all }));
    tx.accept_drift(&proof, id, None, Some(&all)).await?;
    tx.commit(match account.identity_id {
        Some(identity) => event.about(identity),
        None => event,
    })
    .await?;
    Ok(())
}
