//! Using a sealed account: with a reason, once.

use serde_json::json;
use tenure_domain::access::{Authorized, PortalRole, Principal, PrincipalKind, Relation, actions, authorize};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::break_glass::SealState;
use tenure_domain::credential::{Credential, CredentialState};
use tenure_domain::fold::fold;
use tenure_domain::id::{BreakGlassUseId, IdentityId};
use tenure_domain::identity::Identity;
use tenure_domain::mail::MailKind;
use tenure_domain::sign_in::{Level, ProvedBy};
use tenure_store::WriteTx;
use tenure_store::accounts::{BreakGlassRow, BreakGlassUse};
use tenure_vault::{Password, PasswordHash, Verdict};

use super::words;
use crate::accounts::limits::{Limit, count_attempt, is_over};
use crate::accounts::{Browser, SignedIn, TOO_MANY_FROM_HERE, WRONG, busy, open_session};
use crate::mail::{Letter, moment, owe};
use crate::{Ctx, ServiceError};

/// Signs in with a sealed account. All administrators are told at once, the password is dead from now on, and the session
/// ends by itself. The answer never tells whether an account exists, and takes as long either way.
///
/// # Errors
/// [`ServiceError::Invalid`] without a reason, [`ServiceError::Refused`] with the same words whatever was wrong;
/// [`ServiceError::Busy`].
pub async fn sign_in_sealed(
    ctx: &Ctx,
    user_name: &str,
    password: Password,
    reason: &str,
    from: &Browser<'_>,
) -> Result<SignedIn, ServiceError> {
    let reason = words("reason", reason, "say why nobody can sign in otherwise")?;
    let name = fold(user_name);
    if is_over(ctx, Limit::SignInByAddress, from.network).await? {
        return Err(ServiceError::Refused(TOO_MANY_FROM_HERE.to_owned()));
    }
    if is_over(ctx, Limit::SignInByName, &name).await? {
        return Err(ServiceError::Refused(WRONG.to_owned()));
    }
    let (identity, checked) = {
        let mut tx = ctx.app.store.read().await?;
        let identity = tx.identity_by_user_name(user_name).await?.filter(|i| i.state.may_act());
        let checked = match &identity {
            Some(identity) => sealed_password(ctx, &mut tx, identity.id).await?,
            None => None,
        };
        (identity, checked)
    };
    let stored = checked.clone().map(PasswordHash::from_stored);
    let verdict = ctx.app.passwords.verify(password, stored).await.map_err(busy)?;
    if let (Some(identity), Verdict::Accepted { .. }) = (&identity, verdict)
        && let Some(person) = enter(ctx, identity.id, checked, &reason, from).await?
    {
        return Ok(person);
    }
    count_attempt(ctx, Limit::SignInByAddress, from.network).await?;
    count_attempt(ctx, Limit::SignInByName, &name).await?;
    let mut event = ctx.event(Stream::System, "break-glass.sign-in").because("wrong user name or password, or not sealed").refused();
    if let Some(identity) = identity {
        event = event.target(&identity.id, "").about(identity.id);
    }
    ctx.app.store.write().await?.commit(event).await?;
    Err(ServiceError::Refused(WRONG.to_owned()))
}

/// The password of a sealed account that is sealed, as it is stored.
async fn sealed_password(ctx: &Ctx, tx: &mut tenure_store::Tx, id: IdentityId) -> Result<Option<String>, ServiceError> {
    if tx.break_glass_of(id).await?.is_none_or(|row| row.state != SealState::Sealed) {
        return Ok(None);
    }
    let account = tx.local_account(id).await?;
    Ok(account.filter(|account| account.locked_until.is_none_or(|until| until <= ctx.now)).map(|account| account.password_hash))
}

