//! Ending a credential. What Tenure issued is dead at once; what others issued is owed.

use serde_json::json;
use tenure_domain::access::actions;
use tenure_domain::audit::Stream;
use tenure_domain::credential::{CredentialCommand, CredentialOrigin, CredentialState};
use tenure_domain::id::CredentialId;

use super::list::relation;
use crate::{Ctx, ServiceError};

/// Ends a credential.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Credential`] when it is
/// dead or dying already, [`ServiceError::Conflict`] when somebody else changed it in between.
pub async fn revoke_credential(ctx: &Ctx, id: CredentialId, reason: &str) -> Result<CredentialState, ServiceError> {
    let relation = {
        let mut tx = ctx.app.store.read().await?;
        let view = tx.credential(id).await?.ok_or(ServiceError::NotFound("credential"))?;
        relation(ctx, &mut tx, &view).await?
    };
    let proof = ctx.authorize::<actions::RevokeCredential, _>(&(id, relation)).await?;
    let mut tx = ctx.app.store.write().await?;
    let view = tx.credential(id).await?.ok_or(ServiceError::NotFound("credential"))?;
    let before = &view.credential;
    let revoking = before.state.after(CredentialCommand::StartRevocation)?;
    let after = match before.origin {
        CredentialOrigin::Issued => revoking.after(CredentialCommand::FinishRevocation)?,
        CredentialOrigin::Recorded => revoking,
    };
    tx.set_credential_state(&proof, id, before.version, after, ctx.now).await?;
    if before.origin == CredentialOrigin::Issued {
        tx.delete_session_of(&proof, id).await?;
        tx.delete_token_of(&proof, id).await?;
    } else {
        tx.owe_revocation(&proof, ctx.id(), before, ctx.now).await?;
    }
    let mut event = ctx.event(Stream::Credential, "credential.revoked").target(&id, before.label.as_str()).because(reason.trim()).before(json!({ "state": before.state })).after(json!({ "state": after }));
    event.0.identity_id = before.identity_id;
    tx.commit(event).await?;
    Ok(after)
}
