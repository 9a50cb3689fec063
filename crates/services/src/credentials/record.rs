//! Recording a credential by hand, and giving one an owner.

use chrono::{DateTime, Utc};
use serde_json::json;
use tenure_domain::access::{Portal, Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::credential::{Credential, CredentialKind, CredentialOrigin, CredentialState};
use tenure_domain::id::{ApplicationId, CredentialId, IdentityId};

use crate::{Ctx, FieldError, ServiceError};

/// A credential to be recorded. Never its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// What it is.
    pub kind: CredentialKind,
    /// The name that people read.
    pub label: String,
    /// What it is for.
    pub purpose: String,
    /// Who issued it.
    pub issuer: String,
    /// Its name or number there.
    pub external_id: String,
    /// Whose it is.
    pub identity_id: Option<IdentityId>,
    /// The target on which it works.
    pub application_id: Option<ApplicationId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
}

/// What is wrong with a credential that is to be recorded; nothing when it can be.
///
/// # Errors
/// [`ServiceError::Denied`] for who may not record one.
pub async fn check_credential(ctx: &Ctx, new: &NewCredential) -> Result<Vec<FieldError>, ServiceError> {
    ctx.authorize::<actions::RecordCredential, _>(&Portal).await?;
    faults_of(ctx, new).await
}

async fn faults_of(ctx: &Ctx, new: &NewCredential) -> Result<Vec<FieldError>, ServiceError> {
    let mut tx = ctx.app.store.read().await?;
    let mut faults = Vec::new();
    for (field, text, words) in [
        ("label", &new.label, "give it a name of 1 to 200 characters"),
        ("issuer", &new.issuer, "say who issued it, in 1 to 200 characters"),
        ("external_id", &new.external_id, "say what it is called there, in 1 to 200 characters"),
    ] {
        if !(1..=200).contains(&text.trim().chars().count()) {
            faults.push(FieldError::new(field, words));
        }
    }
    if !(1..=1000).contains(&new.purpose.trim().chars().count()) {
        faults.push(FieldError::new("purpose", "say what it is for, in 1 to 1,000 characters"));
    }
    match new.identity_id {
        None => faults.push(FieldError::new("identity_id", "say whose it is: a credential without an owner is a finding")),
        Some(id) if tx.identity(id).await?.is_none_or(|i| i.state.has_ended()) => {
            faults.push(FieldError::new("identity_id", "the owner does not exist or has ended: choose another"))
        }
        Some(_) => {}
    }
    if let Some(id) = new.application_id {
        if tx.application(id).await?.is_none() {
            faults.push(FieldError::new("application_id", "this application does not exist any more: choose another"));
        }
    }
    if new.created_at > ctx.now {
        faults.push(FieldError::new("created_at", "this day has not come yet"));
    }
    if new.expires_at.is_some_and(|end| end <= new.created_at) {
        faults.push(FieldError::new("expires_at", "the end is before the beginning"));
    }
    if new.issuer.trim().eq_ignore_ascii_case(ISSUER) {
        faults.push(FieldError::new("issuer", "what Tenure issues it records itself"));
    } else if tx.credential_of_issuer(new.issuer.trim(), new.external_id.trim()).await?.is_some() {
        faults.push(FieldError::new("external_id", "this credential of this issuer is recorded already"));
    }
    Ok(faults)
}

/// Records a credential.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`] with the faulty fields.
pub async fn record_credential(ctx: &Ctx, new: &NewCredential) -> Result<CredentialId, ServiceError> {
    let proof = ctx.authorize::<actions::RecordCredential, _>(&Portal).await?;
    let faults = faults_of(ctx, new).await?;
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let mut tx = ctx.app.store.write().await?;
    if let Some(owner) = new.identity_id {
        tx.lock_identities(&[owner]).await?;
        if tx.identity(owner).await?.is_none_or(|i| i.state.has_ended()) {
            return Err(ServiceError::field("identity_id", "the owner does not exist or has ended: choose another"));
        }
    }
    // Looked at again: a row of that name would be overwritten, whoever made it in between.
    if tx.credential_of_issuer(new.issuer.trim(), new.external_id.trim()).await?.is_some() {
        return Err(ServiceError::field("external_id", "this credential of this issuer is recorded already"));
    }
    let row = Credential {
        id: ctx.id(),
        identity_id: new.identity_id,
        kind: new.kind,
        label: new.label.trim().to_owned(),
        purpose: new.purpose.trim().to_owned(),
        issuer: new.issuer.trim().to_owned(),
        external_id: new.external_id.trim().to_owned(),
        application_id: new.application_id,
        origin: CredentialOrigin::Recorded,
        state: CredentialState::Active,
        created_at: new.created_at,
        last_used_at: None,
        rotated_at: None,
        expires_at: new.expires_at,
        ended_at: None,
        dependents: Vec::new(),
        version: 1,
    };
    tx.put_credentials(&proof, std::slice::from_ref(&row)).await?;
    let mut event = ctx
        .event(Stream::Credential, "credential.recorded")
        .target(&row.id, row.label.as_str())
        .after(json!({ "kind": row.kind, "issuer": row.issuer, "purpose": row.purpose }));
    event.0.identity_id = row.identity_id;
    tx.commit(event).await?;
    Ok(row.id)
}

/// The issuer of what Tenure issues itself.
pub const ISSUER: &str = "tenure";

/// Gives a recorded credential an owner, or another one; with a version only while it is that one.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Invalid`] when the owner
/// has ended, [`ServiceError::Conflict`] at another version, [`ServiceError::Refused`] for what Tenure issued.
pub async fn change_owner(ctx: &Ctx, id: CredentialId, version: Option<i64>, owner: IdentityId) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::EditCredential, _>(&(id, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    let view = tx.credential(id).await?.ok_or(ServiceError::NotFound("credential"))?;
    if version.is_some_and(|seen| seen != view.credential.version) {
        return Err(ServiceError::Conflict("the credential was changed in the meantime; look at it again".to_owned()));
    }
    if view.credential.origin == CredentialOrigin::Issued {
        return Err(ServiceError::Refused("Tenure issued this for its identity: revoke it and issue another".to_owned()));
    }
    if view.credential.origin == CredentialOrigin::Found {
        return Err(ServiceError::Refused(
            "it was found on an account, and is whose the account is: say whose that is, on the target's page of accounts".to_owned(),
        ));
    }
    if tx.is_ssh_key(id).await? {
        return Err(ServiceError::Refused(
            "a key that hosts are given stays its holder's: revoke it, and let the other one register their own".to_owned(),
        ));
    }
    tx.lock_identities(&[owner]).await?;
    let new_owner = tx.identity(owner).await?.filter(|i| !i.state.has_ended());
    let Some(new_owner) = new_owner else {
        return Err(ServiceError::field("owner", "the owner does not exist or has ended: choose another"));
    };
    let mut after = view.credential.clone();
    after.identity_id = Some(owner);
    after.version += 1;
    tx.put_credentials(&proof, std::slice::from_ref(&after)).await?;
    let event = ctx
        .event(Stream::Credential, "credential.owner-changed")
        .target(&id, after.label.as_str())
        .about(owner)
        .before(json!({ "owner": view.owner }))
        .after(json!({ "owner": new_owner.display_name }));
    tx.commit(event).await?;
    Ok(())
}
