//! What an administrator does about mail.

use serde_json::json;
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::{Id as _, MailId};
use tenure_domain::mail::MailKind;

use super::owe::{Letter, owe};
use crate::{Ctx, ServiceError};

/// Has a mail tried at once.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] when it does not wait any more.
pub async fn try_now(ctx: &Ctx, id: MailId) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageMail, _>(&Portal).await?;
    let view = ctx.app.store.read().await?.mail(id).await?.ok_or(ServiceError::NotFound("mail"))?;
    let mut tx = ctx.app.store.write().await?;
    if !tx.try_mail_now(&proof, id, ctx.now).await? {
        return Err(ServiceError::Refused("it does not wait any more: it was sent or given up".to_owned()));
    }
    tx.commit(ctx.event(Stream::System, "mail.try-now").target(&id, view.mail.kind.label()).about(view.mail.identity_id)).await?;
    Ok(())
}

/// Sends a test to whoever asks. `once` names the form that asked, so that two clicks are one mail.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Refused`] when no person asks, or one without an address.
pub async fn send_test(ctx: &Ctx, once: Option<MailId>) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageMail, _>(&Portal).await?;
    let me = ctx.principal.identity_id().ok_or_else(|| ServiceError::Refused("only people get mail".to_owned()))?;
    let me = ctx.app.store.read().await?.identity(me).await?.ok_or(ServiceError::NotFound("identity"))?;
    if me.email.trim().is_empty() {
        return Err(ServiceError::Refused("your identity has no mail address: give it one first".to_owned()));
    }
    let once = once.unwrap_or_else(|| ctx.id()).uuid().to_string();
    let mut tx = ctx.app.store.write().await?;
    let letter = Letter { kind: MailKind::Test, once: &once, facts: json!({}), void_at: None };
    if !owe(ctx, &mut tx, &proof, &me, letter).await? {
        return Ok(());
    }
    tx.commit(ctx.event(Stream::System, "mail.test").target(&me.id, me.display_name.as_str()).about(me.id)).await?;
    Ok(())
}
