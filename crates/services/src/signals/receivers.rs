//! Who is told: made, tried, paused, resumed, given another secret and taken away by administrators.

use chrono::Duration;
use serde_json::json;
use tenure_connectors::Secret;
use tenure_connectors::outward::check_url;
use tenure_domain::access::{May, Portal, actions, change};
use tenure_domain::audit::Stream;
use tenure_domain::id::{IdentityId, SignalReceiverId};
use tenure_domain::signal::{DeliveryState, Facts, ReceiverKind, ReceiverState, SignalKind, SubjectForm};
use tenure_store::signals::{NewSecret, ReceiverRow, ReceiverView, SignalRow, signal_key};
use tenure_store::{Page, PageRequest, WriteTx};
use tenure_vault::WebhookSecret;

use super::address::{as_asked, as_known, host, shortened};
use crate::{Ctx, FieldError, ServiceError};

/// How long the secret that is replaced goes on to sign.
const OVERLAP: Duration = Duration::hours(24);

/// A receiver that is to be told.
#[derive(Debug, Clone)]
pub struct NewReceiver {
    /// By what.
    pub kind: ReceiverKind,
    /// What people call it.
    pub name: String,
    /// Where; empty where it fetches.
    pub url: String,
    /// For whom its tokens are; the address, where it is empty.
    pub audience: String,
    /// How subjects are named to it.
    pub subject_form: SubjectForm,
    /// What it asks for.
    pub kinds: Vec<SignalKind>,
    /// What is sent as `Authorization` with a token that is pushed.
    pub authorization: Option<Secret>,
    /// Whose API tokens may fetch, and ask how the stream is.
    pub reader_id: Option<IdentityId>,
    /// The key that it gets, by which the same form sent twice is known again; None for any.
    pub once: Option<SignalReceiverId>,
}

/// A receiver that was just made, or was given another secret. This is the only time that it can be read.
#[derive(Debug)]
pub struct IssuedReceiver {
    /// Which.
    pub id: SignalReceiverId,
    /// What people call it.
    pub name: String,
    /// What webhooks are signed with; None for the others.
    pub secret: Option<Secret>,
}

/// A receiver with what went to it last.
#[derive(Debug, Clone)]
pub struct ReceiverPage {
    /// The receiver.
    pub view: ReceiverView,
    /// What went to it or is on its way, newest first.
    pub signals: Page<SignalRow>,
}

/// What a sealed secret belongs to.
pub(super) fn sealed_about(id: SignalReceiverId) -> String {
    format!("signal-receiver {id}")
}

/// All receivers.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_receivers(ctx: &Ctx) -> Result<Vec<ReceiverView>, ServiceError> {
    ctx.authorize::<actions::ViewSignals, _>(&Portal).await?;
    let mut all = ctx.app.store.read().await?.signal_receivers().await?;
    all.iter_mut().for_each(|view| as_known(ctx, &mut view.receiver));
    Ok(all)
}

/// One receiver, and what went to it last.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn show_receiver(ctx: &Ctx, id: SignalReceiverId, page: &PageRequest) -> Result<ReceiverPage, ServiceError> {
    ctx.authorize::<actions::ViewSignals, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let mut view = tx.signal_receiver(id).await?.ok_or(ServiceError::NotFound("receiver"))?;
    as_known(ctx, &mut view.receiver);
    Ok(ReceiverPage { view, signals: tx.signals_of(id, page).await? })
}

/// What went to a receiver or is on its way, newest first.
///
/// # Errors
/// As [`show_receiver`].
pub async fn list_signals(ctx: &Ctx, id: SignalReceiverId, page: &PageRequest) -> Result<Page<SignalRow>, ServiceError> {
    Ok(show_receiver(ctx, id, page).await?.signals)
}

