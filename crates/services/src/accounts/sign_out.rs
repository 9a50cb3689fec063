//! One's own account: sessions and tokens, and their ends.

use serde_json::json;
use tenure_domain::access::{Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::credential::CredentialKind;
use tenure_domain::id::CredentialId;
use tenure_domain::identity::Identity;
use tenure_store::accounts::{SessionView, TokenNote};
use tenure_store::credentials::CredentialView;

use crate::credentials::revoke_credential;
use crate::{Ctx, ServiceError};

/// What the account page shows.
#[derive(Debug, Clone)]
pub struct MyAccount {
    /// Oneself.
    pub identity: Identity,
    /// Live sessions, newest first.
    pub sessions: Vec<SessionView>,
    /// API tokens, dead ones last.
    pub tokens: Vec<CredentialView>,
    /// What live tokens are recognised by, and what each may do.
    pub notes: Vec<TokenNote>,
    /// Whether there is a local password.
    pub has_password: bool,
}

/// The actor's own account.
///
/// # Errors
/// [`ServiceError::Refused`] when no person acts.
pub async fn my_account(ctx: &Ctx) -> Result<MyAccount, ServiceError> {
    let me = ctx.principal.identity_id().ok_or_else(|| ServiceError::Refused("only people have an account".to_owned()))?;
    ctx.authorize::<actions::UseOwnAccount, _>(&(me, Relation::Own)).await?;
    let mut tx = ctx.app.store.read().await?;
    Ok(MyAccount {
        identity: tx.identity(me).await?.ok_or(ServiceError::NotFound("identity"))?,
        sessions: tx.sessions_of(me, ctx.now).await?,
        tokens: tx
            .credentials_of(me, 200)
            .await?
            .into_iter()
            .filter(|c| c.credential.kind == CredentialKind::Token && c.credential.issuer == crate::credentials::ISSUER)
            .collect(),
        notes: tx.token_notes(me).await?,
        has_password: tx.local_account(me).await?.is_some(),
    })
}

/// Ends one of the sessions that the actor may end: its own, or any for an administrator.
///
/// # Errors
/// As [`revoke_credential`].
pub async fn end_session(ctx: &Ctx, session: CredentialId) -> Result<(), ServiceError> {
    revoke_credential(ctx, session, "session ended").await?;
    Ok(())
}

/// Ends all of the actor's sessions but the one they use, and says how many.
///
/// # Errors
/// [`ServiceError::Refused`] when no person acts, [`ServiceError::Denied`].
pub async fn end_other_sessions(ctx: &Ctx, keep: Option<CredentialId>) -> Result<u64, ServiceError> {
    let me = ctx.principal.identity_id().ok_or_else(|| ServiceError::Refused("only people have sessions".to_owned()))?;
    let proof = ctx.authorize::<actions::UseOwnAccount, _>(&(me, Relation::Own)).await?;
    let mut tx = ctx.app.store.write().await?;
    let ended = tx.end_other_sessions(&proof, me, keep, ctx.now).await?;
    tx.commit(
        ctx.event(Stream::Credential, "sessions.ended")
            .target(&me, ctx.principal.label.as_str())
            .about(me)
            .after(json!({ "sessions": ended })),
    )
    .await?;
    Ok(ended)
}

/// Ends the actor's own session. One that is gone already is no error.
///
/// # Errors
/// When the database fails.
pub async fn sign_out(ctx: &Ctx, session: CredentialId) -> Result<(), ServiceError> {
    match revoke_credential(ctx, session, "signed out").await {
        Ok(_) | Err(ServiceError::Credential(_) | ServiceError::NotFound(_) | ServiceError::Conflict(_)) => Ok(()),
        Err(other) => Err(other),
    }
}
