//! What ends when a provider says so (OpenID Connect Back-Channel and Front-Channel Logout 1.0), and where somebody goes who
//! signs out here (RP-Initiated Logout 1.0).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::json;
use tenure_domain::access::{Channel, Portal, Principal, actions};
use tenure_domain::audit::{AuditEvent, Events, Stream};
use tenure_domain::id::{CredentialId, ProviderId};
use tenure_domain::sign_in::ProviderState;
use tenure_oidc::{LogoutToken, OidcFault, Provider, end_session_url, read_logout_token};
use tenure_store::sign_in::{EndedSession, Over, ProviderRow};

use super::NoSignIn;
use super::reach::by_keys;
use super::refuse::refuse_once;
use crate::ids::new_id;
use crate::{App, Ctx, ServiceError};

const REFUSED: &str = "sign-in.logout";

fn ctx_of(app: &Arc<App>, row: &ProviderRow, now: DateTime<Utc>) -> Ctx {
    Ctx {
        app: Arc::clone(app),
        principal: Principal::system(&format!("logout at {}", row.name)),
        now,
        request_id: new_id(now).to_string(),
        channel: Channel::Signal,
        proven: None,
    }
}

/// Takes a logout token: the sessions that it means are over when this returns, as far as requests that begin afterwards
/// are concerned. One that was taken before is refused.
///
/// # Errors
/// [`NoSignIn::Refused`] with what is wrong with it; it stands in the audit log once a minute for each reason.
pub async fn back_channel_logout(app: &Arc<App>, id: ProviderId, token: &str, now: DateTime<Utc>) -> Result<usize, NoSignIn> {
    // Also of a provider that is disabled: what it ends makes things safer.
    let row = app.store.read().await?.sign_in_provider(id).await?.ok_or(ServiceError::NotFound("way to sign in"))?;
    let ctx = ctx_of(app, &row, now);
    let read = |keys: &str| read_logout_token(&row.issuer, keys, &row.client_id, token, now);
    let read = match Provider::read(&row.metadata) {
        Ok(provider) => by_keys(&ctx, &row, &provider, &read).await?,
        Err(fault) => Err(fault),
    };
    let said = match read {
        Ok(said) => said,
        Err(OidcFault::Down(why) | OidcFault::Refused(why) | OidcFault::Untrusted(why) | OidcFault::Key(why)) => {
            return Err(refuse_once(&ctx, &row, REFUSED, &why).await);
        }
    };
    match apply(&ctx, &row, &said).await? {
        Some(ended) => Ok(ended),
        None => Err(refuse_once(&ctx, &row, REFUSED, "the logout token was taken before (jti)").await),
    }
}

/// Ends what a token means, once. None where it was taken before.
async fn apply(ctx: &Ctx, row: &ProviderRow, said: &LogoutToken) -> Result<Option<usize>, ServiceError> {
    let proof = ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    // Who is just being signed in is waited for, and ended too.
    tx.lock_sign_in_provider(row.id).await?;
    let (subject, sid) = (said.subject.as_deref(), said.sid.as_deref());
    if !tx.take_sign_in_logout(&proof, row.id, &said.jti, subject, sid, ctx.now, said.known_until).await? {
        return Ok(None);
    }
    let over = match (subject, sid) {
        (Some(subject), Some(sid)) => Over::SidOf(sid, subject),
        (None, Some(sid)) => Over::Sid(sid),
        (Some(subject), None) => Over::Subject(subject),
        (None, None) => return Ok(None),
    };
    let ended = tx.end_provider_sessions(&proof, row.id, over, ctx.now).await?;
    let event = ctx.event(Stream::System, REFUSED).target(&row.id, row.name.as_str()).because("back-channel logout");
    let mut events = Events::one(event.after(json!({ "jti": said.jti, "of_one_session": sid.is_some(), "sessions": ended.len() })));
    events.extend(ended_events(ctx, &ended, &format!("signed out at {}", row.name)));
    tx.commit(events).await?;
    Ok(Some(ended.len()))
}

/// Ends one session because a provider's page asked the browser to say so. It is believed by the name of the session there,
/// which only the provider and this portal know; the cookie need not come along. Nothing is written where nothing ends.
///
/// # Errors
/// [`NoSignIn::Refused`] when it does not say who and which.
pub async fn front_channel_logout(app: &Arc<App>, id: ProviderId, iss: &str, sid: &str, now: DateTime<Utc>) -> Result<usize, NoSignIn> {
    let row = app.store.read().await?.sign_in_provider(id).await?.ok_or(ServiceError::NotFound("way to sign in"))?;
    if iss != row.issuer || sid.is_empty() || sid.len() > 255 || sid.contains('\0') {
        return Err(NoSignIn::Refused("say iss and sid: front-channel logout without a session is not taken".to_owned()));
    }
    if !app.store.read().await?.has_provider_session(id, sid).await? {
        return Ok(0);
    }
    let ctx = ctx_of(app, &row, now);
    let proof = ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_sign_in_provider(id).await?;
    let ended = tx.end_provider_sessions(&proof, id, Over::Sid(sid), now).await?;
    if ended.is_empty() {
        return Ok(0);
    }
    let event = ctx.event(Stream::System, REFUSED).target(&id, row.name.as_str()).because("front-channel logout");
    let mut events = Events::one(event.after(json!({ "of_one_session": true, "sessions": ended.len() })));
    events.extend(ended_events(&ctx, &ended, &format!("signed out at {}", row.name)));
    tx.commit(events).await?;
    Ok(ended.len())
}

/// One event for each session that ended, as if somebody had revoked it: so receivers of signals are told.
pub(super) fn ended_events(ctx: &Ctx, ended: &[EndedSession], why: &str) -> Vec<AuditEvent> {
    ended
        .iter()
        .map(|session| {
            let mut event = ctx
                .event(Stream::Credential, "credential.revoked")
                .target(&session.id, session.label.as_str())
                .because(why)
                .before(json!({ "state": "active" }))
                .after(json!({ "state": "revoked", "kind": "session" }));
            event.0.identity_id = session.identity_id;
            event
        })
        .collect()
}

/// Where somebody goes who signs out of a session that a provider opened: its name and address, if it offers that.
///
/// # Errors
/// When the database fails.
pub async fn sign_out_there(ctx: &Ctx, origin: &str, session: CredentialId) -> Result<Option<(String, String)>, ServiceError> {
    let mut tx = ctx.app.store.read().await?;
    let Some(from) = tx.session_origin(session).await? else { return Ok(None) };
    let Some(row) = tx.sign_in_provider(from.provider_id).await? else { return Ok(None) };
    if !row.sign_out_there || row.state != ProviderState::Enabled {
        return Ok(None);
    }
    let Ok(provider) = Provider::read(&row.metadata) else { return Ok(None) };
    Ok(end_session_url(&provider, &row.client_id, &format!("{origin}/sign-in?out=1")).map(|url| (row.name, url)))
}
