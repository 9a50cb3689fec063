//! Changing who is told: its name, its address, what it is told. Its secret stays, and so does what is on its way.

use serde_json::json;
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::SignalReceiverId;
use tenure_domain::signal::{ReceiverKind, SignalKind};
use tenure_store::signals::{ReceiverEdit, ReceiverRow};

use super::address::{as_asked, host};
use super::receivers::{address_fault, kinds_fault, kinds_of, moved_on, name_fault};
use crate::{Ctx, FieldError, ServiceError};

/// A receiver as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverChange {
    /// What people call it.
    pub name: String,
    /// Where; empty where it fetches.
    pub url: String,
    /// What it is told.
    pub kinds: Vec<SignalKind>,
}

/// Changes a receiver; yields its new version.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Invalid`], also where what is sent as
/// `Authorization` would go to another machine; [`ServiceError::Conflict`] when it was changed since `version`.
pub async fn edit_receiver(ctx: &Ctx, id: SignalReceiverId, version: i64, change: &ReceiverChange) -> Result<i64, ServiceError> {
    let proof = ctx.authorize::<actions::ManageSignals, _>(&Portal).await?;
    let (name, url) = (change.name.trim(), as_asked(&change.url));
    let mut tx = ctx.app.store.write().await?;
    let before = tx.bare_signal_receiver(id).await?.ok_or(ServiceError::NotFound("receiver"))?;
    // The same address typed in another way is the same.
    let url = if url == as_asked(&before.url) { before.url.as_str() } else { url.as_str() };
    let mut faults: Vec<FieldError> =
        [name_fault(name), address_fault(before.kind, url), kinds_fault(before.kind, &change.kinds)].into_iter().flatten().collect();
    if faults.is_empty() && sends_its_secret_elsewhere(&before, url) {
        let words = "what is sent to it as Authorization would go to another machine: take that away first, or make another receiver";
        faults.push(FieldError::new("url", words));
    }
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let kinds = kinds_of(&change.kinds);
    if (name, url, kinds.as_str()) == (before.name.as_str(), before.url.as_str(), before.kinds.as_str()) {
        return if before.version == version { Ok(version) } else { Err(moved_on()) };
    }
    // Where nobody said otherwise its tokens are for the address: for the one it has now.
    let audience = if before.audience == before.url { url } else { before.audience.as_str() };
    let edit = ReceiverEdit { name, url, audience, kinds: &kinds, moved: url != before.url };
    if !tx.edit_signal_receiver(&proof, id, version, edit, ctx.now).await? {
        return Err(moved_on());
    }
    let event = ctx.event(Stream::System, "signal-receiver.edited").target(&id, name);
    let event = event.before(json!({ "name": before.name, "host": host(&before.url), "kinds": before.kinds }));
    // That the path is another one is told, not which.
    tx.commit(event.after(json!({ "name": name, "host": host(url), "kinds": kinds, "address_changed": edit.moved }))).await?;
    Ok(version + 1)
}

/// A token is pushed with what the receiver gave as `Authorization`: that is for the machine it was given for.
fn sends_its_secret_elsewhere(before: &ReceiverRow, url: &str) -> bool {
    before.kind == ReceiverKind::Push && !before.secret.is_empty() && machine(url) != machine(&before.url)
}

/// Scheme, host and port of an address, as it is asked.
fn machine(url: &str) -> String {
    let asked = as_asked(url);
    let scheme = asked.split_once("://").map(|(scheme, _)| scheme).unwrap_or_default();
    format!("{scheme}://{}", host(&asked).unwrap_or_default())
}
