//! Ending a credential. What Tenure issued is dead at once; what others issued is owed.

use serde_json::json;
use tenure_domain::access::actions;
use tenure_domain::audit::Stream;
use tenure_domain::credential::{Credential, CredentialCommand, CredentialKind, CredentialOrigin, CredentialState};
use tenure_domain::id::CredentialId;

use super::list::relation;
use crate::{Ctx, FieldError, ServiceError};

/// Ends a credential for a person who says why, and types its name: it cannot be taken back. A
/// session needs no name, it is signed in anew in a moment.
///
/// # Errors
/// [`ServiceError::Invalid`] without them, else as [`revoke_credential`].
pub async fn revoke_confirmed(ctx: &Ctx, id: CredentialId, typed_name: &str, reason: &str) -> Result<CredentialState, ServiceError> {
    let view = ctx.app.store.read().await?.credential(id).await?.ok_or(ServiceError::NotFound("credential"))?;
    let mut faults = Vec::new();
    if !(1..=500).contains(&reason.trim().chars().count()) {
        faults.push(FieldError::new("reason", "say why, in 1 to 500 characters"));
    }
    if view.credential.kind != CredentialKind::Session && typed_name.trim() != view.credential.label.trim() {
        faults.push(FieldError::new("confirm", "type the name exactly as it stands in the hint"));
    }
    if faults.is_empty() { revoke_credential(ctx, id, reason).await } else { Err(ServiceError::Invalid(faults)) }
}

/// Ends a token of the actor's own.
///
/// # Errors
/// [`ServiceError::NotFound`] for anything else, and as [`revoke_credential`].
pub async fn revoke_own_token(ctx: &Ctx, id: CredentialId) -> Result<CredentialState, ServiceError> {
    let found = ctx.app.store.read().await?.credential(id).await?.map(|view| view.credential);
    let mine = |c: &Credential| c.kind == CredentialKind::Token && c.identity_id.is_some() && c.identity_id == ctx.principal.identity_id();
    found.filter(mine).ok_or(ServiceError::NotFound("token"))?;
    revoke_credential(ctx, id, "revoked by its holder").await
}

/// Whether it is a second factor of the portal: those go by ways of their own, with a fresh proof or two persons.
async fn of_a_factor(ctx: &Ctx, id: CredentialId) -> Result<bool, ServiceError> {
    let found = ctx.app.store.read().await?.credential(id).await?.map(|view| view.credential);
    Ok(found.is_some_and(|c| c.kind == CredentialKind::MfaFactor && c.origin == CredentialOrigin::Issued))
}

/// Ends a credential.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Refused`] for a second factor of the portal,
/// [`ServiceError::Credential`] when it is
/// dead or dying already, [`ServiceError::Conflict`] when somebody else changed it in between.
pub async fn revoke_credential(ctx: &Ctx, id: CredentialId, reason: &str) -> Result<CredentialState, ServiceError> {
    let relation = {
        let mut tx = ctx.app.store.read().await?;
        let view = tx.credential(id).await?.ok_or(ServiceError::NotFound("credential"))?;
        relation(ctx, &mut tx, &view).await?
    };
    let proof = ctx.authorize::<actions::RevokeCredential, _>(&(id, relation)).await?;
    if of_a_factor(ctx, id).await? {
        return Err(ServiceError::Refused(
            "a second factor of the portal is removed by its owner, on the page of their account; where they lost it, by two administrators, on the person's page"
                .to_owned(),
        ));
    }
    let mut tx = ctx.app.store.write().await?;
    // What a password or token is made from is written under the lock of its identity.
    let owner = tx.credential(id).await?.and_then(|view| view.credential.identity_id);
    tx.lock_identities(&owner.into_iter().collect::<Vec<_>>()).await?;
    let view = tx.credential(id).await?.ok_or(ServiceError::NotFound("credential"))?;
    let before = &view.credential;
    let revoking = before.state.after(CredentialCommand::StartRevocation)?;
    // A key is read back from what the hosts of each target are given; where there is none, nobody is given it.
    let is_key = tx.is_ssh_key(id).await?;
    let targets = match owner {
        Some(owner) if is_key => tx.ssh_targets_of(owner).await?.into_iter().map(Some).collect(),
        _ => vec![before.application_id],
    };
    let nowhere = is_key && (owner.is_none() || targets.is_empty());
    let after = match before.origin {
        CredentialOrigin::Recorded | CredentialOrigin::Found if !nowhere => revoking,
        _ => revoking.after(CredentialCommand::FinishRevocation)?,
    };
    tx.set_credential_state(&proof, id, before.version, after, ctx.now).await?;
    if before.origin == CredentialOrigin::Issued {
        tx.delete_session_of(&proof, id).await?;
        tx.delete_token_of(&proof, id).await?;
        if let (CredentialKind::Password, Some(owner)) = (before.kind, before.identity_id) {
            tx.delete_local_account(&proof, owner).await?;
        }
    } else if !nowhere {
        tx.owe_revocation(&proof, &targets, &|| ctx.id(), before, ctx.now).await?;
    }
    let mut event = ctx
        .event(Stream::Credential, "credential.revoked")
        .target(&id, before.label.as_str())
        .because(reason.trim())
        .before(json!({ "state": before.state }))
        .after(json!({ "state": after, "kind": before.kind }));
    event.0.identity_id = before.identity_id;
    tx.commit(event).await?;
    Ok(after)
}
