//! What a passkey answered: that it is the one, that the person was verified, and that there is no copy of it.

use serde_json::json;
use tenure_domain::access::{Authorized, actions};
use tenure_domain::audit::Stream;
use tenure_domain::credential::CredentialCommand;
use tenure_domain::id::{Id as _, IdentityId};
use tenure_store::WriteTx;
use tenure_store::factors::FactorRow;
use webauthn_rs::prelude::{AuthenticationResult, PublicKeyCredential, WebauthnError};

use super::passkey::{Ceremony, asked, read_key, webauthn, write_key};
use super::show::as_themselves;
use super::tell::tell_changed;
use crate::{Ctx, ServiceError};

/// A passkey that answered rightly.
pub(super) struct Shown {
    /// As it was.
    pub row: FactorRow,
    /// As it is now.
    data: Vec<u8>,
}

pub(super) enum Answered {
    /// It is the one.
    Right(Shown),
    /// Its counter went back: there are two of it (WebAuthn, section 6.1.1).
    Copied(FactorRow),
}

fn refused(why: &str) -> ServiceError {
    ServiceError::Refused(format!("the passkey was not taken: {why}"))
}

/// Checks an answer. `of`: whose passkey was asked for; none where anybody's will do, and then it says itself whose it is.
///
/// # Errors
/// [`ServiceError::Refused`].
pub(super) async fn answered(ctx: &Ctx, asked_id: &str, answer: &str, of: Option<IdentityId>) -> Result<Answered, ServiceError> {
    let ceremony = asked(ctx, asked_id, of).await?;
    let answer: PublicKeyCredential = serde_json::from_str(answer).map_err(|_| refused("the browser's answer cannot be read"))?;
    let row = ctx.app.store.read().await?.passkey(answer.get_credential_id()).await?;
    let row = row.ok_or_else(|| refused("it is not known here; perhaps it was removed"))?;
    if of.is_some_and(|of| of != row.identity_id) {
        return Err(refused("it is somebody else's"));
    }
    if row.copied_at.is_some() {
        return Err(refused("a copy of it was seen, so it serves no more"));
    }
    let (webauthn, mut key) = (webauthn(&ctx.app)?, read_key(&row)?);
    let result = match ceremony {
        Ceremony::Show(state) => webauthn.finish_passkey_authentication(&answer, &state),
        Ceremony::Enter(state) => {
            let named = webauthn.identify_discoverable_authentication(&answer).map(|(id, _)| id);
            if !named.is_ok_and(|id| id == row.identity_id.uuid()) {
                return Err(refused("it does not say whose it is: sign in by your name and password first"));
            }
            webauthn.finish_discoverable_authentication_v2(&answer, state, &key)
        }
        Ceremony::Enrol(_) => return Err(refused("it answers something else")),
    };
    let result: AuthenticationResult = match result {
        Ok(result) => result,
        Err(WebauthnError::CredentialPossibleCompromise) => return Ok(Answered::Copied(row)),
        Err(error) => return Err(refused(&error.to_string())),
    };
    if !result.user_verified() {
        return Err(refused("it did not make sure of who you are"));
    }
    key.update_credential(&result);
    Ok(Answered::Right(Shown { data: write_key(&key)?, row }))
}

impl Shown {
    /// Keeps its counter. The identity is locked.
    ///
    /// # Errors
    /// [`ServiceError::Conflict`] when it was used, or seen to be copied, meanwhile.
    pub(super) async fn keep(&self, ctx: &Ctx, tx: &mut WriteTx, proof: &Authorized<actions::UseOwnAccount>) -> Result<(), ServiceError> {
        if tx.use_passkey(proof, &self.row, &self.data, ctx.now).await? {
            return Ok(());
        }
        Err(ServiceError::Conflict("the passkey was used elsewhere at the same moment, or removed: try again".to_owned()))
    }
}

/// Marks a passkey of which there are two, and tells its owner. It serves no more.
///
/// # Errors
/// Always: [`ServiceError::Refused`], or when the database fails.
pub(super) async fn copied<T>(ctx: &Ctx, row: FactorRow) -> Result<T, ServiceError> {
    let proof = as_themselves(row.identity_id, "")?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[row.identity_id]).await?;
    let credential = tx.credential(row.credential_id).await?.map(|view| view.credential);
    if let Some(credential) = credential
        && tx.mark_copied(&proof, row.credential_id, ctx.now).await?
    {
        if let Ok(state) = credential.state.after(CredentialCommand::Compromise) {
            tx.set_credential_state(&proof, credential.id, credential.version, state, ctx.now).await?;
        }
        if let Some(identity) = tx.identity(row.identity_id).await? {
            let what = format!(
                "Somebody used a copy of your passkey {}, or it is broken: it does not serve any more. Remove it, and tell an administrator.",
                credential.label
            );
            tell_changed(ctx, &mut tx, &proof, &identity, &what).await?;
        }
        let event = ctx.event(Stream::Credential, "factor.copied").target(&row.credential_id, credential.label.as_str());
        let event = event.about(row.identity_id).because("its counter went back: there are two of it");
        tx.commit(event.after(json!({ "kind": credential.kind, "factor": row.kind }))).await?;
    }
    Err(refused("its counter went back, so there seem to be two of it; it serves no more. Use another way, and tell an administrator"))
}
