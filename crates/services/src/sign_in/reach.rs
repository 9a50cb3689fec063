//! Reaching a provider: who Tenure is there, what it says of itself, and its keys. Never inside a transaction.

use chrono::TimeDelta;
use tenure_connectors::Secret;
use tenure_domain::id::ProviderId;
use tenure_domain::sign_in::ClientAuth;
use tenure_oidc::{ClientSettings, OidcFault, Provider, SecretBy, fetch_keys};
use tenure_store::sign_in::ProviderRow;

use super::callback_url;
use crate::{Ctx, ServiceError};

/// What a provider says of itself is asked again after that: who signs in soon after it broke is sent there in vain, and
/// everybody else is told here.
const LOOK_LASTS: TimeDelta = TimeDelta::seconds(60);
/// Keys are not fetched more often because a token does not fit them: anybody could have them fetched.
const FETCH_EVERY: TimeDelta = TimeDelta::seconds(60);

/// What a sealed secret belongs to.
pub(super) fn sealed_about(id: ProviderId) -> String {
    format!("sign-in-provider {id}")
}

/// Who Tenure is at a provider.
pub(super) fn client_of(ctx: &Ctx, row: &ProviderRow, origin: &str) -> Result<ClientSettings, OidcFault> {
    let open = || {
        let opened = ctx.app.keys.target_secrets().open(&row.secret, &sealed_about(row.id));
        let text = opened.ok().and_then(|opened| String::from_utf8(opened.to_vec()).ok());
        text.map(Secret::new)
            .ok_or_else(|| OidcFault::Untrusted("the client secret cannot be opened: an administrator enters it again".to_owned()))
    };
    let secret = match row.client_auth {
        ClientAuth::Basic => SecretBy::Basic(open()?),
        ClientAuth::Post => SecretBy::Post(open()?),
        ClientAuth::None => SecretBy::Nothing,
    };
    Ok(ClientSettings { client_id: row.client_id.clone(), secret, redirect_uri: callback_url(origin, row.id) })
}

/// The provider as it is now, or was a moment ago.
pub(super) async fn reach(ctx: &Ctx, row: &ProviderRow) -> Result<Result<Provider, OidcFault>, ServiceError> {
    if row.looked_at.is_some_and(|at| ctx.now - at < LOOK_LASTS && at <= ctx.now) {
        return Ok(Provider::read(&row.metadata));
    }
    look(ctx, row).await
}

/// Asks a provider what it is, and keeps the answer, or why there was none.
pub(super) async fn look(ctx: &Ctx, row: &ProviderRow) -> Result<Result<Provider, OidcFault>, ServiceError> {
    match Provider::discover(&row.issuer).await {
        Ok((provider, keys)) => {
            ctx.app.store.keep_provider_look(row.id, &row.issuer, &provider.to_json(), &keys, ctx.now).await?;
            Ok(Ok(provider))
        }
        Err(fault) => {
            ctx.app.store.keep_provider_fault(row.id, &fault.to_string()).await?;
            Ok(Err(fault))
        }
    }
}

/// Reads a token by the keys that are known; where they do not fit, by those that are fetched now.
pub(super) async fn by_keys<T>(
    ctx: &Ctx,
    row: &ProviderRow,
    provider: &Provider,
    read: &(dyn Fn(&str) -> Result<T, OidcFault> + Send + Sync),
) -> Result<Result<T, OidcFault>, ServiceError> {
    let known = read(&row.jwks);
    if !matches!(known, Err(OidcFault::Key(_))) || !ctx.app.store.claim_provider_keys(row.id, ctx.now, ctx.now - FETCH_EVERY).await? {
        return Ok(known);
    }
    let Ok(keys) = fetch_keys(provider).await else { return Ok(known) };
    ctx.app.store.keep_provider_keys(row.id, &row.issuer, &keys).await?;
    Ok(read(&keys))
}
