//! Showing a code: of an authenticator app, or a recovery code. Each counts once, and wrong ones are counted.

use serde_json::json;
use tenure_domain::access::{Authorized, PortalRole, Principal, PrincipalKind, Relation, actions, authorize};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::id::{Id as _, IdentityId};
use tenure_domain::sign_in::{FactorKind, ProvedBy};
use tenure_store::WriteTx;
use tenure_store::factors::FactorRow;
use tenure_vault::{RecoveryCode, TotpSecret};

use super::tell::tell_locked;
use crate::accounts::limits::{Limit, attempts, count_attempt, forget_attempts, is_over};
use crate::{Ctx, ServiceError};

pub(super) const WRONG: &str = "the code is wrong, or was used before: type the one that your app shows now";
const TOO_MANY: &str = "too many wrong codes: try again in half an hour. A passkey works all the time";
const TOO_MANY_FROM_HERE: &str = "too many wrong passwords and codes came from here: try again in ten minutes";
pub(super) const OVER: &str = "you were asked for a second factor too long ago, or something changed meanwhile: sign in again";

/// What a sealed secret of an app belongs to.
pub(super) fn sealed_about(id: IdentityId) -> String {
    format!("authenticator app of {id}")
}

/// Whoever shows a factor acts for themselves.
pub(super) fn as_themselves(id: IdentityId, label: &str) -> Result<Authorized<actions::UseOwnAccount>, ServiceError> {
    let who = Principal { kind: PrincipalKind::Anonymous, label: label.to_owned(), roles: [PortalRole::Employee].into() };
    Ok(authorize::<actions::UseOwnAccount, _>(&who, &(id, Relation::Own))?)
}

/// Refuses who is over a limit, before anything is computed.
///
/// # Errors
/// [`ServiceError::Refused`].
pub(super) async fn within_limits(ctx: &Ctx, id: IdentityId, network: &str) -> Result<(), ServiceError> {
    if is_over(ctx, Limit::SignInByAddress, network).await? {
        return Err(ServiceError::Refused(TOO_MANY_FROM_HERE.to_owned()));
    }
    if is_over(ctx, Limit::CodeByAccount, &id.to_string()).await? {
        return Err(ServiceError::Refused(TOO_MANY.to_owned()));
    }
    Ok(())
}

/// Takes a code of somebody, whose identity is locked: by what they proved themselves, if it is right. `recovery`: whether
/// a recovery code serves.
///
/// # Errors
/// When the database fails, or the secret of an app cannot be opened.
pub(super) async fn take_code(
    ctx: &Ctx,
    tx: &mut WriteTx,
    proof: &Authorized<actions::UseOwnAccount>,
    id: IdentityId,
    typed: &str,
    recovery: bool,
) -> Result<Option<ProvedBy>, ServiceError> {
    let plain: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    for app in tx.usable_factors(id, FactorKind::Code).await? {
        let secret = open_secret(ctx, &app)?;
        if let Some(step) = secret.step_of(&plain, ctx.now.timestamp(), app.last_step)
            && tx.take_code(proof, app.credential_id, step, ctx.now).await?
        {
            return Ok(Some(ProvedBy::Code));
        }
    }
    let Some(code) = RecoveryCode::read(typed).filter(|_| recovery) else { return Ok(None) };
    let hash = code.hash(ctx.app.keys.recovery_codes(), id.uuid().as_bytes());
    Ok(tx.take_recovery_code(proof, id, hash.as_bytes()).await?.then_some(ProvedBy::RecoveryCode))
}

fn open_secret(ctx: &Ctx, app: &FactorRow) -> Result<TotpSecret, ServiceError> {
    let opened = ctx.app.keys.factors().open(&app.data, &sealed_about(app.identity_id));
    let bytes = opened.map_err(|error| ServiceError::Vault(error.to_string()))?;
    TotpSecret::from_bytes(&bytes).ok_or_else(|| ServiceError::Vault("the secret of an authenticator app is damaged".to_owned()))
}

/// Counts a wrong code and leaves its row; tells the person when codes are not taken any more, since whoever tries them
/// knows the password.
///
/// # Errors
/// Always: [`ServiceError::Refused`], or when the database fails.
pub(super) async fn refuse_code<T>(ctx: &Ctx, id: IdentityId, network: &str, action: &str) -> Result<T, ServiceError> {
    count_attempt(ctx, Limit::SignInByAddress, network).await?;
    count_attempt(ctx, Limit::CodeByAccount, &id.to_string()).await?;
    let locked = attempts(ctx, Limit::CodeByAccount, &id.to_string()).await? >= Limit::CodeByAccount.allows().0;
    let proof = as_themselves(id, "")?;
    let mut tx = ctx.app.store.write().await?;
    if locked {
        tell_locked(ctx, &mut tx, &proof, id).await?;
    }
    let event: AuditEvent = ctx.event(Stream::System, action).target(&id, "").about(id).because("wrong code");
    tx.commit(event.after(json!({ "locked": locked })).refused()).await?;
    Err(ServiceError::Refused(WRONG.to_owned()))
}

/// Begins to count anew for who showed the right one.
///
/// # Errors
/// When the database fails.
pub(super) async fn forget_wrong_codes(ctx: &Ctx, id: IdentityId) -> Result<(), ServiceError> {
    forget_attempts(ctx, Limit::CodeByAccount, &id.to_string()).await
}
