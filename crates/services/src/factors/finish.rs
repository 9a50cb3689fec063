//! The second factor at sign-in.

use serde_json::{Value, json};
use tenure_domain::access::{Authorized, actions};
use tenure_domain::audit::AuditEvent;
use tenure_domain::identity::Identity;
use tenure_domain::sign_in::{Level, ProvedBy};
use tenure_store::WriteTx;
use tenure_store::sign_in::SessionOrigin;

use super::answer::{Answered, answered, copied};
use super::half::Half;
use super::passkey::{Asked, ask_for_passkey};
use super::show::{OVER, as_themselves, forget_wrong_codes, refuse_code, take_code, within_limits};
use crate::accounts::{Browser, SignedIn, open_session};
use crate::{Ctx, ServiceError};

fn over() -> ServiceError {
    ServiceError::Refused(OVER.to_owned())
}

/// Signs somebody in by a code, after their first factor; the caller makes the browser's session.
///
/// # Errors
/// [`ServiceError::Refused`]: the code is wrong, was used, is none that serves, or there were too many.
pub async fn finish_by_code(ctx: &Ctx, half: &Half, typed: &str, from: &Browser<'_>) -> Result<SignedIn, ServiceError> {
    let id = half.identity_id;
    if half.is_over(ctx.now) {
        return Err(over());
    }
    if half.passkey_only {
        return Err(ServiceError::Refused("your role asks for a passkey: a code is not enough".to_owned()));
    }
    within_limits(ctx, id, from.network).await?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[id]).await?;
    let Some(identity) = half.still(ctx, &mut tx).await? else { return Err(over()) };
    let proof = as_themselves(id, &identity.display_name)?;
    let Some(by) = take_code(ctx, &mut tx, &proof, id, typed, true).await? else {
        drop(tx);
        return refuse_code(ctx, id, from.network, "sign-in").await;
    };
    let (person, event) = open(ctx, &mut tx, &proof, &identity, half, by, Level::Two, from.label).await?;
    tx.commit(event).await?;
    forget_wrong_codes(ctx, id).await?;
    Ok(person)
}

/// Asks for a passkey of whoever showed their first factor.
///
/// # Errors
/// [`ServiceError::Refused`] when there is none that serves, or too many are on their way.
pub async fn finish_passkey_begin(ctx: &Ctx, half: &Half) -> Result<Asked, ServiceError> {
    if half.is_over(ctx.now) {
        return Err(over());
    }
    ask_for_passkey(ctx, half.identity_id).await
}

/// Signs somebody in by a passkey, after their first factor; the caller makes the browser's session.
///
/// # Errors
/// [`ServiceError::Refused`].
pub async fn finish_by_passkey(ctx: &Ctx, half: &Half, asked: &str, answer: &str, from: &Browser<'_>) -> Result<SignedIn, ServiceError> {
    let id = half.identity_id;
    let shown = match answered(ctx, asked, answer, Some(id)).await? {
        Answered::Right(shown) => shown,
        Answered::Copied(row) => return copied(ctx, row).await,
    };
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[id]).await?;
    let Some(identity) = half.still(ctx, &mut tx).await? else { return Err(over()) };
    let proof = as_themselves(id, &identity.display_name)?;
    shown.keep(ctx, &mut tx, &proof).await?;
    let (person, event) = open(ctx, &mut tx, &proof, &identity, half, ProvedBy::Passkey, Level::Resistant, from.label).await?;
    tx.commit(event).await?;
    Ok(person)
}

#[allow(clippy::too_many_arguments)]
async fn open(
    ctx: &Ctx,
    tx: &mut WriteTx,
    proof: &Authorized<actions::UseOwnAccount>,
    identity: &Identity,
    half: &Half,
    by: ProvedBy,
    level: Level,
    browser: &str,
) -> Result<(SignedIn, AuditEvent), ServiceError> {
    let (person, mut event) = open_session(ctx, tx, proof, identity, browser, half.first, level).await?;
    if let Some(origin) = half.origin.clone() {
        tx.put_session_origin(proof, &SessionOrigin { credential_id: person.session, ..origin }).await?;
    }
    if let Value::Object(after) = &mut event.0.after {
        after.insert("then_by".to_owned(), json!(by));
        if by == ProvedBy::RecoveryCode {
            after.insert("recovery_codes_left".to_owned(), json!(tx.recovery_codes_left(identity.id).await?));
        }
    }
    Ok((person, event))
}
