//! Where a target is otherwise than it is recorded: what is there is left so.

use std::collections::BTreeMap;

use serde_json::json;
use tenure_domain::access::{Authorized, May, Relation, actions, change};
use tenure_domain::audit::{AuditEvent, Events, Stream};
use tenure_domain::id::AccountId;
use tenure_store::WriteTx;
use tenure_store::reviews::Reviewed;
use tenure_store::targets::{Accepted, AcceptedDrift, AccountView, Differences, same_values};

use crate::identities::check_not_ones_own;
use crate::reviews::close_moot;
use crate::text::has_control;
use crate::{Ctx, ServiceError};

/// The longest note.
const LONGEST: usize = 500;

/// Leaves attributes of an account as they are on the target, until they or what is recorded change. `seen` is what
/// somebody looked at: the attributes, with what the target has.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Invalid`] without a note or an attribute,
/// [`ServiceError::Conflict`] where it is otherwise than it was seen, [`ServiceError::Refused`] for one's own account.
pub async fn accept_drift(ctx: &Ctx, id: AccountId, seen: &BTreeMap<String, Vec<String>>, note: &str) -> Result<(), ServiceError> {
    let (proof, mut tx, view) = begin(ctx, id).await?;
    let note = note.trim();
    if !(3..=LONGEST).contains(&note.chars().count()) || has_control(note) {
        return Err(ServiceError::field("note", format!("say why it may stay so, in 3 to {LONGEST} characters")));
    }
    if seen.is_empty() {
        return Err(ServiceError::field("attributes", "name the attributes that stay as they are, with what the target has"));
    }
    let event = accept_in(ctx, &proof, &mut tx, &view, seen, note).await?;
    finish(ctx, &proof, tx, id, event, "left as it is").await
}

/// The same by whoever was let decide it, inside a transaction that holds the lock of whom the account is; yields its event.
pub(crate) async fn accept_in(
    ctx: &Ctx,
    proof: &impl May<change::WriteTargets>,
    tx: &mut WriteTx,
    view: &AccountView,
    seen: &BTreeMap<String, Vec<String>>,
    note: &str,
) -> Result<AuditEvent, ServiceError> {
    let (mut drift, mut accepted) = (view.drift.clone().unwrap_or_default(), view.accepted.clone().unwrap_or_default());
    let before = drift.clone();
    for (name, real) in seen {
        let Some(drifted) = drift.remove(name).filter(|drifted| same_values(&drifted.real, real)) else {
            return Err(ServiceError::Conflict(format!("{name} is not as you saw it any more; nothing was changed: look again")));
        };
        let by = ctx.principal.label.clone();
        accepted.insert(name.clone(), AcceptedDrift { drifted, by, note: note.to_owned(), at: ctx.now });
    }
    let left: BTreeMap<_, _> = before.into_iter().filter(|(name, _)| seen.contains_key(name)).collect();
    keep(proof, tx, view, &Differences { id: view.account.id, accepted, drift: Some(drift) }).await?;
    Ok(about(ctx, "account.drift-accepted", view).because(note).after(json!({ "account": view.account.name, "left": left })))
}

/// Commits it. Whoever is asked about what was there before is asked no more, and sees who decided what.
async fn finish(
    ctx: &Ctx,
    proof: &Authorized<actions::ManageTarget>,
    mut tx: WriteTx,
    id: AccountId,
    event: AuditEvent,
    what: &str,
) -> Result<(), ServiceError> {
    let mut all = Events::one(event);
    let decided = format!("{} decided about the account: {what}", ctx.principal.label);
    all.extend(close_moot(ctx, proof, &mut tx, Reviewed::Account(id), Some(&decided)).await?);
    tx.commit(all).await?;
    Ok(())
}

/// Leaves nothing of an account as it is any more: it is otherwise than recorded again.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] where nothing was left, and for one's own
/// account.
pub async fn reject_drift(ctx: &Ctx, id: AccountId) -> Result<(), ServiceError> {
    let (proof, mut tx, view) = begin(ctx, id).await?;
    let Some(accepted) = view.accepted.clone().filter(|accepted| !accepted.is_empty()) else {
        return Err(ServiceError::Refused("nothing of it is left otherwise than recorded; nothing was changed".to_owned()));
    };
    // As it was when it was last read.
    let mut drift = view.drift.clone().unwrap_or_default();
    drift.extend(accepted.into_iter().map(|(name, left)| (name, left.drifted)));
    let event = about(ctx, "account.drift-not-accepted", &view).after(json!({ "account": view.account.name, "otherwise": drift }));
    keep(&proof, &mut tx, &view, &Differences { id, accepted: Accepted::new(), drift: Some(drift) }).await?;
    finish(ctx, &proof, tx, id, event, "left as it is no longer").await
}

/// The account, not the actor's own, under the lock of whom it is and under its own.
async fn begin(ctx: &Ctx, id: AccountId) -> Result<(Authorized<actions::ManageTarget>, WriteTx, AccountView), ServiceError> {
    let account = ctx.app.store.read().await?.account(id).await?.ok_or(ServiceError::NotFound("account"))?;
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(account.application_id, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(account.identity_id.as_slice()).await?;
    let view = tx.lock_account_view(id).await?.filter(|view| view.account.identity_id == account.identity_id).ok_or_else(moved)?;
    check_not_ones_own(ctx, &mut tx, view.account.identity_id).await?;
    Ok((proof, tx, view))
}

/// Keeps it, if the account is still whose it was.
async fn keep(
    proof: &impl May<change::WriteTargets>,
    tx: &mut WriteTx,
    view: &AccountView,
    kept: &Differences,
) -> Result<(), ServiceError> {
    if tx.keep_differences(proof, view.account.identity_id, kept).await? { Ok(()) } else { Err(moved()) }
}

fn moved() -> ServiceError {
    ServiceError::Conflict("the account is somebody else's by now, or gone; nothing was changed".to_owned())
}

fn about(ctx: &Ctx, action: &str, view: &AccountView) -> AuditEvent {
    let mut event = ctx.event(Stream::Access, action).target(&view.account.id, view.account.name.as_str());
    event.0.identity_id = view.account.identity_id;
    event
}
