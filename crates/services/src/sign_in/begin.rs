//! The way to a provider. What a sign-in needs to be known again is in the browser and in the address; in the database lie
//! hashes of them, and nonce and verifier are computed from both.

use chrono::TimeDelta;
use tenure_domain::id::{CredentialId, ProviderId};
use tenure_domain::sign_in::ProviderState;
use tenure_oidc::{Authorization, authorization_url};
use tenure_store::sign_in::AttemptRow;
use tenure_vault::{MacKey, Tag, random_text};

use super::NoSignIn;
use super::reach::{client_of, reach};
use super::refuse::refuse_fault_once;
use crate::accounts::limits::{Limit, Limited, count_attempt};
use crate::{App, Ctx, ServiceError};

/// So long may somebody take at the provider.
pub const ATTEMPT_MINUTES: i64 = 10;
/// So many may be on their way at once: anybody may begin.
const MOST: i64 = 20_000;

/// A sign-in that begins.
pub struct Begun {
    /// What people call the provider.
    pub provider: String,
    /// Where the browser is sent.
    pub url: String,
    /// What the browser keeps, to be known again.
    pub browser: String,
}

/// What is computed from the secret of a browser and the `state` of one sign-in.
pub(super) struct Derived<'a> {
    pub(super) key: &'a MacKey,
    pub(super) browser: &'a str,
    pub(super) state: &'a str,
}

impl Derived<'_> {
    fn tag(&self, what: &[u8]) -> String {
        self.key.tag_fields(&[what, self.browser.as_bytes(), self.state.as_bytes()]).to_string()
    }

    /// What the ID token must bring back.
    pub(super) fn nonce(&self) -> String {
        self.tag(b"nonce")
    }

    /// What the code is redeemed with (RFC 7636): 64 signs.
    pub(super) fn verifier(&self) -> String {
        self.tag(b"verifier")
    }

    pub(super) fn state_hash(&self) -> Tag {
        self.key.tag_fields(&[b"state", self.state.as_bytes()])
    }

    pub(super) fn browser_hash(&self) -> Tag {
        self.key.tag_fields(&[b"browser", self.browser.as_bytes()])
    }
}

/// Whether a text is a secret that this portal gave a browser.
fn is_browser(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// By whom people may sign in: keys and names.
///
/// # Errors
/// When the database fails.
pub async fn ways_of_sign_in(app: &App) -> Result<Vec<(ProviderId, String)>, ServiceError> {
    Ok(app.store.read().await?.ways_of_sign_in().await?)
}

/// Begins a sign-in by a provider: a row that is there for ten minutes and once. A browser that has begun another one, in
/// another tab, keeps its secret. `proves`: the session that is to be proved anew by it, instead of one being opened; the
/// provider is told to look anew who it is. `network` is where it came from.
///
/// # Errors
/// [`NoSignIn`]: the provider is down or cannot be trusted, or too many are on their way.
pub async fn begin_sign_in(
    ctx: &Ctx,
    origin: &str,
    id: ProviderId,
    browser: &str,
    next: &str,
    proves: Option<CredentialId>,
    network: &str,
) -> Result<Begun, NoSignIn> {
    // Anybody may begin, and each keeps a row and may have the provider asked.
    if count_attempt(ctx, Limit::ProviderByAddress, network).await? == Limited::Over {
        return Err(NoSignIn::Refused("too many sign-ins were begun from here: try again in ten minutes".to_owned()));
    }
    let row = ctx.app.store.read().await?.sign_in_provider(id).await?;
    let row = row.filter(|row| row.state == ProviderState::Enabled).ok_or(ServiceError::NotFound("way to sign in"))?;
    let provider = match reach(ctx, &row).await? {
        Ok(provider) => provider,
        Err(fault) => return Err(refuse_fault_once(ctx, &row, fault).await),
    };
    let client = match client_of(ctx, &row, origin) {
        Ok(client) => client,
        Err(fault) => return Err(refuse_fault_once(ctx, &row, fault).await),
    };
    let random = || random_text().map_err(|error| ServiceError::Vault(error.to_string()));
    let browser = if is_browser(browser) { browser.to_owned() } else { random()? };
    let state = random()?;
    let derived = Derived { key: ctx.app.keys.sign_in(), browser: &browser, state: &state };
    let (nonce, verifier) = (derived.nonce(), derived.verifier());
    let with = Authorization {
        state: &state,
        nonce: &nonce,
        verifier: &verifier,
        scopes: row.scopes.split_whitespace().map(str::to_owned).collect(),
        anew: proves.is_some(),
    };
    let url = match authorization_url(&provider, &client, &with) {
        Ok(url) => url,
        Err(fault) => return Err(refuse_fault_once(ctx, &row, fault).await),
    };
    let attempt = AttemptRow {
        state_hash: derived.state_hash().as_bytes().to_vec(),
        browser_hash: derived.browser_hash().as_bytes().to_vec(),
        provider_id: id,
        next_path: next.chars().take(2_000).collect(),
        proves,
        created_at: ctx.now,
        expires_at: ctx.now + TimeDelta::minutes(ATTEMPT_MINUTES),
    };
    if !ctx.app.store.begin_sign_in(&attempt, MOST).await? {
        return Err(ServiceError::Busy.into());
    }
    Ok(Begun { provider: row.name, url, browser })
}
