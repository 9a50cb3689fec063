//! Somebody lost their factors: one administrator asks that they be taken away, a second one makes sure of who it is and
//! confirms (NIST SP 800-63B-4, 4.2). Neither is whoever lost them.

use chrono::Duration;
use serde_json::json;
use tenure_domain::access::{Authorized, PortalRole, actions};
use tenure_domain::audit::Stream;
use tenure_domain::credential::LinkPurpose;
use tenure_domain::id::IdentityId;
use tenure_domain::identity::Identity;
use tenure_domain::mail::MailKind;
use tenure_store::WriteTx;
use tenure_store::accounts::SetupLink;
use tenure_store::factors::{FactorReset, FactorResetView};
use tenure_vault::LinkToken;

use super::tell::tell_changed;
use crate::accounts::LINK_HOURS;
use crate::ids::new_id;
use crate::mail::{Letter, owe};
use crate::{Ctx, ServiceError};

/// So long a second person can confirm it.
pub const RESET_HOURS: i64 = 24;

fn words(field: &'static str, typed: &str, what: &str) -> Result<String, ServiceError> {
    let text = typed.trim();
    if !(1..=500).contains(&text.chars().count()) {
        return Err(ServiceError::field(field, format!("{what}, in 1 to 500 characters: it stands in the audit log")));
    }
    Ok(text.to_owned())
}

/// Who acts, if they may take part: a person, and not the one whose factors they are.
async fn part(ctx: &Ctx, id: IdentityId) -> Result<(Authorized<actions::ResetFactors>, IdentityId), ServiceError> {
    let identity = ctx.app.store.read().await?.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    let proof = ctx.authorize::<actions::ResetFactors, _>(&identity).await?;
    let me = ctx.principal.identity_id().filter(|_| !ctx.principal.is_token());
    let me = me.ok_or_else(|| ServiceError::Refused("two persons do this, each signed in to the portal".to_owned()))?;
    if me == id {
        return Err(ServiceError::Refused("nobody takes part in this for themselves: ask two other administrators".to_owned()));
    }
    Ok((proof, me))
}

/// What was asked for somebody, if it still waits; and how many factors they have.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`].
pub async fn reset_of(ctx: &Ctx, id: IdentityId) -> Result<(Identity, Option<FactorResetView>, usize), ServiceError> {
    let identity = ctx.app.store.read().await?.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    ctx.authorize::<actions::ResetFactors, _>(&identity).await?;
    let mut tx = ctx.app.store.read().await?;
    Ok((identity, tx.factor_reset(id, ctx.now).await?, tx.factors_of(id).await?.len()))
}

/// Asks that somebody's factors be taken away.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Proof`], [`ServiceError::Invalid`] without a
/// reason, [`ServiceError::Refused`] when there is nothing to take away, [`ServiceError::Conflict`] when it was asked.
pub async fn ask_reset_factors(ctx: &Ctx, id: IdentityId, reason: &str) -> Result<(), ServiceError> {
    let (proof, me) = part(ctx, id).await?;
    let reason = words("reason", reason, "say what was lost and how you know")?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[id]).await?;
    let identity = acting(&mut tx, id).await?;
    if tx.factors_of(id).await?.is_empty() {
        return Err(ServiceError::Refused("they have no second factor here: there is nothing to take away".to_owned()));
    }
    if tx.factor_reset(id, ctx.now).await?.is_some() {
        return Err(ServiceError::Conflict("this was asked already, and waits for a second administrator".to_owned()));
    }
    let expires_at = ctx.now + Duration::hours(RESET_HOURS);
    tx.put_factor_reset(&proof, &FactorReset { identity_id: id, asked_by: me, reason: reason.clone(), asked_at: ctx.now, expires_at })
        .await?;
    let what = "An administrator asked that your second factors be taken away, because you lost them. If you did not, tell an administrator at once.";
    tell_changed(ctx, &mut tx, &proof, &identity, what).await?;
    let event = ctx.event(Stream::Credential, "factor-reset.asked").target(&id, identity.display_name.as_str()).about(id);
    tx.commit(event.because(reason).after(json!({ "expires_at": expires_at }))).await?;
    Ok(())
}

/// Takes back what was asked.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Proof`], [`ServiceError::Refused`] when nothing was.
pub async fn withdraw_reset_factors(ctx: &Ctx, id: IdentityId) -> Result<(), ServiceError> {
    let (proof, _) = part(ctx, id).await?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[id]).await?;
    if !tx.take_factor_reset(&proof, id).await? {
        return Err(ServiceError::Refused("nothing was asked, or somebody confirmed or withdrew it meanwhile".to_owned()));
    }
    tx.commit(ctx.event(Stream::Credential, "factor-reset.withdrawn").target(&id, "").about(id)).await?;
    Ok(())
}

