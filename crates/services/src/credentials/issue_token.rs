//! API tokens: shown once, stored hashed, scoped, with an end.

use chrono::Duration;
use serde_json::json;
use tenure_domain::access::{TokenScopes, actions};
use tenure_domain::audit::Stream;
use tenure_domain::credential::{Credential, CredentialKind, CredentialOrigin, CredentialState};
use tenure_domain::id::{CredentialId, IdentityId};
use tenure_domain::identity::Identity;
use tenure_domain::network::Networks;
use tenure_store::accounts::ApiTokenRow;
use tenure_vault::ApiToken;

use super::record::ISSUER;
use crate::break_glass::refuse_sealed_account;
use crate::{Ctx, FieldError, ServiceError};

/// The longest life of a token.
pub const MAX_DAYS: i64 = 365;

const ALREADY: &str =
    "this form was sent before, and its token was made then; it was shown once. If you did not keep it, revoke it and fill in a new form";

/// A token as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Whose.
    pub identity_id: IdentityId,
    /// What it is called.
    pub label: String,
    /// What it is for.
    pub purpose: String,
    /// What it is for. It may never do more than its identity.
    pub scopes: TokenScopes,
    /// From where it may be used.
    pub networks: Networks,
    /// How many days it lives, [`MAX_DAYS`] at most.
    pub days: i64,
    /// The key that it gets, by which the same wish sent twice is known again; None for any.
    pub once: Option<CredentialId>,
}

/// A token that was just issued. This is the only time that it can be read.
#[derive(Debug)]
pub struct IssuedToken {
    /// Its credential.
    pub credential_id: CredentialId,
    /// The token; `expose` shows it.
    pub token: ApiToken,
}

/// Whether a token of the identity would make the actor more than they are, if it has been granted
/// portal roles. One's own roles one has anyway.
fn lends_its_roles(ctx: &Ctx, identity: &Identity) -> bool {
    ctx.principal.identity_id() != Some(identity.id)
}

/// Issues a token. One of an identity that was granted portal roles carries them, so only who may
/// grant them issues it; a token never issues another one.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Invalid`],
/// [`ServiceError::Refused`] when the identity may not act, [`ServiceError::Conflict`] when the same wish was
/// fulfilled before.
pub async fn issue_token(ctx: &Ctx, new: &NewToken) -> Result<IssuedToken, ServiceError> {
    let identity = ctx.app.store.read().await?.identity(new.identity_id).await?.ok_or(ServiceError::NotFound("identity"))?;
    let proof = ctx.authorize::<actions::IssueToken, _>(&identity).await?;
    let granted = !ctx.app.store.read().await?.portal_roles_of(new.identity_id).await?.is_empty();
    if granted && lends_its_roles(ctx, &identity) {
        ctx.authorize::<actions::ManagePortalAccess, _>(&identity).await?;
    }
    let mut faults = Vec::new();
    if new.label.trim().is_empty() || new.label.chars().count() > 100 {
        faults.push(FieldError::new("label", "give the token a name of 1 to 100 characters"));
    }
    if new.purpose.trim().is_empty() {
        faults.push(FieldError::new("purpose", "say what it is for"));
    }
    if new.scopes.is_empty() {
        faults.push(FieldError::new("scope", "choose at least one thing that it is for"));
    }
    if !(1..=MAX_DAYS).contains(&new.days) {
        faults.push(FieldError::new("days", format!("a token lives 1 to {MAX_DAYS} days")));
    }
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let token = ApiToken::generate().map_err(|e| ServiceError::Vault(e.to_string()))?;
    let hash = ctx.app.keys.tokens().hash(&token);
    let mut tx = ctx.app.store.write().await?;
    // Read again, inside: an end that came in between must win, and one that comes now waits.
    tx.lock_identities(&[new.identity_id]).await?;
    let identity = tx.identity(new.identity_id).await?.ok_or(ServiceError::NotFound("identity"))?;
    refuse_sealed_account(&mut tx, new.identity_id).await?;
    if !granted && lends_its_roles(ctx, &identity) && !tx.portal_roles_of(new.identity_id).await?.is_empty() {
        return Err(ServiceError::Conflict("it was given a portal role in the meantime; look at it again".to_owned()));
    }
    if !identity.state.may_act() {
        return Err(ServiceError::Refused(format!("an identity that is {} cannot have a token", identity.state.label())));
    }
    let credential_id = new.once.unwrap_or_else(|| ctx.id());
    if tx.credential(credential_id).await?.is_some() {
        return Err(ServiceError::Conflict(ALREADY.to_owned()));
    }
    let expires_at = ctx.now + Duration::days(new.days);
    let credential = Credential {
        id: credential_id,
        identity_id: Some(new.identity_id),
        kind: CredentialKind::Token,
        label: new.label.trim().to_owned(),
        purpose: new.purpose.trim().to_owned(),
        issuer: ISSUER.to_owned(),
        external_id: credential_id.to_string(),
        application_id: None,
        origin: CredentialOrigin::Issued,
        state: CredentialState::Active,
        created_at: ctx.now,
        last_used_at: None,
        rotated_at: None,
        expires_at: Some(expires_at),
        ended_at: None,
        dependents: Vec::new(),
        version: 1,
    };
    tx.put_credentials(&proof, std::slice::from_ref(&credential)).await?;
    let row = ApiTokenRow {
        token_hash: hash.as_bytes().to_vec(),
        credential_id,
        identity_id: new.identity_id,
        epoch: identity.epoch,
        scopes: new.scopes.clone(),
        networks: new.networks.clone(),
        hint: token.hint(),
        expires_at,
    };
    tx.insert_api_token(&proof, &row).await?;
    let event =
        ctx.event(Stream::Credential, "token.issued").target(&credential_id, credential.label.as_str()).about(new.identity_id).after(
            json!({
                "hint": token.hint(), "may_write": new.scopes.change(), "scopes": new.scopes, "networks": new.networks,
                "expires_at": expires_at, "purpose": credential.purpose,
            }),
        );
    tx.commit(event).await?;
    Ok(IssuedToken { credential_id, token })
}
