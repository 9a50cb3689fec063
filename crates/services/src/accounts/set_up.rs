//! Setting a first password by a link that works once.

use std::sync::Arc;

use tenure_domain::access::{Principal, PrincipalKind, Relation, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::credential::LinkPurpose;
use tenure_domain::fold::fold;
use tenure_domain::identity::Identity;
use tenure_vault::{LinkToken, Password, PasswordError, Policy};

use super::limits::{Limit, forget_attempts};
use crate::break_glass::now_sealed;
use crate::{Ctx, FieldError, ServiceError};

/// Whose link it is.
#[derive(Debug, Clone)]
pub struct SetUp {
    /// The identity.
    pub identity: Identity,
    /// The fewest characters of its password.
    pub minimum: usize,
}

const DEAD_LINK: &str =
    "this link does not work any more: it was used, replaced or is too old. Ask for a new one on the sign-in page, or ask an administrator";

/// Looks at a link. Nothing is changed: a program that follows links does no harm.
///
/// # Errors
/// [`ServiceError::Refused`] when it does not work any more, which says nothing of why.
pub async fn look_at_link(ctx: &Ctx, token: &str) -> Result<SetUp, ServiceError> {
    let (identity, ..) = open(ctx, token).await?;
    Ok(SetUp { identity, minimum: Policy::alone().minimum() })
}

/// Whether a link is dead because it did what it was for: its password is set. Only who has the link can
/// ask, and it opens nothing any more.
///
/// # Errors
/// When the database fails.
pub async fn link_was_used(ctx: &Ctx, token: &str) -> Result<bool, ServiceError> {
    let Ok(token) = token.parse::<LinkToken>() else { return Ok(false) };
    let hash = ctx.app.keys.tokens().hash(&token).as_bytes().to_vec();
    let mut tx = ctx.app.store.read().await?;
    let Some(link) = tx.setup_link(&hash).await?.filter(|link| link.used_at.is_some()) else { return Ok(false) };
    // Of who may not act any more there is nothing to say.
    Ok(tx.identity(link.identity_id).await?.is_some_and(|identity| identity.state.may_act()))
}

async fn open(ctx: &Ctx, token: &str) -> Result<(Identity, Vec<u8>, LinkPurpose), ServiceError> {
    let dead = || ServiceError::Refused(DEAD_LINK.to_owned());
    let token: LinkToken = token.parse().map_err(|_| dead())?;
    let hash = ctx.app.keys.tokens().hash(&token).as_bytes().to_vec();
    let mut tx = ctx.app.store.read().await?;
    let link = tx.setup_link(&hash).await?.filter(|l| l.used_at.is_none() && l.expires_at > ctx.now).ok_or_else(dead)?;
    let identity = tx.identity(link.identity_id).await?.filter(|i| i.state.may_act()).ok_or_else(dead)?;
    Ok((identity, hash, link.purpose))
}

/// Sets the password and uses the link up.
///
/// # Errors
/// [`ServiceError::Invalid`] when the password cannot be taken (the link then still works),
/// [`ServiceError::Refused`] when the link does not work any more.
pub async fn set_up(ctx: &Ctx, token: &str, password: Password, repeated: &Password) -> Result<Identity, ServiceError> {
    let (identity, hash, purpose) = open(ctx, token).await?;
    let new = new_password(ctx, &identity, password, repeated).await?;
    // The link is the proof of who acts.
    let who = Principal {
        kind: PrincipalKind::Anonymous,
        label: identity.display_name.clone(),
        roles: [tenure_domain::access::PortalRole::Employee].into(),
    };
    let proof = tenure_domain::access::authorize::<actions::UseOwnAccount, _>(&who, &(identity.id, Relation::Own))?;
    let mut tx = ctx.app.store.write().await?;
    // An end that came in between took the link away; one that comes now waits, and takes the password.
    tx.lock_identities(&[identity.id]).await?;
    tx.use_setup_link(&proof, &hash, ctx.now).await.map_err(|_| ServiceError::Refused(DEAD_LINK.to_owned()))?;
    tx.put_local_account(&proof, identity.id, &new, ctx.now).await?;
    record_password(ctx, &mut tx, &proof, &identity).await?;
    tx.end_other_sessions(&proof, identity.id, None, ctx.now).await?;
    super::forgotten::tell_changed(ctx, &mut tx, &proof, &identity, "chosen by a link").await?;
    let mut events = Events::one(
        ctx.event(Stream::Credential, "password.set")
            .target(&identity.id, identity.display_name.as_str())
            .about(identity.id)
            .because(format!("{} link", purpose.label())),
    );
    events.extend(now_sealed(ctx, &mut tx, &proof, &identity).await?);
    tx.commit(events).await?;
    // Whoever forgot it tried before: that does not count against the new one.
    forget_attempts(ctx, Limit::SignInByName, &fold(&identity.user_name)).await?;
    Ok(identity)
}

/// Keeps the inventory's row of a password.
pub(super) async fn record_password(
    ctx: &Ctx,
    tx: &mut tenure_store::WriteTx,
    proof: &tenure_domain::access::Authorized<actions::UseOwnAccount>,
    identity: &Identity,
) -> Result<(), ServiceError> {
    use tenure_domain::credential::{Credential, CredentialKind, CredentialOrigin, CredentialState};
    let external_id = format!("password:{}", identity.id);
    let before = tx.credential_of_issuer(crate::credentials::ISSUER, &external_id).await?;
    let row = Credential {
        id: before.as_ref().map_or_else(|| ctx.id(), |b| b.id),
        identity_id: Some(identity.id),
        kind: CredentialKind::Password,
        label: format!("Portal password of {}", identity.user_name),
        purpose: "Sign-in to Tenure".to_owned(),
        issuer: crate::credentials::ISSUER.to_owned(),
        external_id,
        application_id: None,
        origin: CredentialOrigin::Issued,
        state: CredentialState::Active,
        created_at: before.as_ref().map_or(ctx.now, |b| b.created_at),
        last_used_at: before.as_ref().and_then(|b| b.last_used_at),
        rotated_at: Some(ctx.now),
        expires_at: None,
        ended_at: None,
        dependents: Vec::new(),
        version: before.map_or(1, |b| b.version + 1),
    };
    Ok(tx.put_credentials(proof, &[row]).await?)
}

/// Judges and hashes a new password.
pub(super) async fn new_password(ctx: &Ctx, identity: &Identity, password: Password, repeated: &Password) -> Result<String, ServiceError> {
    if !password.is_same_as(repeated) {
        return Err(ServiceError::field("repeated", "the two passwords differ: type the same one twice"));
    }
    let about = vec![identity.user_name.clone(), identity.display_name.clone(), identity.email.clone()];
    let judged = ctx.app.passwords.check(Arc::new(Policy::alone()), password, about).await.map_err(busy)?;
    let new =
        judged.map_err(|faults| ServiceError::Invalid(faults.iter().map(|f| FieldError::new("password", f.to_string())).collect()))?;
    let hash = ctx.app.passwords.hash(new).await.map_err(busy)?;
    Ok(hash.as_str().to_owned())
}

pub(crate) fn busy(error: PasswordError) -> ServiceError {
    match error {
        PasswordError::Busy => ServiceError::Busy,
        other => ServiceError::Vault(other.to_string()),
    }
}
