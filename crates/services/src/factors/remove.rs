//! Naming and removing one's factors.

use serde_json::json;
use tenure_domain::access::{Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::credential::CredentialCommand;
use tenure_domain::id::CredentialId;
use tenure_domain::sign_in::{FactorKind, Need};
use tenure_store::factors::FactorView;

use super::mine::me;
use super::tell::tell_changed;
use crate::accounts::all_roles;
use crate::{Ctx, ServiceError};

/// A name that somebody may give.
pub(super) fn name(typed: &str) -> Result<String, ServiceError> {
    let name = typed.trim();
    if !(1..=60).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(ServiceError::field("name", "give it a name of 1 to 60 characters, by which you know it again"));
    }
    Ok(name.to_owned())
}

/// Calls one of the actor's factors something else.
///
/// # Errors
/// [`ServiceError::Proof`], [`ServiceError::NotFound`], [`ServiceError::Invalid`].
pub async fn name_factor(ctx: &Ctx, id: CredentialId, typed: &str) -> Result<(), ServiceError> {
    let me = me(ctx)?;
    let proof = ctx.authorize::<actions::ManageFactors, _>(&(me, Relation::Own)).await?;
    let name = name(typed)?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[me]).await?;
    let factor = tx.factors_of(me).await?.into_iter().find(|f| f.credential_id == id).ok_or(ServiceError::NotFound("second factor"))?;
    tx.name_factor(&proof, id, &name).await?;
    let event = ctx.event(Stream::Credential, "factor.named").target(&id, name.as_str()).about(me);
    tx.commit(event.before(json!({ "label": factor.label })).after(json!({ "label": name }))).await?;
    Ok(())
}

/// Takes one of the actor's factors away. With the last one go the recovery codes.
///
/// # Errors
/// [`ServiceError::Proof`], [`ServiceError::NotFound`], [`ServiceError::Refused`] for the last one that is asked for.
pub async fn remove_factor(ctx: &Ctx, session: Option<CredentialId>, id: CredentialId) -> Result<(), ServiceError> {
    let me = me(ctx)?;
    let proof = ctx.authorize::<actions::ManageFactors, _>(&(me, Relation::Own)).await?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[me]).await?;
    let identity = tx.identity(me).await?.filter(|i| i.state.may_act()).ok_or(ServiceError::NotFound("identity"))?;
    let (gone, left): (Vec<FactorView>, Vec<FactorView>) = tx.factors_of(me).await?.into_iter().partition(|f| f.credential_id == id);
    let gone = gone.into_iter().next().ok_or(ServiceError::NotFound("second factor"))?;
    let roles = all_roles(tx.portal_roles_of(me).await?, tx.has_reports(me).await?);
    let serves =
        |factor: &FactorView, passkey_only: bool| factor.copied_at.is_none() && (!passkey_only || factor.kind == FactorKind::Passkey);
    let needed = match tx.sign_in_policy().await?.policy.need_at_last(&roles) {
        Need::Allowed => None,
        Need::Required => Some(false),
        Need::Resistant => Some(true),
    };
    if let Some(passkey_only) = needed
        && serves(&gone, passkey_only)
        && !left.iter().any(|factor| serves(factor, passkey_only))
    {
        return Err(ServiceError::Refused("your role asks for it, and it is the last one: add another one first".to_owned()));
    }
    if left.is_empty() {
        tx.delete_factors_of(&proof, me, ctx.now).await?;
    } else {
        let before = tx.credential(id).await?.ok_or(ServiceError::NotFound("second factor"))?.credential;
        let after = before.state.after(CredentialCommand::StartRevocation)?.after(CredentialCommand::FinishRevocation)?;
        tx.set_credential_state(&proof, id, before.version, after, ctx.now).await?;
        tx.delete_factor(&proof, id).await?;
    }
    tx.end_other_sessions(&proof, me, session, ctx.now).await?;
    let what = format!("A second factor was removed: {} ({}).", gone.label, gone.kind.label());
    tell_changed(ctx, &mut tx, &proof, &identity, &what).await?;
    let event = ctx.event(Stream::Credential, "factor.removed").target(&id, gone.label.as_str()).about(me);
    let kind = tenure_domain::credential::CredentialKind::MfaFactor;
    tx.commit(event.after(json!({ "kind": kind, "factor": gone.kind, "left": left.len() }))).await?;
    Ok(())
}
