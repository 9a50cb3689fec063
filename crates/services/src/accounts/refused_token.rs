//! What is kept of a token that was refused: once a minute for each reason, so that a program that repeats itself does
//! not fill the audit log.

use serde_json::json;
use tenure_domain::access::{Denied, PrincipalKind};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::id::CredentialId;

use super::authenticate_token::Elsewhere;
use super::limits::{Limit, Limited, count_attempt};
use crate::{Ctx, ServiceError};

/// Whether the refusal of a token for want of a scope was told within this minute. Other refusals are always told.
///
/// # Errors
/// When the database fails.
pub(crate) async fn was_told(ctx: &Ctx, denied: &Denied) -> Result<bool, ServiceError> {
    match (&ctx.principal.kind, denied.lacks) {
        (PrincipalKind::Token { credential_id, .. }, Some(scope)) => told(ctx, *credential_id, scope.as_str()).await,
        _ => Ok(false),
    }
}

async fn told(ctx: &Ctx, credential: CredentialId, reason: &str) -> Result<bool, ServiceError> {
    Ok(count_attempt(ctx, Limit::RefusedToken, &format!("{credential}:{reason}")).await? == Limited::Over)
}

/// Keeps that a token was shown from elsewhere: it may be in the wrong hands.
///
/// # Errors
/// When the database fails.
pub async fn note_elsewhere(ctx: &Ctx, elsewhere: &Elsewhere) -> Result<(), ServiceError> {
    let PrincipalKind::Token { identity_id, credential_id, .. } = &elsewhere.who.kind else { return Ok(()) };
    if told(ctx, *credential_id, "network").await? {
        return Ok(());
    }
    let address = elsewhere.address.map(|address| address.to_canonical().to_string()).unwrap_or_default();
    let event: AuditEvent = ctx
        .event(Stream::System, "token.elsewhere")
        .target(credential_id, elsewhere.who.label.as_str())
        .about(*identity_id)
        .because("not one of the networks from which it may be used")
        .after(json!({ "address": address }))
        .refused();
    ctx.app.store.fulfilling_nothing().write().await?.commit(event).await?;
    Ok(())
}
