//! Reaching a provider: who Tenure is there, what it says of itself, and its keys. Never inside a transaction.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
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
/// One that could not be used is not asked again before that: anybody could have it asked.
const FAULT_LASTS: TimeDelta = TimeDelta::seconds(5);
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

/// The provider as it is now, or was a moment ago. One of a process asks; who comes meanwhile waits, and hears the same.
pub(super) async fn reach(ctx: &Ctx, row: &ProviderRow) -> Result<Result<Provider, OidcFault>, ServiceError> {
    if is_fresh(ctx, row) {
        return Ok(Provider::read(&row.metadata));
    }
    let looking = looking(row.id);
    let mut last = looking.lock().await;
    // Somebody else may have looked while this one waited.
    let row = ctx.app.store.read().await?.sign_in_provider(row.id).await?.ok_or(ServiceError::NotFound("way to sign in"))?;
    if is_fresh(ctx, &row) {
        return Ok(Provider::read(&row.metadata));
    }
    if let Some((at, fault)) = last.as_ref().filter(|(at, _)| ctx.now - *at < FAULT_LASTS && *at <= ctx.now) {
        tracing::debug!(%at, "the provider could not be used a moment ago");
        return Ok(Err(fault.clone()));
    }
    let outcome = look(ctx, &row).await?;
    *last = outcome.as_ref().err().map(|fault| (ctx.now, fault.clone()));
    Ok(outcome)
}

fn is_fresh(ctx: &Ctx, row: &ProviderRow) -> bool {
    row.looked_at.is_some_and(|at| ctx.now - at < LOOK_LASTS && at <= ctx.now)
}

/// Why the last look failed, and when; held while somebody looks.
type Looking = Arc<tokio::sync::Mutex<Option<(DateTime<Utc>, OidcFault)>>>;

fn looking(id: ProviderId) -> Looking {
    /// There are as many as administrators have added.
    static ALL: LazyLock<Mutex<HashMap<ProviderId, Looking>>> = LazyLock::new(Mutex::default);
    Arc::clone(ALL.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_default())
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
    if !matches!(known, Err(OidcFault::Key(_))) {
        return Ok(known);
    }
    if !ctx.app.store.claim_provider_keys(row.id, ctx.now, ctx.now - FETCH_EVERY).await? {
        return by_new_keys(ctx, row, known, read).await;
    }
    let Ok(keys) = fetch_keys(provider).await else { return Ok(known) };
    ctx.app.store.keep_provider_keys(row.id, &row.issuer, &keys).await?;
    Ok(read(&keys))
}

/// Somebody else fetches keys, or did a moment ago: theirs are taken, once they are there.
async fn by_new_keys<T>(
    ctx: &Ctx,
    row: &ProviderRow,
    known: Result<T, OidcFault>,
    read: &(dyn Fn(&str) -> Result<T, OidcFault> + Send + Sync),
) -> Result<Result<T, OidcFault>, ServiceError> {
    for rest in [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(2)] {
        tokio::time::sleep(rest).await;
        let now = ctx.app.store.read().await?.sign_in_provider(row.id).await?;
        if let Some(now) = now.filter(|now| now.issuer == row.issuer && now.jwks != row.jwks) {
            return Ok(read(&now.jwks));
        }
        // Keys that were fetched before this token came do not change any more.
        if row.keys_at.is_some_and(|at| ctx.now - at < FETCH_EVERY) {
            break;
        }
    }
    Ok(known)
}