/// Tells somebody from now on.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`], [`ServiceError::Conflict`] when the same form was sent before.
pub async fn create_receiver(ctx: &Ctx, new: &NewReceiver) -> Result<IssuedReceiver, ServiceError> {
    let proof = ctx.authorize::<actions::ManageSignals, _>(&Portal).await?;
    let (name, url) = (new.name.trim(), as_asked(&new.url));
    let url = url.as_str();
    let audience = if new.audience.trim().is_empty() { url } else { new.audience.trim() };
    let mut faults = faults(new, name, url, audience);
    if let Some(fault) = reader_fault(ctx, new).await? {
        faults.push(fault);
    }
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let id = new.once.unwrap_or_else(|| ctx.id());
    let secret = (new.kind == ReceiverKind::Webhook).then(|| WebhookSecret::generate().map_err(vault)).transpose()?;
    let sealed = match (&secret, &new.authorization) {
        (Some(secret), _) => seal(ctx, id, secret.as_bytes())?,
        (None, Some(authorization)) => seal(ctx, id, authorization.expose().as_bytes())?,
        (None, None) => Vec::new(),
    };
    let kinds = kinds_of(&new.kinds);
    let row = ReceiverRow {
        id,
        kind: new.kind,
        name: name.to_owned(),
        state: ReceiverState::Enabled,
        url: url.to_owned(),
        audience: if new.kind == ReceiverKind::Webhook { String::new() } else { audience.to_owned() },
        subject_form: new.subject_form,
        kinds,
        secret: sealed,
        secret_before: None,
        before_until: None,
        reader_id: new.reader_id,
        failures: 0,
        failing_since: None,
        said: String::new(),
        next_at: ctx.now,
        delivered_at: None,
        created_at: ctx.now,
        fetched_at: None,
        version: 1,
    };
    let mut tx = ctx.app.store.write().await?;
    if tx.bare_signal_receiver(id).await?.is_some() {
        return Err(ServiceError::Conflict("this form was sent before, and the receiver was made then; its secret was shown once. If you did not keep it, give it another one".to_owned()));
    }
    tx.insert_signal_receiver(&proof, &row).await?;
    let event = ctx.event(Stream::System, "signal-receiver.created").target(&id, name);
    tx.commit(event.after(json!({
        "kind": row.kind, "host": host(url), "audience": if row.audience == url { host(url).unwrap_or_default() } else { shortened(&row.audience) }, "kinds": row.kinds(), "subject_form": row.subject_form, "reader_id": row.reader_id,
    })))
    .await?;
    Ok(IssuedReceiver { id, name: row.name, secret: secret.map(|secret| Secret::new(secret.expose().to_string())) })
}

fn faults(new: &NewReceiver, name: &str, url: &str, audience: &str) -> Vec<FieldError> {
    let mut faults: Vec<FieldError> = name_fault(name).into_iter().chain(address_fault(new.kind, url)).collect();
    if new.kind != ReceiverKind::Webhook
        && (!(1..=2_000).contains(&audience.len()) || audience.chars().any(|c| c.is_control() || c.is_whitespace()))
    {
        faults.push(FieldError::new(
            "audience",
            "say for whom its tokens are, as it checks it in `aud`: 1 to 2,000 characters without blanks",
        ));
    }
    faults.extend(kinds_fault(new.kind, &new.kinds));
    if let Some(authorization) = &new.authorization {
        faults.extend(authorization_fault(new.kind, authorization));
    }
    faults
}

pub(super) fn name_fault(name: &str) -> Option<FieldError> {
    let wrong = !(1..=100).contains(&name.chars().count()) || name.chars().any(char::is_control);
    wrong.then(|| FieldError::new("name", "say who is told, in 1 to 100 characters"))
}

pub(super) fn address_fault(kind: ReceiverKind, url: &str) -> Option<FieldError> {
    match kind {
        ReceiverKind::Poll if url.is_empty() => None,
        ReceiverKind::Poll => Some(FieldError::new("url", "a receiver that fetches has no address; leave it empty")),
        _ if url.len() > 2_000 => Some(FieldError::new("url", "an address has at most 2,000 characters")),
        _ => check_url(url).err().map(|words| FieldError::new("url", words)),
    }
}

pub(super) fn kinds_fault(kind: ReceiverKind, kinds: &[SignalKind]) -> Option<FieldError> {
    let fits = |told: &SignalKind| if kind == ReceiverKind::Webhook { told.is_life_cycle() } else { told.is_security_event() };
    if !kinds.is_empty() && kinds.iter().all(fits) {
        return None;
    }
    let wanted: Vec<&str> = SignalKind::ALL.iter().filter(|kind| fits(kind)).map(|kind| kind.as_str()).collect();
    Some(FieldError::new("kinds", format!("choose what it is told, at least one of: {}", wanted.join(", "))))
}

/// As they are stored: in one order, separated by blanks.
pub(super) fn kinds_of(kinds: &[SignalKind]) -> String {
    SignalKind::ALL.iter().filter(|kind| kinds.contains(kind)).map(|kind| kind.as_str()).collect::<Vec<_>>().join(" ")
}

