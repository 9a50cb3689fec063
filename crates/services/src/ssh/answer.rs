//! What a host is given when somebody signs in on it.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde::Deserialize as _;
use tenure_connectors::ssh::{Key, LoginName, Options, SshSettings, Trusted, answer};
use tenure_store::ssh::{AskingHost, ServedKey};
use tenure_vault::HostToken;

use super::tell::told_refusal;
use crate::accounts::touch_meanwhile;
use crate::{App, ServiceError};

/// How exact the note of a host's last question is.
const TOUCH_EVERY: Duration = Duration::seconds(60);

/// What a host is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostAnswer {
    /// Lines of `authorized_keys`; none for nobody.
    Keys(String),
    /// The token is missing, wrong or over.
    Unknown,
    /// It asked too often within this minute.
    TooOften,
}

/// The keys that let somebody in under a login name on the target of the host that asks by a token. Whether nobody is
/// called so, or whoever is may not sign in, or has no key: the answer is the same and empty.
///
/// The token of a host makes it no principal: this is all that it can ask. `from` is the address that it asks from.
///
/// # Errors
/// When the database fails, or the target's settings cannot be read any more.
pub async fn keys_for_host(app: &Arc<App>, token: &str, login: &str, from: &str, now: DateTime<Utc>) -> Result<HostAnswer, ServiceError> {
    let Ok(token) = token.parse::<HostToken>() else { return unknown(app, from, now).await };
    let hash = app.keys.tokens().hash(&token);
    let mut tx = app.store.read().await?;
    let Some(host) = tx.asking_host(hash.as_bytes(), now).await? else {
        drop(tx);
        return unknown(app, from, now).await;
    };
    if !app.transient.asked.may_ask(host.id, now) {
        return Ok(HostAnswer::TooOften);
    }
    let keys = match LoginName::read(login) {
        Ok(login) => tx.served_keys(host.application_id, login.as_str(), now).await?,
        Err(_) => Vec::new(),
    };
    drop(tx);
    note_use(app, &host, now);
    let trusted = trusted(&keys, &options_of(&host)?);
    app.transient.asked.count(host.id, host.application_id, keys.iter().map(|key| key.credential_id));
    Ok(HostAnswer::Keys(answer(&trusted, now)))
}

async fn unknown(app: &Arc<App>, from: &str, now: DateTime<Utc>) -> Result<HostAnswer, ServiceError> {
    told_refusal(app, from, now).await?;
    Ok(HostAnswer::Unknown)
}

fn note_use(app: &Arc<App>, host: &AskingHost, now: DateTime<Utc>) {
    if host.last_used_at.is_none_or(|at| now - at >= TOUCH_EVERY) {
        let (store, id) = (app.store.clone(), host.id);
        touch_meanwhile(async move { store.touch_ssh_host(id, now).await });
    }
}

fn options_of(host: &AskingHost) -> Result<Options, ServiceError> {
    let unread = |words: String| ServiceError::Vault(format!("the settings of the hosts' target cannot be read: {words}"));
    let settings = SshSettings::deserialize(&host.settings).map_err(|e| unread(e.to_string()))?;
    settings.options().map_err(|e| unread(e.to_string()))
}

/// The keys as they are trusted.
fn trusted(keys: &[ServedKey], options: &Options) -> Vec<Trusted> {
    let read = |key: &ServedKey| {
        let read = Key::read(&key.text).ok()?;
        Some(Trusted { key: read, options: options.clone(), expires_at: Some(key.expires_at), label: key.label.clone() })
    };
    keys.iter().filter_map(read).collect()
}
