//! Whose signals are taken, and what they may do here: said by administrators.

use serde_json::json;
use tenure_connectors::outward::{check_url, fetch};
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::SignalTransmitterId;
use tenure_domain::signal::{Effect, MatchBy, ReceiverState};
use tenure_store::signals::{TakenRow, TransmitterRow};
use tenure_vault::{KeySet, TransmitterToken};

use super::address::host;
use crate::{Ctx, FieldError, ServiceError};

/// A transmitter that is to be trusted.
#[derive(Debug, Clone)]
pub struct NewTransmitter {
    /// What people call it.
    pub name: String,
    /// What its tokens say who they are of.
    pub issuer: String,
    /// What its tokens say for whom they are.
    pub audience: String,
    /// Where its keys are; or empty, and they are pasted.
    pub jwks_uri: String,
    /// Its keys, if they are pasted.
    pub jwks: String,
    /// By what its subjects are found here.
    pub match_by: MatchBy,
    /// What `session-revoked` does.
    pub on_session_revoked: Effect,
    /// What `credential-change` does.
    pub on_credential_change: Effect,
    /// What `account-disabled` does.
    pub on_account_disabled: Effect,
    /// The key that it gets, by which the same form sent twice is known again; None for any.
    pub once: Option<SignalTransmitterId>,
}

/// A transmitter that was just made. This is the only time that its token can be read.
#[derive(Debug)]
pub struct IssuedTransmitter {
    /// Which.
    pub id: SignalTransmitterId,
    /// What people call it.
    pub name: String,
    /// The token by which it sends.
    pub token: TransmitterToken,
}

/// A transmitter with what was taken from it last.
#[derive(Debug, Clone)]
pub struct TransmitterPage {
    /// The transmitter.
    pub transmitter: TransmitterRow,
    /// What was taken from it, newest first, fifty at most.
    pub taken: Vec<TakenRow>,
}

/// All transmitters.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_transmitters(ctx: &Ctx) -> Result<Vec<TransmitterRow>, ServiceError> {
    ctx.authorize::<actions::ViewSignals, _>(&Portal).await?;
    Ok(ctx.app.store.read().await?.signal_transmitters().await?)
}

/// One transmitter, and what was taken from it last.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn show_transmitter(ctx: &Ctx, id: SignalTransmitterId) -> Result<TransmitterPage, ServiceError> {
    ctx.authorize::<actions::ViewSignals, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let transmitter = tx.signal_transmitter(id).await?.ok_or(ServiceError::NotFound("transmitter"))?;
    Ok(TransmitterPage { transmitter, taken: tx.signals_taken_of(id).await? })
}

/// Takes signals of somebody from now on. Keys that are to be fetched are fetched now, so that a wrong address shows.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`], [`ServiceError::Conflict`] when the same form was sent before.
pub async fn create_transmitter(ctx: &Ctx, new: &NewTransmitter) -> Result<IssuedTransmitter, ServiceError> {
    let proof = ctx.authorize::<actions::ManageSignals, _>(&Portal).await?;
    let [name, issuer, audience, jwks_uri, jwks] =
        [&new.name, &new.issuer, &new.audience, &new.jwks_uri, &new.jwks].map(|text| text.trim());
    let mut faults = faults(new);
    if ctx.app.store.read().await?.has_signal_issuer(issuer).await? && new.once.is_none() {
        faults.push(FieldError::new("issuer", "there is a transmitter with this issuer already"));
    }
    let mut keys = jwks.to_owned();
    if faults.is_empty() && !jwks_uri.is_empty() {
        match fetch(jwks_uri).await {
            Ok(text) => match KeySet::read(&text) {
                Ok(_) => keys = text,
                Err(error) => faults.push(FieldError::new("jwks_uri", format!("what is there cannot be used: {error}"))),
            },
            Err(fault) => faults.push(FieldError::new("jwks_uri", format!("its keys cannot be fetched: {}", fault.words))),
        }
    }
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let token = TransmitterToken::generate().map_err(|e| ServiceError::Vault(e.to_string()))?;
    let row = TransmitterRow {
        id: new.once.unwrap_or_else(|| ctx.id()),
        name: name.to_owned(),
        state: ReceiverState::Enabled,
        issuer: issuer.to_owned(),
        audience: audience.to_owned(),
        jwks_uri: jwks_uri.to_owned(),
        jwks: keys,
        keys_at: (!jwks_uri.is_empty()).then_some(ctx.now),
        match_by: new.match_by,
        on_session_revoked: new.on_session_revoked,
        on_credential_change: new.on_credential_change,
        on_account_disabled: new.on_account_disabled,
        token_hash: ctx.app.keys.tokens().hash(&token).as_bytes().to_vec(),
        hint: token.hint(),
        taken_at: None,
        said: String::new(),
        created_at: ctx.now,
    };
    let mut tx = ctx.app.store.write().await?;
    if tx.signal_transmitter(row.id).await?.is_some() {
        return Err(ServiceError::Conflict("this form was sent before, and the transmitter was made then; its token was shown once. If you did not keep it, remove the transmitter and fill in a new form".to_owned()));
    }
    if tx.has_signal_issuer(issuer).await? {
        return Err(ServiceError::field("issuer", "there is a transmitter with this issuer already"));
    }
    tx.insert_signal_transmitter(&proof, &row).await?;
    let event = ctx.event(Stream::System, "signal-transmitter.created").target(&row.id, name);
    tx.commit(event.after(json!({
        "issuer": issuer, "audience": audience, "keys": host(jwks_uri).unwrap_or_else(|| "pasted".to_owned()), "match_by": row.match_by,
        "on_session_revoked": row.on_session_revoked, "on_credential_change": row.on_credential_change,
        "on_account_disabled": row.on_account_disabled, "hint": row.hint,
    })))
    .await?;
    Ok(IssuedTransmitter { id: row.id, name: row.name, token })
}