fn authorization_fault(kind: ReceiverKind, authorization: &Secret) -> Option<FieldError> {
    let text = authorization.expose();
    let words = match kind {
        ReceiverKind::Push if (1..=4_096).contains(&text.len()) && text.bytes().all(|b| (b' '..=b'~').contains(&b)) => return None,
        ReceiverKind::Push => "what is sent as Authorization has 1 to 4,096 visible characters, such as `Bearer …`",
        _ => "only a token that is pushed has an Authorization; leave it empty",
    };
    Some(FieldError::new("authorization", words))
}

async fn reader_fault(ctx: &Ctx, new: &NewReceiver) -> Result<Option<FieldError>, ServiceError> {
    let words = match (new.kind, new.reader_id) {
        (ReceiverKind::Webhook, Some(_)) => "a webhook is sent; nobody fetches it. Leave it empty",
        (ReceiverKind::Poll, None) => "say which service fetches, by its API token",
        (_, None) => return Ok(None),
        (_, Some(id)) => match ctx.app.store.read().await?.identity(id).await? {
            Some(identity) if !identity.kind.is_non_human() => "a receiver is a machine: record a service for it, and name that one",
            Some(identity) if identity.state.has_ended() => "this identity has ended",
            Some(_) => return Ok(None),
            None => "there is no such identity",
        },
    };
    Ok(Some(FieldError::new("reader", words)))
}

/// Gives a receiver another secret. What signed webhooks before signs them beside it for a day more, so that nothing is
/// lost while it is replaced there. Asked again within that day, it stays the older one that signs: that is the one the
/// receiver has, and what was made in between was perhaps never seen. What is sent as `Authorization` is replaced at once.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Invalid`], [`ServiceError::Refused`] for one
/// without a secret.
pub async fn rotate_receiver(ctx: &Ctx, id: SignalReceiverId, authorization: Option<Secret>) -> Result<IssuedReceiver, ServiceError> {
    rotate(ctx, id, None, authorization).await
}

/// The same of a receiver as it was seen: a secret that was typed for one machine does not go to another one to which
/// somebody moved it meanwhile.
///
/// # Errors
/// As [`rotate_receiver`]; [`ServiceError::Conflict`] when it was changed since `version`.
pub async fn rotate_receiver_as_seen(
    ctx: &Ctx,
    id: SignalReceiverId,
    version: i64,
    authorization: Option<Secret>,
) -> Result<IssuedReceiver, ServiceError> {
    rotate(ctx, id, Some(version), authorization).await
}

