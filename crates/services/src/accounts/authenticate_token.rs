//! Who an API token stands for.

use chrono::{DateTime, Duration, Utc};
use tenure_domain::access::{Principal, PrincipalKind};
use tenure_vault::ApiToken;

use super::resume_session::all_roles;
use super::touch::touch_meanwhile;
use crate::{App, ServiceError};

/// How exact the note of a token's last use is.
const TOUCH_EVERY: Duration = Duration::seconds(60);

/// The principal of a token; None when it is not one, is over, or its identity may not act.
///
/// # Errors
/// When the database fails.
pub async fn authenticate_token(app: &App, token: &str, now: DateTime<Utc>) -> Result<Option<Principal>, ServiceError> {
    let Ok(token) = token.parse::<ApiToken>() else { return Ok(None) };
    let hash = app.keys.tokens().hash(&token);
    let holder = app.store.token_holder(hash.as_bytes(), now).await?;
    let Some(holder) = holder else { return Ok(None) };
    if holder.last_used_at.is_none_or(|at| now - at >= TOUCH_EVERY) {
        let (store, credential) = (app.store.clone(), holder.credential_id);
        touch_meanwhile(async move { store.touch_token(credential, now).await });
    }
    Ok(Some(Principal {
        kind: PrincipalKind::Token { identity_id: holder.identity_id, credential_id: holder.credential_id, may_write: holder.may_write },
        label: format!("{} by token {}", holder.display_name, token.hint()),
        roles: all_roles(holder.roles, holder.has_reports),
    }))
}