async fn acting(tx: &mut WriteTx, id: IdentityId) -> Result<Identity, ServiceError> {
    let refused = || ServiceError::Refused("only people who are at work sign in".to_owned());
    tx.identity(id).await?.filter(|i| i.state.may_act() && !i.kind.is_non_human()).ok_or_else(refused)
}

/// Confirms what another administrator asked: factors, recovery codes, password and sessions are gone, and a link that
/// works once leads to a new password, and from there to new factors. `proofed` says how the person was made sure of.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Proof`], [`ServiceError::Invalid`],
/// [`ServiceError::Refused`] for whoever asked, and when nothing was asked or it is over.
pub async fn confirm_reset_factors(ctx: &Ctx, id: IdentityId, proofed: &str) -> Result<LinkToken, ServiceError> {
    let (proof, me) = part(ctx, id).await?;
    let proofed = words("proofed", proofed, "say how you made sure of who it is")?;
    let token = LinkToken::generate().map_err(|e| ServiceError::Vault(e.to_string()))?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_administrators().await?;
    tx.lock_identities(&[id]).await?;
    let identity = acting(&mut tx, id).await?;
    let nothing = || ServiceError::Refused("nothing was asked, or it is over: one administrator asks, another one confirms".to_owned());
    let asked = tx.factor_reset(id, ctx.now).await?.ok_or_else(nothing)?.reset;
    if asked.asked_by == me {
        return Err(ServiceError::Refused("you asked for it: another administrator confirms it".to_owned()));
    }
    // Who asked must still be one who may.
    let asker = tx.identity(asked.asked_by).await?.filter(|i| i.state.may_act());
    if asker.is_none() || !tx.portal_roles_of(asked.asked_by).await?.contains(&PortalRole::Admin) {
        return Err(ServiceError::Refused("who asked is no administrator any more: ask anew".to_owned()));
    }
    if !tx.take_factor_reset(&proof, id).await? {
        return Err(nothing());
    }
    let factors = tx.delete_factors_of(&proof, id, ctx.now).await?;
    let sessions = tx.end_other_sessions(&proof, id, None, ctx.now).await?;
    // Whoever knew the password could enrol what they like: it goes, too.
    end_password(ctx, &mut tx, &proof, id).await?;
    let link = SetupLink {
        token_hash: ctx.app.keys.tokens().hash(&token).as_bytes().to_vec(),
        identity_id: id,
        created_at: ctx.now,
        expires_at: ctx.now + Duration::hours(LINK_HOURS),
        used_at: None,
        purpose: LinkPurpose::SetUp,
    };
    tx.put_setup_link(&proof, &link).await?;
    for kind in [MailKind::Invitation, MailKind::Reset] {
        tx.take_back_mails(&proof, id, kind, "another link took its place", ctx.now).await?;
    }
    let letter = Letter {
        kind: MailKind::FactorsReset,
        once: &new_id(ctx.now).to_string(),
        facts: json!({ "path": format!("/set-up?token={}", token.expose()), "hours": LINK_HOURS, "by": ctx.principal.label }),
        void_at: Some(link.expires_at),
    };
    let mailed = owe(ctx, &mut tx, &proof, &identity, letter).await?;
    let event = ctx.event(Stream::Credential, "factor-reset.confirmed").target(&id, identity.display_name.as_str()).about(id);
    let after =
        json!({ "factors": factors, "sessions": sessions, "asked_by": asked.asked_by, "asked_because": asked.reason, "mailed": mailed });
    tx.commit(event.because(proofed).after(after)).await?;
    Ok(token)
}

async fn end_password(ctx: &Ctx, tx: &mut WriteTx, proof: &Authorized<actions::ResetFactors>, id: IdentityId) -> Result<(), ServiceError> {
    use tenure_domain::credential::CredentialCommand as C;
    tx.delete_local_account(proof, id).await?;
    let Some(row) = tx.credential_of_issuer(crate::credentials::ISSUER, &format!("password:{id}")).await? else { return Ok(()) };
    if let Ok(state) = row.state.after(C::StartRevocation).and_then(|state| state.after(C::FinishRevocation)) {
        tx.set_credential_state(proof, row.id, row.version, state, ctx.now).await?;
    }
    Ok(())
}
