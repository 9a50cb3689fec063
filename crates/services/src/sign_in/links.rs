//! Whom the subjects of providers stand for: seen, made and taken away by administrators.

use serde_json::json;
use tenure_domain::access::actions;
use tenure_domain::audit::Stream;
use tenure_domain::id::{IdentityId, LinkId, ProviderId};
use tenure_domain::sign_in::LinkHow;
use tenure_store::sign_in::{LinkRow, LinkView, Over};

use super::logout::ended_events;
use crate::{Ctx, ServiceError};

/// The links of an identity, those that ended too.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`].
pub async fn links_of(ctx: &Ctx, id: IdentityId) -> Result<Vec<LinkView>, ServiceError> {
    let identity = ctx.app.store.read().await?.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    ctx.authorize::<actions::ViewIdentity, _>(&identity).await.map_err(|e| e.hide("identity"))?;
    Ok(ctx.app.store.read().await?.sign_in_links_of(id).await?)
}

/// Links a subject to an identity. An administrator may give one identity several subjects, and one that ended anew.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`], [`ServiceError::Invalid`], [`ServiceError::Refused`] for who may not
/// act or is no person, [`ServiceError::Conflict`] when the subject stands for somebody.
pub async fn link_identity(ctx: &Ctx, id: IdentityId, provider: ProviderId, subject: &str) -> Result<LinkRow, ServiceError> {
    let identity = ctx.app.store.read().await?.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    let proof = ctx.authorize::<actions::ManagePortalAccess, _>(&identity).await?;
    let subject = subject.trim();
    if !(1..=255).contains(&subject.len()) || subject.chars().any(char::is_control) {
        return Err(ServiceError::field("subject", "say the subject as the provider has it in sub: 1 to 255 visible characters"));
    }
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[id]).await?;
    let identity = tx.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    if identity.kind.is_non_human() || !identity.state.may_act() {
        return Err(ServiceError::Refused("only people who are at work sign in".to_owned()));
    }
    crate::break_glass::refuse_sealed_account(&mut tx, id).await?;
    let of = tx.sign_in_provider(provider).await?.ok_or_else(|| ServiceError::field("provider", "choose a provider"))?;
    let before = tx.sign_in_link(&of.issuer, subject).await?;
    match &before {
        Some(link) if link.identity_id != id => {
            return Err(ServiceError::Conflict("this subject stands for somebody else: remove that link first, on their page".to_owned()));
        }
        Some(link) if link.ended_at.is_none() => return Err(ServiceError::Refused("this subject is linked to them already".to_owned())),
        Some(link) => {
            tx.delete_sign_in_link(&proof, link.id).await?;
        }
        None => {}
    }
    let link = LinkRow {
        id: ctx.id(),
        provider_id: provider,
        issuer: of.issuer,
        subject: subject.to_owned(),
        identity_id: id,
        how: LinkHow::Administrator,
        reason: ctx.principal.label.clone(),
        created_at: ctx.now,
        last_used_at: None,
        ended_at: None,
    };
    tx.insert_sign_in_link(&proof, &link).await?;
    let event = ctx.event(Stream::System, "sign-in-link.made").target(&link.id, identity.display_name.as_str()).about(id);
    tx.commit(event.after(json!({ "provider": of.name, "issuer": link.issuer, "subject": link.subject, "how": link.how }))).await?;
    Ok(link)
}

/// Takes a link away, and ends the sessions that were opened by it.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`].
pub async fn unlink(ctx: &Ctx, link: LinkId) -> Result<IdentityId, ServiceError> {
    let found = ctx.app.store.read().await?.sign_in_link_by_id(link).await?.ok_or(ServiceError::NotFound("link"))?;
    let identity = ctx.app.store.read().await?.identity(found.identity_id).await?.ok_or(ServiceError::NotFound("identity"))?;
    let proof = ctx.authorize::<actions::ManagePortalAccess, _>(&identity).await.map_err(|e| e.hide("link"))?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&[identity.id]).await?;
    if !tx.delete_sign_in_link(&proof, link).await? {
        return Err(ServiceError::NotFound("link"));
    }
    let ended = tx.end_provider_sessions(&proof, found.provider_id, Over::Subject(&found.subject), ctx.now).await?;
    let event = ctx.event(Stream::System, "sign-in-link.removed").target(&link, identity.display_name.as_str()).about(identity.id);
    let event = event.before(json!({ "issuer": found.issuer, "subject": found.subject, "how": found.how, "ended_at": found.ended_at }));
    let mut events = tenure_domain::audit::Events::one(event.after(json!({ "sessions": ended.len() })));
    events.extend(ended_events(ctx, &ended, "the link was removed"));
    tx.commit(events).await?;
    Ok(identity.id)
}
