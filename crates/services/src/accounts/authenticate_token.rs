//! Who an API token stands for.

use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};
use tenure_domain::access::{Principal, PrincipalKind};
use tenure_vault::ApiToken;

use super::resume_session::all_roles;
use super::touch::touch_meanwhile;
use crate::{App, ServiceError};

/// How exact the note of a token's last use is.
const TOUCH_EVERY: Duration = Duration::seconds(60);

/// Somebody showed a live token, from an address from which it may not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this token may not be used from {}", .address.map_or_else(|| "an address that nobody knows".to_owned(), |address| address.to_string()))]
pub struct Elsewhere {
    /// Whom it stands for elsewhere.
    pub who: Principal,
    /// From where it came.
    pub address: Option<IpAddr>,
}

/// As [`authenticate_token_from`], by who does not know from where it came: a token that is bound to networks is refused.
///
/// # Errors
/// As [`authenticate_token_from`].
pub async fn authenticate_token(app: &App, token: &str, now: DateTime<Utc>) -> Result<Option<Principal>, ServiceError> {
    authenticate_token_from(app, token, None, now).await
}

/// The principal of a token; None when it is not one, is over, or its identity may not act.
///
/// # Errors
/// [`ServiceError::Elsewhere`] when it may not be used from there, or when the database fails.
pub async fn authenticate_token_from(
    app: &App,
    token: &str,
    from: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<Option<Principal>, ServiceError> {
    let Ok(token) = token.parse::<ApiToken>() else { return Ok(None) };
    let hash = app.keys.tokens().hash(&token);
    let holder = app.store.token_holder(hash.as_bytes(), now).await?;
    let Some(holder) = holder else { return Ok(None) };
    let who = Principal {
        kind: PrincipalKind::Token { identity_id: holder.identity_id, credential_id: holder.credential_id, scopes: holder.scopes },
        label: format!("{} by token {}", holder.display_name, token.hint()),
        roles: all_roles(holder.roles, holder.has_reports),
    };
    if !holder.networks.allow(from) {
        return Err(ServiceError::Elsewhere(Box::new(Elsewhere { who, address: from })));
    }
    if holder.last_used_at.is_none_or(|at| now - at >= TOUCH_EVERY) {
        let (store, credential) = (app.store.clone(), holder.credential_id);
        let from = from.map(|address| address.to_canonical().to_string()).unwrap_or_default();
        touch_meanwhile(async move { store.touch_token(credential, &from, now).await });
    }
    Ok(Some(who))
}
