//! Showing anew that it is you, for what asks for a fresh proof.

use serde_json::json;
use tenure_domain::access::{PrincipalKind, Relation, actions};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::id::{IdentityId, ProviderId};
use tenure_domain::identity::Identity;
use tenure_domain::sign_in::{FactorKind, Level, Need, ProvedBy};
use tenure_store::WriteTx;
use tenure_vault::{Password, PasswordHash, Verdict};

use super::answer::{Answered, answered, copied};
use super::passkey::{Asked, ask_for_passkey, passkeys_work};
use super::show::{as_themselves, forget_wrong_codes, refuse_code, take_code, within_limits};
use crate::accounts::{LOCK_AFTER, LOCK_FOR, all_roles, busy};
use crate::{Ctx, ServiceError};

/// By what somebody can show that it is them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ways {
    /// Their password: where they have no second factor.
    pub password: bool,
    /// A code of their authenticator app.
    pub code: bool,
    /// A passkey.
    pub passkey: bool,
    /// A provider that knows them, anew: where they have nothing here.
    pub providers: Vec<(ProviderId, String)>,
}

/// Somebody showed that it is them: the caller gives the session a new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmed {
    /// How much the session is worth now.
    pub level: Level,
}

fn me(ctx: &Ctx) -> Result<IdentityId, ServiceError> {
    match ctx.principal.kind {
        PrincipalKind::Person { identity_id, .. } => Ok(identity_id),
        _ => Err(ServiceError::Refused("only people at a session show that it is them".to_owned())),
    }
}

/// By what the actor can show that it is them.
///
/// # Errors
/// [`ServiceError::Refused`] when no person acts.
pub async fn ways_to_confirm(ctx: &Ctx) -> Result<Ways, ServiceError> {
    let me = me(ctx)?;
    let mut tx = ctx.app.store.read().await?;
    let held = tx.held_factors(me).await?;
    let roles = all_roles(tx.portal_roles_of(me).await?, tx.has_reports(me).await?);
    let need = tx.sign_in_policy().await?.policy.need(&roles, ctx.now);
    let passkey = held.passkey && passkeys_work(&ctx.app) && !tx.usable_factors(me, FactorKind::Passkey).await?.is_empty();
    // Where a passkey is asked for and there is one, nothing else serves.
    let code = held.code && !(need == Need::Resistant && held.passkey);
    let password = !held.any() && tx.local_account(me).await?.is_some();
    let mut providers = Vec::new();
    if !held.any() && !password {
        let ways = tx.ways_of_sign_in().await?;
        let links = tx.sign_in_links_of(me).await?;
        let knows = |id: ProviderId| links.iter().any(|view| view.link.provider_id == id && view.link.ended_at.is_none());
        providers = ways.into_iter().filter(|(id, _)| knows(*id)).collect();
    }
    Ok(Ways { password, code, passkey, providers })
}

/// By the password, where there is no second factor.
///
/// # Errors
/// [`ServiceError::Invalid`] when it is wrong, [`ServiceError::Refused`] when it is locked or not enough.
pub async fn confirm_by_password(ctx: &Ctx, password: Password) -> Result<Confirmed, ServiceError> {
    let me = me(ctx)?;
    if !ways_to_confirm(ctx).await?.password {
        return Err(ServiceError::Refused("your password is not enough here: show your second factor".to_owned()));
    }
    let proof = ctx.authorize::<actions::UseOwnAccount, _>(&(me, Relation::Own)).await?;
    let account = ctx.app.store.read().await?.local_account(me).await?;
    if account.as_ref().and_then(|a| a.locked_until).is_some_and(|until| until > ctx.now) {
        return Err(ServiceError::Refused("too many wrong passwords: wait half an hour".to_owned()));
    }
    let stored = account.map(|a| PasswordHash::from_stored(a.password_hash));
    let right = matches!(ctx.app.passwords.verify(password, stored).await.map_err(busy)?, Verdict::Accepted { .. });
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[me]).await?;
    let identity = acting(&mut tx, me).await?;
    if !right {
        tx.count_failure(&proof, me, LOCK_AFTER, ctx.now + LOCK_FOR).await?;
        tx.commit(event(ctx, &identity).because("wrong password").refused()).await?;
        return Err(ServiceError::field("password", "this is not your password"));
    }
    tx.clear_failures(&proof, me).await?;
    done(ctx, tx, &identity, ProvedBy::Password).await
}

