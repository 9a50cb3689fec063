//! Logout, both ways: where somebody signs out at the provider too (RP-Initiated Logout 1.0), and what a provider says that
//! ended there (Back-Channel Logout 1.0).

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::{ClientId, EndSessionUrl, LogoutRequest, PostLogoutRedirectUrl};
use serde_json::Value;

use crate::claims::verified;
use crate::time::{SKEW_SECONDS, check_times, seconds};
use crate::{OidcFault, Provider};

/// What makes a token a logout token.
pub const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// A logout token that was issued longer ago is none.
const OLDEST_SECONDS: i64 = 600;

/// What a provider says is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutToken {
    /// Its name, to be taken once.
    pub jti: String,
    /// All sessions of that subject, unless a session is named.
    pub subject: Option<String>,
    /// That session.
    pub sid: Option<String>,
    /// Until when its name must be known again.
    pub known_until: DateTime<Utc>,
}

/// Checks a logout token (2.6): signature, form, issuer, audience, times, event, and that it is no ID token.
///
/// # Errors
/// [`OidcFault::Key`] when other keys may fit, [`OidcFault::Untrusted`] with what is wrong.
pub fn read_logout_token(issuer: &str, keys: &str, client_id: &str, token: &str, now: DateTime<Utc>) -> Result<LogoutToken, OidcFault> {
    const WHAT: &str = "the logout token";
    let verified = verified(WHAT, keys, token)?;
    let claims = &verified.claims;
    let typ = verified.typ.as_deref().map(str::to_ascii_lowercase);
    // What does not say that it is one could be an ID token: the signature is the same (ASVS 5, 10.5.5).
    if typ.as_deref().map(|typ| typ.strip_prefix("application/").unwrap_or(typ)) != Some("logout+jwt") {
        return Err(OidcFault::untrusted("it is a token of another kind (typ)"));
    }
    if claims.get("iss").and_then(Value::as_str) != Some(issuer) {
        return Err(OidcFault::untrusted("the logout token is of another issuer (iss)"));
    }
    let for_us = match claims.get("aud") {
        Some(Value::String(one)) => one == client_id,
        Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(client_id)),
        _ => false,
    };
    if !for_us {
        return Err(OidcFault::untrusted("the logout token is not for this client (aud)"));
    }
    check_times(WHAT, claims, OLDEST_SECONDS, now)?;
    if !claims.get("events").and_then(|events| events.get(LOGOUT_EVENT)).is_some_and(Value::is_object) {
        return Err(OidcFault::untrusted("it is no logout token: its events do not have the one of back-channel logout"));
    }
    if claims.get("nonce").is_some() {
        return Err(OidcFault::untrusted("it is no logout token: it has a nonce"));
    }
    let text = |name: &str| {
        let fits = |text: &&str| (1..=255).contains(&text.len()) && !text.chars().any(char::is_control);
        claims.get(name).and_then(Value::as_str).filter(fits).map(str::to_owned)
    };
    let jti = text("jti").ok_or_else(|| OidcFault::untrusted("the logout token has no name of its own (jti)"))?;
    let (subject, sid) = (text("sub"), text("sid"));
    if subject.is_none() && sid.is_none() {
        return Err(OidcFault::untrusted("the logout token says neither whose session is over nor which (sub, sid)"));
    }
    // Longer than it is taken.
    let over = seconds(claims, "exp").and_then(|exp| DateTime::from_timestamp(exp, 0)).unwrap_or(now).min(now + TimeDelta::days(1));
    let known_until = over.max(now + TimeDelta::seconds(OLDEST_SECONDS)) + TimeDelta::seconds(2 * SKEW_SECONDS);
    Ok(LogoutToken { jti, subject, sid, known_until })
}

/// Where a browser is sent to sign out at the provider too, if that offers it. Without the ID token as a hint: Tenure keeps
/// none, and it would stand in an address.
#[must_use]
pub fn end_session_url(provider: &Provider, client_id: &str, back: &str) -> Option<String> {
    let url = EndSessionUrl::new(provider.end_session_endpoint()?.to_owned()).ok()?;
    let back = PostLogoutRedirectUrl::new(back.to_owned()).ok()?;
    let request = LogoutRequest::from(url).set_client_id(ClientId::new(client_id.to_owned())).set_post_logout_redirect_uri(back);
    Some(request.http_get_url().into())
}