fn faults(new: &NewTransmitter) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let name = new.name.trim();
    if !(1..=100).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        faults.push(FieldError::new("name", "say who tells, in 1 to 100 characters"));
    }
    for (field, text, what) in [("issuer", new.issuer.trim(), "`iss`"), ("audience", new.audience.trim(), "`aud`")] {
        if !(1..=1_000).contains(&text.len()) || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            faults.push(FieldError::new(field, format!("say it as its tokens have it in {what}: 1 to 1,000 characters without blanks")));
        }
    }
    match (new.jwks_uri.trim(), new.jwks.trim()) {
        ("", "") => faults.push(FieldError::new("jwks_uri", "say where its keys are, or paste them")),
        ("", keys) if keys.len() > 64 * 1024 => faults.push(FieldError::new("jwks", "keys have 64 KiB at most")),
        ("", keys) => faults.extend(KeySet::read(keys).err().map(|error| FieldError::new("jwks", error.to_string()))),
        (uri, "") if uri.len() > 2_000 => faults.push(FieldError::new("jwks_uri", "an address has at most 2,000 characters")),
        (uri, "") => faults.extend(check_url(uri).err().map(|words| FieldError::new("jwks_uri", words))),
        _ => faults.push(FieldError::new("jwks", "either the address of its keys or the keys themselves; leave one empty")),
    }
    for (field, effect) in [("on_session_revoked", new.on_session_revoked), ("on_credential_change", new.on_credential_change)] {
        if effect == Effect::Suspend {
            faults.push(FieldError::new(field, "only account-disabled may suspend: the others do not say that anybody is to be stopped"));
        }
    }
    faults
}

/// Takes its signals no more, or takes them again.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] when it is so already.
pub async fn set_transmitter_state(ctx: &Ctx, id: SignalTransmitterId, state: ReceiverState) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageSignals, _>(&Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    let row = tx.signal_transmitter(id).await?.ok_or(ServiceError::NotFound("transmitter"))?;
    if !tx.set_signal_transmitter_state(&proof, id, state).await? {
        return Err(ServiceError::Refused(format!("it is {} already", state.label())));
    }
    let action = if state == ReceiverState::Paused { "signal-transmitter.paused" } else { "signal-transmitter.resumed" };
    tx.commit(ctx.event(Stream::System, action).target(&id, row.name.as_str())).await?;
    Ok(())
}

/// Trusts it no more: its token and its keys are forgotten.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn remove_transmitter(ctx: &Ctx, id: SignalTransmitterId) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageSignals, _>(&Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    let row = tx.signal_transmitter(id).await?.ok_or(ServiceError::NotFound("transmitter"))?;
    tx.delete_signal_transmitter(&proof, id).await?;
    let event = ctx.event(Stream::System, "signal-transmitter.removed").target(&id, row.name.as_str());
    tx.commit(event.before(json!({ "issuer": row.issuer, "audience": row.audience, "hint": row.hint }))).await?;
    Ok(())
}