/// By a code of an authenticator app. A recovery code does not serve: it is for who cannot sign in.
///
/// # Errors
/// [`ServiceError::Refused`].
pub async fn confirm_by_code(ctx: &Ctx, typed: &str, network: &str) -> Result<Confirmed, ServiceError> {
    let me = me(ctx)?;
    if !ways_to_confirm(ctx).await?.code {
        return Err(ServiceError::Refused("a code does not serve here".to_owned()));
    }
    within_limits(ctx, me, network).await?;
    let proof = ctx.authorize::<actions::UseOwnAccount, _>(&(me, Relation::Own)).await?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[me]).await?;
    let identity = acting(&mut tx, me).await?;
    if take_code(ctx, &mut tx, &proof, me, typed, false).await?.is_none() {
        drop(tx);
        return refuse_code(ctx, me, network, "session.proved").await;
    }
    let done = done(ctx, tx, &identity, ProvedBy::Code).await?;
    forget_wrong_codes(ctx, me).await?;
    Ok(done)
}

/// Asks for a passkey of the actor.
///
/// # Errors
/// [`ServiceError::Refused`] when there is none that serves.
pub async fn confirm_passkey_begin(ctx: &Ctx) -> Result<Asked, ServiceError> {
    ask_for_passkey(ctx, me(ctx)?).await
}

/// By a passkey.
///
/// # Errors
/// [`ServiceError::Refused`].
pub async fn confirm_passkey(ctx: &Ctx, asked: &str, answer: &str) -> Result<Confirmed, ServiceError> {
    let me = me(ctx)?;
    let shown = match answered(ctx, asked, answer, Some(me)).await? {
        Answered::Right(shown) => shown,
        Answered::Copied(row) => return copied(ctx, row).await,
    };
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[me]).await?;
    let identity = acting(&mut tx, me).await?;
    let proof = as_themselves(me, &identity.display_name)?;
    shown.keep(ctx, &mut tx, &proof).await?;
    done(ctx, tx, &identity, ProvedBy::Passkey).await
}

/// By a provider, which was asked to look anew; `level` is what it said of how.
///
/// # Errors
/// When the database fails.
pub(crate) async fn confirmed_by_provider(ctx: &Ctx, id: IdentityId, level: Level) -> Result<Confirmed, ServiceError> {
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[id]).await?;
    let identity = acting(&mut tx, id).await?;
    tx.commit(event(ctx, &identity).after(json!({ "by": ProvedBy::Provider, "level": level }))).await?;
    Ok(Confirmed { level })
}

async fn acting(tx: &mut WriteTx, id: IdentityId) -> Result<Identity, ServiceError> {
    tx.identity(id).await?.filter(|i| i.state.may_act()).ok_or(ServiceError::NotFound("identity"))
}

fn event(ctx: &Ctx, identity: &Identity) -> AuditEvent {
    ctx.event(Stream::System, "session.proved").target(&identity.id, identity.display_name.as_str()).about(identity.id)
}

async fn done(ctx: &Ctx, tx: WriteTx, identity: &Identity, by: ProvedBy) -> Result<Confirmed, ServiceError> {
    let had = ctx.proven.map_or(Level::One, |proven| proven.level);
    let level = match by {
        ProvedBy::Passkey => Level::Resistant,
        ProvedBy::Code | ProvedBy::RecoveryCode => had.max(Level::Two),
        ProvedBy::Password | ProvedBy::Provider => had,
    };
    tx.commit(event(ctx, identity).after(json!({ "by": by, "level": level }))).await?;
    Ok(Confirmed { level })
}