/// Opens the session, if nothing came in between.
async fn enter(
    ctx: &Ctx,
    id: IdentityId,
    checked: Option<String>,
    reason: &str,
    from: &Browser<'_>,
) -> Result<Option<SignedIn>, ServiceError> {
    let mut tx = ctx.app.store.write().await?;
    tx.lock_administrators().await?;
    tx.lock_identities(&[id]).await?;
    let identity = tx.identity(id).await?.filter(|i| i.state.may_act());
    let row = tx.break_glass_of(id).await?;
    let (Some(identity), Some(row)) = (identity, row) else { return Ok(None) };
    // Of two who open the envelope at once, one comes in.
    if checked.is_none() || sealed_password(ctx, &mut tx, id).await? != checked {
        return Ok(None);
    }
    let who = Principal { kind: PrincipalKind::Anonymous, label: identity.display_name.clone(), roles: [PortalRole::Employee].into() };
    let proof = authorize::<actions::UseOwnAccount, _>(&who, &(id, Relation::Own))?;
    // The envelope is all that there is to show: no policy asks for a factor beside it, and it is shown once for the whole
    // session, which ends soon by itself.
    let (person, event) = open_session(ctx, &mut tx, &proof, &identity, from.label, ProvedBy::Password, Level::Resistant).await?;
    let person = SignedIn { proved_at: person.expires_at, ..person };
    kill_password(ctx, &mut tx, &proof, id).await?;
    tx.put_break_glass(&proof, &BreakGlassRow { state: SealState::Used, ..row.clone() }).await?;
    let used = BreakGlassUse {
        id: ctx.id(),
        identity_id: id,
        credential_id: person.session,
        sealed_by: row.sealed_by,
        reason: reason.to_owned(),
        address: from.address.to_owned(),
        began_at: ctx.now,
        ends_at: person.expires_at,
    };
    tx.insert_break_glass_use(&proof, &used).await?;
    let told = alarm(ctx, &mut tx, &proof, &identity, &used).await?;
    let mut events = Events::one(event);
    events.extend([ctx
        .event(Stream::System, "break-glass.used")
        .target(&id, identity.display_name.as_str())
        .about(id)
        .because(reason)
        .after(json!({ "use": used.id, "session": person.session, "address": used.address, "ends_at": used.ends_at, "mailed": told }))]);
    tx.commit(events).await?;
    Ok(Some(person))
}

/// The password is known from now on to whoever opened the envelope.
async fn kill_password(
    ctx: &Ctx,
    tx: &mut WriteTx,
    proof: &Authorized<actions::UseOwnAccount>,
    id: IdentityId,
) -> Result<(), ServiceError> {
    tx.delete_local_account(proof, id).await?;
    let external_id = format!("password:{id}");
    if let Some(before) = tx.credential_of_issuer(crate::credentials::ISSUER, &external_id).await? {
        let version = before.version + 1;
        let dead = Credential { state: CredentialState::Revoked, last_used_at: Some(ctx.now), ended_at: Some(ctx.now), version, ..before };
        tx.put_credentials(proof, &[dead]).await?;
    }
    Ok(())
}

/// Tells all administrators; how many are mailed. Without mail the banner and the event remain.
async fn alarm(
    ctx: &Ctx,
    tx: &mut WriteTx,
    proof: &Authorized<actions::UseOwnAccount>,
    account: &Identity,
    used: &BreakGlassUse,
) -> Result<usize, ServiceError> {
    let administrators: Vec<IdentityId> = tx.administrators().await?.into_iter().map(|a| a.id).collect();
    let mut told = 0;
    for administrator in tx.identities(&administrators).await? {
        let letter = Letter {
            kind: MailKind::BreakGlass,
            once: &once(used.id, administrator.id),
            facts: json!({
                "account": account.display_name, "reason": used.reason,
                "address": if used.address.is_empty() { "an address that nobody knows" } else { used.address.as_str() },
                "at": moment(used.began_at, &administrator.time_zone), "until": moment(used.ends_at, &administrator.time_zone),
            }),
            void_at: None,
        };
        told += usize::from(owe(ctx, tx, proof, &administrator, letter).await?);
    }
    Ok(told)
}

fn once(used: BreakGlassUseId, to: IdentityId) -> String {
    format!("{used}:{to}")
}
