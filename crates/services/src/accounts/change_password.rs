//! Changing one's own password. All other sessions end.

use tenure_domain::access::{Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::CredentialId;
use tenure_store::accounts::LocalAccount;
use tenure_vault::{Password, PasswordHash, Verdict};

use super::forgotten::{links_are_over, tell_changed};
use super::set_up::{busy, new_password, record_password};
use super::tell_locked::tell_locked;
use crate::break_glass::refuse_sealed_account;
use crate::{Ctx, ServiceError};

/// Changes the actor's password.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`] when the current one is wrong or the new
/// one cannot be taken, [`ServiceError::NotFound`] or [`ServiceError::Conflict`] when the identity
/// or the password came to its end meanwhile.
pub async fn change_password(
    ctx: &Ctx,
    session: Option<CredentialId>,
    current: Password,
    password: Password,
    repeated: &Password,
) -> Result<(), ServiceError> {
    let me = ctx.principal.identity_id().ok_or_else(|| ServiceError::Refused("only people have passwords".to_owned()))?;
    let proof = ctx.authorize::<actions::UseOwnAccount, _>(&(me, Relation::Own)).await?;
    let (identity, account) = {
        let mut tx = ctx.app.store.read().await?;
        refuse_sealed_account(&mut tx, me).await?;
        (tx.identity(me).await?.ok_or(ServiceError::NotFound("identity"))?, tx.local_account(me).await?)
    };
    let is_locked = |account: &Option<LocalAccount>| account.as_ref().and_then(|a| a.locked_until).is_some_and(|until| until > ctx.now);
    let locked = || ServiceError::Refused("too many wrong passwords: wait half an hour".to_owned());
    if is_locked(&account) {
        return Err(locked());
    }
    let checked = account.map(|a| a.password_hash);
    let stored = checked.clone().map(PasswordHash::from_stored);
    if let Verdict::Refused = ctx.app.passwords.verify(current, stored).await.map_err(busy)? {
        let mut tx = ctx.app.store.write().await?;
        tx.count_failure(&proof, me, super::sign_in::LOCK_AFTER, ctx.now + super::sign_in::LOCK_FOR).await?;
        tell_locked(ctx, &mut tx, &proof, me).await?;
        tx.commit(ctx.event(Stream::System, "password.change-refused").target(&me, identity.display_name.as_str()).about(me).refused())
            .await?;
        return Err(ServiceError::field("current", "this is not your current password"));
    }
    let new = new_password(ctx, &identity, password, repeated).await?;
    let mut tx = ctx.app.store.write().await?;
    // Read again, inside: an end, a suspension or a revocation that came in between must win, and so
    // must another new password; one that comes now waits.
    tx.lock_identities(&[me]).await?;
    let identity = tx.identity(me).await?.filter(|i| i.state.may_act()).ok_or(ServiceError::NotFound("identity"))?;
    let account = tx.local_account(me).await?;
    if is_locked(&account) {
        return Err(locked());
    }
    if account.map(|a| a.password_hash) != checked {
        return Err(ServiceError::Conflict("the password was changed or revoked in the meantime; sign in again".to_owned()));
    }
    tx.put_local_account(&proof, me, &new, ctx.now).await?;
    record_password(ctx, &mut tx, &proof, &identity).await?;
    tx.end_other_sessions(&proof, me, session, ctx.now).await?;
    links_are_over(ctx, &mut tx, &proof, me, "the password was changed").await?;
    tell_changed(ctx, &mut tx, &proof, &identity, "changed").await?;
    tx.commit(ctx.event(Stream::Credential, "password.changed").target(&me, identity.display_name.as_str()).about(me)).await?;
    Ok(())
}