async fn rotate(ctx: &Ctx, id: SignalReceiverId, seen: Option<i64>, authorization: Option<Secret>) -> Result<IssuedReceiver, ServiceError> {
    let proof = ctx.authorize::<actions::ManageSignals, _>(&Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    let before = tx.bare_signal_receiver(id).await?.ok_or(ServiceError::NotFound("receiver"))?;
    let (sealed, secret, before_until) = match (before.kind, authorization) {
        (ReceiverKind::Poll, _) => {
            return Err(ServiceError::Refused(
                "it fetches by an API token: issue that one anew, at the service that it stands for".to_owned(),
            ));
        }
        (ReceiverKind::Webhook, None) => {
            let secret = WebhookSecret::generate().map_err(vault)?;
            (
                seal(ctx, id, secret.as_bytes())?,
                Some(Secret::new(secret.expose().to_string())),
                Some(before.before_until.filter(|until| *until > ctx.now).unwrap_or(ctx.now + OVERLAP)),
            )
        }
        (ReceiverKind::Push, None) => (Vec::new(), None, None),
        (kind, Some(authorization)) => {
            if let Some(fault) = authorization_fault(kind, &authorization) {
                return Err(ServiceError::Invalid(vec![fault]));
            }
            (seal(ctx, id, authorization.expose().as_bytes())?, None, None)
        }
    };
    let new = NewSecret { secret: &sealed, before_until, now: ctx.now };
    if !tx.rotate_signal_receiver(&proof, id, seen.unwrap_or(before.version), new).await? {
        return Err(moved_on());
    }
    let event = ctx.event(Stream::System, "signal-receiver.rotated").target(&id, before.name.as_str());
    tx.commit(event.after(json!({ "before_works_until": before_until, "has_secret": !sealed.is_empty() }))).await?;
    Ok(IssuedReceiver { id, name: before.name, secret })
}

/// Sends nothing more until somebody resumes it. What happens meanwhile is kept.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] when it is paused.
pub async fn pause_receiver(ctx: &Ctx, id: SignalReceiverId, why: &str) -> Result<(), ServiceError> {
    let why = why.trim();
    if why.chars().count() > 500 || why.chars().any(char::is_control) {
        return Err(ServiceError::field("reason", "say why in 500 characters at most"));
    }
    let said = if why.is_empty() { "Paused by a person.".to_owned() } else { format!("Paused by a person: {why}") };
    set_state(ctx, id, ReceiverState::Paused, &said).await
}

/// Tells it again, all that was kept too.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] when it is not paused.
pub async fn resume_receiver(ctx: &Ctx, id: SignalReceiverId) -> Result<(), ServiceError> {
    set_state(ctx, id, ReceiverState::Enabled, "").await
}

async fn set_state(ctx: &Ctx, id: SignalReceiverId, state: ReceiverState, said: &str) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageSignals, _>(&Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    let row = tx.bare_signal_receiver(id).await?.ok_or(ServiceError::NotFound("receiver"))?;
    if !tx.set_signal_receiver_state(&proof, id, state, said, ctx.now).await? {
        return Err(ServiceError::Refused(format!("it is {} already", state.label())));
    }
    let action = if state == ReceiverState::Paused { "signal-receiver.paused" } else { "signal-receiver.resumed" };
    tx.commit(ctx.event(Stream::System, action).target(&id, row.name.as_str()).because(said).before(json!({ "said": row.said }))).await?;
    Ok(())
}

/// Tells it nothing any more, also not what was on its way.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn remove_receiver(ctx: &Ctx, id: SignalReceiverId) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageSignals, _>(&Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    let view = tx.signal_receiver(id).await?.ok_or(ServiceError::NotFound("receiver"))?;
    tx.delete_signal_receiver(&proof, id).await?;
    let event = ctx.event(Stream::System, "signal-receiver.removed").target(&id, view.receiver.name.as_str());
    tx.commit(event.before(json!({ "kind": view.receiver.kind, "host": host(&view.receiver.url), "was_owed": view.owed }))).await?;
    Ok(())
}

/// Sends it something that says only that it is a test.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn test_receiver(ctx: &Ctx, id: SignalReceiverId) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageSignals, _>(&Portal).await?;
    let row = ctx.app.store.read().await?.bare_signal_receiver(id).await?.ok_or(ServiceError::NotFound("receiver"))?;
    let tx = ctx.app.store.write().await?;
    owe_test(ctx, &proof, tx, &row, None).await
}

pub(super) async fn owe_test(
    ctx: &Ctx,
    proof: &(impl May<change::WriteSignals> + Sync),
    mut tx: WriteTx,
    receiver: &ReceiverRow,
    echo: Option<&str>,
) -> Result<(), ServiceError> {
    let facts = Facts {
        identity_id: None,
        credential_id: None,
        credential_type: None,
        change_type: None,
        one_session: false,
        state: None,
        echo: echo.map(str::to_owned),
        initiator: "admin".to_owned(),
        event_id: None,
        txn: ctx.request_id.clone(),
        at: ctx.now,
    };
    let row = SignalRow {
        id: signal_key(ctx.now),
        receiver_id: receiver.id,
        kind: SignalKind::Test,
        facts: serde_json::to_string(&facts).map_err(|e| ServiceError::Refused(e.to_string()))?,
        state: DeliveryState::Owed,
        failures: 0,
        next_at: ctx.now,
        said: String::new(),
        created_at: ctx.now,
        settled_at: None,
    };
    tx.owe_signal(proof, &row).await?;
    tx.commit(ctx.event(Stream::System, "signal-receiver.tested").target(&receiver.id, receiver.name.as_str())).await?;
    Ok(())
}

/// Somebody changed it first.
pub(super) fn moved_on() -> ServiceError {
    ServiceError::Conflict("somebody changed it since you read it; nothing was changed: look again".to_owned())
}

fn seal(ctx: &Ctx, id: SignalReceiverId, secret: &[u8]) -> Result<Vec<u8>, ServiceError> {
    ctx.app.keys.target_secrets().seal(secret, &sealed_about(id)).map_err(vault)
}

fn vault(error: impl std::fmt::Display) -> ServiceError {
    ServiceError::Vault(error.to_string())
}
