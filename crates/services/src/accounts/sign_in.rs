//! Sign-in with a local password. The answer never tells whether an account exists, and takes as
//! long either way.

use chrono::Duration;
use tenure_domain::access::{PortalRole, Principal, PrincipalKind, Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::IdentityId;
use tenure_domain::sign_in::{Level, ProvedBy};
use tenure_vault::{Password, PasswordHash, Verdict};

use super::set_up::busy;
use crate::break_glass::is_sealed_account;
use crate::factors::{FirstStep, Passed, first_step};
use crate::{Ctx, ServiceError};

/// Wrong tries after which an account is locked (PCI DSS 4.0.1, 8.3.4).
pub const LOCK_AFTER: i32 = 10;
/// For how long (PCI DSS 4.0.1, 8.3.4).
pub const LOCK_FOR: Duration = Duration::minutes(30);

pub(crate) const WRONG: &str = "the user name or the password is wrong, or the account is locked for half an hour after ten wrong tries";

/// Signs somebody in, or half: where a second factor is asked for. The caller makes the browser's session.
///
/// # Errors
/// [`ServiceError::Refused`], with the same words whatever was wrong; [`ServiceError::Busy`].
pub async fn sign_in(ctx: &Ctx, user_name: &str, password: Password, browser: &str) -> Result<FirstStep, ServiceError> {
    sign_in_by(ctx, user_name, password, browser, Lock::Heeded).await
}

/// Whether a lock of the password holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// It does, and wrong tries lead to it.
    Heeded,
    /// It does not: the browser is known, and has a limit of its own.
    Passed,
}

/// As [`sign_in`], from a browser that is known or not.
///
/// # Errors
/// As [`sign_in`].
pub(super) async fn sign_in_by(
    ctx: &Ctx,
    user_name: &str,
    password: Password,
    browser: &str,
    lock: Lock,
) -> Result<FirstStep, ServiceError> {
    let (identity, account) = {
        let mut tx = ctx.app.store.read().await?;
        let identity = tx.identity_by_user_name(user_name).await?.filter(|i| i.state.may_act());
        let account = match &identity {
            // A sealed account is used by its own form, with a reason.
            Some(identity) if is_sealed_account(&mut tx, identity.id).await? => None,
            Some(identity) => tx.local_account(identity.id).await?,
            None => None,
        };
        (identity, account)
    };
    let locked = lock == Lock::Heeded && account.as_ref().and_then(|a| a.locked_until).is_some_and(|until| until > ctx.now);
    // A locked account is checked against nothing, and that takes as long.
    let checked = account.filter(|_| !locked).map(|a| a.password_hash);
    let stored = checked.clone().map(PasswordHash::from_stored);
    let verdict = ctx.app.passwords.verify(password, stored).await.map_err(busy)?;
    let (Some(identity), Verdict::Accepted { renewed }) = (identity.clone(), verdict) else {
        return refuse(ctx, identity.map(|i| i.id), locked, lock).await;
    };

    let who = Principal { kind: PrincipalKind::Anonymous, label: identity.display_name.clone(), roles: [PortalRole::Employee].into() };
    let proof = tenure_domain::access::authorize::<actions::UseOwnAccount, _>(&who, &(identity.id, Relation::Own))?;
    let mut tx = ctx.app.store.write().await?;
    // Read again, inside: an end that came in between must win, and one that comes now waits.
    tx.lock_identities(&[identity.id]).await?;
    let Some(identity) = tx.identity(identity.id).await?.filter(|i| i.state.may_act()) else {
        drop(tx);
        return refuse(ctx, None, false, lock).await;
    };
    // So must a lock that other tries brought about meanwhile, and a password that was changed.
    let account = tx.local_account(identity.id).await?;
    let locked = lock == Lock::Heeded && account.as_ref().and_then(|a| a.locked_until).is_some_and(|until| until > ctx.now);
    if locked || account.as_ref().map(|a| &a.password_hash) != checked.as_ref() {
        drop(tx);
        return refuse(ctx, Some(identity.id), locked, lock).await;
    }
    tx.clear_failures(&proof, identity.id).await?;
    let mut password_at = account.map(|a| a.changed_at);
    if let Some(renewed) = renewed {
        tx.put_local_account(&proof, identity.id, renewed.as_str(), ctx.now).await?;
        password_at = Some(ctx.now);
    }
    let passed = Passed { by: ProvedBy::Password, level: Level::One, password_at, origin: None };
    let (step, event) = first_step(ctx, &mut tx, &proof, &identity, passed, browser).await?;
    tx.commit(event).await?;
    Ok(step)
}

async fn refuse(ctx: &Ctx, identity: Option<IdentityId>, locked: bool, lock: Lock) -> Result<FirstStep, ServiceError> {
    let mut tx = ctx.app.store.write().await?;
    let mut event = ctx.event(Stream::System, "sign-in").because(if locked { "locked" } else { "wrong user name or password" }).refused();
    if let Some(id) = identity {
        let who = Principal { kind: PrincipalKind::Anonymous, label: String::new(), roles: [PortalRole::Employee].into() };
        let proof = tenure_domain::access::authorize::<actions::UseOwnAccount, _>(&who, &(id, Relation::Own))?;
        if !locked && lock == Lock::Heeded {
            tx.count_failure(&proof, id, LOCK_AFTER, ctx.now + LOCK_FOR).await?;
            super::tell_locked::tell_locked(ctx, &mut tx, &proof, id).await?;
        }
        event = event.target(&id, "").about(id);
    }
    tx.commit(event).await?;
    Err(ServiceError::Refused(WRONG.to_owned()))
}
