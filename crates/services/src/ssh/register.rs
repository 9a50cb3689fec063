//! Registering a public key, so that hosts are given it.

use chrono::Duration;
use serde_json::json;
use tenure_connectors::ssh::Key;
use tenure_domain::access::{Principal, actions, authorize};
use tenure_domain::audit::Stream;
use tenure_domain::credential::{Credential, CredentialKind, CredentialOrigin, CredentialState};
use tenure_domain::id::{CredentialId, IdentityId};
use tenure_domain::identity::{Identity, IdentityKind};
use tenure_store::StoreError;

use crate::credentials::{ISSUER, MAX_DAYS};
use crate::{Ctx, FieldError, ServiceError};

/// How many live keys somebody may have: each is a line that every host reads.
const MOST: i64 = 20;

/// The longest name of a key: hosts write it into their logs.
const LONGEST_LABEL: usize = 64;

/// A public key as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Whose.
    pub identity_id: IdentityId,
    /// What its holder calls it; empty for the comment that stands behind the key.
    pub label: String,
    /// The line of a `.pub` file.
    pub text: String,
    /// How many days hosts are given it, [`MAX_DAYS`] at most.
    pub days: i64,
}

/// Whether somebody may register keys of an identity: of a person nobody but they themselves, since whoever has the
/// private half signs in as them; of another identity also who answers for it.
pub fn may_register(who: &Principal, identity: &Identity) -> bool {
    let themselves = identity.kind != IdentityKind::Person || who.identity_id() == Some(identity.id);
    themselves && authorize::<actions::RegisterKey, _>(who, identity).is_ok()
}

/// Registers a public key.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Invalid`] when the key is none that is taken or
/// was registered before, by whomever, [`ServiceError::Refused`] when the identity may not act or has too many.
pub async fn register_key(ctx: &Ctx, new: &NewKey) -> Result<CredentialId, ServiceError> {
    let identity = ctx.app.store.read().await?.identity(new.identity_id).await?.ok_or(ServiceError::NotFound("identity"))?;
    let proof = ctx.authorize::<actions::RegisterKey, _>(&identity).await?;
    if !may_register(&ctx.principal, &identity) {
        return Err(ServiceError::Refused("a person registers their own keys: whoever has the private half signs in as them".to_owned()));
    }
    let (key, label) = read(new)?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[new.identity_id]).await?;
    let identity = tx.identity(new.identity_id).await?.ok_or(ServiceError::NotFound("identity"))?;
    if !identity.state.may_act() {
        return Err(ServiceError::Refused(format!("an identity that is {} cannot have a key", identity.state.label())));
    }
    crate::break_glass::refuse_sealed_account(&mut tx, new.identity_id).await?;
    if let Some(known) = tx.known_ssh_key(key.fingerprint()).await? {
        return Err(taken(known.identity_id == Some(identity.id), known.state));
    }
    if tx.live_ssh_keys(identity.id).await? >= MOST {
        return Err(ServiceError::Refused(format!("there are {MOST} live keys already: revoke one that is not needed any more")));
    }
    let row = Credential {
        id: ctx.id(),
        identity_id: Some(identity.id),
        kind: CredentialKind::SshKey,
        label,
        purpose: "Signs in on hosts that ask Tenure for keys".to_owned(),
        issuer: ISSUER.to_owned(),
        external_id: key.fingerprint().to_owned(),
        application_id: None,
        // Made elsewhere: its end is read back from what hosts are given.
        origin: CredentialOrigin::Recorded,
        state: CredentialState::Active,
        created_at: ctx.now,
        last_used_at: None,
        rotated_at: None,
        expires_at: Some(ctx.now + Duration::days(new.days)),
        ended_at: None,
        dependents: Vec::new(),
        version: 1,
    };
    tx.put_credentials(&proof, std::slice::from_ref(&row)).await?;
    match tx.insert_ssh_key(&proof, row.id, key.text(), key.fingerprint()).await {
        // Somebody else was quicker.
        Err(StoreError::Duplicate(_)) => return Err(taken(false, CredentialState::Active)),
        done => done?,
    }
    let event = ctx.event(Stream::Credential, "ssh-key.registered").target(&row.id, row.label.as_str()).about(identity.id);
    let after = json!({ "fingerprint": key.fingerprint(), "algorithm": key.algorithm(), "expires_at": row.expires_at });
    tx.commit(event.after(after)).await?;
    Ok(row.id)
}

fn read(new: &NewKey) -> Result<(Key, String), ServiceError> {
    let mut faults = Vec::new();
    let key = Key::read(&new.text).map_err(|fault| faults.push(FieldError::new("key", fault.to_string()))).ok();
    let typed = match (new.label.trim(), &key) {
        ("", Some(key)) => key.comment().chars().filter(|c| !c.is_control()).take(LONGEST_LABEL).collect::<String>().trim().to_owned(),
        (typed, _) => typed.to_owned(),
    };
    if !(1..=LONGEST_LABEL).contains(&typed.chars().count()) || typed.chars().any(char::is_control) {
        faults.push(FieldError::new(
            "label",
            format!("give the key a name of 1 to {LONGEST_LABEL} characters, such as the machine that it is on"),
        ));
    }
    if !(1..=MAX_DAYS).contains(&new.days) {
        faults.push(FieldError::new("days", format!("a key is given to hosts for 1 to {MAX_DAYS} days")));
    }
    match key {
        Some(key) if faults.is_empty() => Ok((key, typed)),
        _ => Err(ServiceError::Invalid(faults)),
    }
}

fn taken(own: bool, state: CredentialState) -> ServiceError {
    let words = match (own, state) {
        (true, CredentialState::Active) => "you have registered this key already",
        (true, _) => "this key was revoked or ran out, and does not come back; make a new one with: ssh-keygen -t ed25519",
        (false, _) => "another identity has this key: a key is one holder's alone. Make a new one with: ssh-keygen -t ed25519",
    };
    ServiceError::field("key", words)
}
