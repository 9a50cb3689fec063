//! Taking security event tokens that trusted transmitters send (RFC 8417, RFC 8935).
//!
//! What somebody else says may make things safer at once: sessions and API tokens end. It suspends only where an
//! administrator allowed it for that transmitter, and it never ends an identity.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tenure_connectors::outward::fetch;
use tenure_domain::access::{Authorized, Channel, Portal, Principal, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::fold::fold;
use tenure_domain::id::{IdentityId, SignalTransmitterId};
use tenure_domain::identity::Transition;
use tenure_domain::signal::{Effect, MatchBy, ReceiverState, SignalKind};
use tenure_store::signals::{TakenRow, TransmitterRow};
use tenure_vault::{JwsError, KeySet, TransmitterToken, VerifiedJws};

use super::render::SET_TYPE;
use super::words::short;
use crate::identities::change_lifecycle;
use crate::ids::new_id;
use crate::{App, Ctx, ServiceError};

/// A token of more bytes is none.
pub const MOST_SET_BYTES: usize = tenure_vault::MOST_TOKEN_BYTES;
/// So far ahead may the clock of a transmitter be.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// An older token is not taken: how long one is known again is longer than this.
const OLDEST: TimeDelta = TimeDelta::days(30);
/// Keys are not fetched again before.
const FETCH_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Keys that were fetched are looked at again after that: one that is withdrawn there ends here too.
const KEYS_LAST: TimeDelta = TimeDelta::hours(24);

/// Why a token is not taken, in the words of RFC 8935, 2.4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetRefusal {
    /// The status of HTTP.
    pub status: u16,
    /// The error's name.
    pub err: &'static str,
    /// In words.
    pub description: String,
}

fn refuse(err: &'static str, description: impl Into<String>) -> SetRefusal {
    SetRefusal { status: 400, err, description: description.into() }
}

/// What a token says, as far as it is used.
struct Said {
    jti: String,
    txn: Option<String>,
    subject: Value,
    events: Vec<(String, Value)>,
}

/// Takes a token. One that was taken before is accepted again and does nothing.
///
/// # Errors
/// The refusal that the transmitter is told; and when the database fails.
pub async fn take_set(app: &Arc<App>, bearer: &str, token: &str, now: DateTime<Utc>) -> Result<Result<(), SetRefusal>, ServiceError> {
    let unknown = || SetRefusal {
        status: 401,
        ..refuse("authentication_failed", "send `Authorization: Bearer …` with the token that you were given")
    };
    let Ok(own) = bearer.parse::<TransmitterToken>() else { return Ok(Err(unknown())) };
    let hash = app.keys.tokens().hash(&own);
    let Some(from) = app.store.read().await?.signal_transmitter_by_token(hash.as_bytes()).await? else { return Ok(Err(unknown())) };
    let ctx = Ctx {
        app: Arc::clone(app),
        principal: Principal::system(&format!("signal of {}", from.name)),
        now,
        request_id: new_id(now).to_string(),
        channel: Channel::Signal,
        proven: None,
    };
    if from.state == ReceiverState::Paused {
        return Ok(Err(SetRefusal {
            status: 403,
            ..refuse("access_denied", "signals of this transmitter are not taken now: an administrator paused it")
        }));
    }
    let proof = ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    let said = match read(&ctx, &from, token).await? {
        Ok(said) => said,
        Err(refusal) if !is_first_refusal(from.id, refusal.err, now) => return Ok(Err(refusal)),
        Err(refusal) => {
            let words = format!("{}: {}", refusal.err, refusal.description);
            let mut tx = app.store.write().await?;
            tx.note_signal_refused(&proof, from.id, &words).await?;
            tx.commit(ctx.event(Stream::System, "signal.refused").target(&from.id, from.name.as_str()).because(words).refused()).await?;
            return Ok(Err(refusal));
        }
    };
    if app.store.read().await?.was_signal_taken(from.id, &said.jti).await? {
        return Ok(Ok(()));
    }
    apply(&ctx, &proof, &from, &said).await?;
    Ok(Ok(()))
}

/// Whether a transmitter was not refused by this name in this minute: what is refused again and again is written down
/// once, or the audit log would grow as fast as somebody sends. Each process counts by itself.
fn is_first_refusal(from: SignalTransmitterId, err: &'static str, now: DateTime<Utc>) -> bool {
    static SEEN: LazyLock<Mutex<HashMap<(SignalTransmitterId, &'static str), i64>>> = LazyLock::new(Mutex::default);
    let minute = now.timestamp().div_euclid(60);
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert((from, err), minute) != Some(minute)
}

async fn read(ctx: &Ctx, from: &TransmitterRow, token: &str) -> Result<Result<Said, SetRefusal>, ServiceError> {
    let verified = match verify(ctx, from, token).await? {
        Ok(verified) => verified,
        Err(error @ (JwsError::Form | JwsError::Critical)) => return Ok(Err(refuse("invalid_request", error.to_string()))),
        Err(error) => return Ok(Err(refuse("invalid_key", error.to_string()))),
    };
    Ok(understand(ctx, from, &verified))
}

/// Checks the signature. Keys are fetched, where they may be, when they do not fit the token or are old: without a
/// transaction, and by whoever claimed the fetch, so that one that fails is not tried again at once either.
async fn verify(ctx: &Ctx, from: &TransmitterRow, token: &str) -> Result<Result<VerifiedJws, JwsError>, ServiceError> {
    let known = KeySet::read(&from.jwks).map_or(Err(JwsError::UnknownKey), |keys| keys.verify(token));
    let older_than = |age: TimeDelta| from.keys_at.is_none_or(|at| ctx.now - at >= age);
    let wanted = older_than(KEYS_LAST) || matches!(known, Err(JwsError::UnknownKey | JwsError::Signature));
    if !wanted || from.jwks_uri.is_empty() || !older_than(FETCH_EVERY) {
        return Ok(known);
    }
    if !ctx.app.store.claim_signal_keys(from.id, ctx.now, ctx.now - FETCH_EVERY).await? {
        return Ok(known);
    }
    let Ok(text) = fetch(&from.jwks_uri).await else { return Ok(known) };
    let Ok(keys) = KeySet::read(&text) else { return Ok(known) };
    ctx.app.store.keep_signal_keys(from.id, &text, ctx.now).await?;
    Ok(keys.verify(token))
}

fn understand(ctx: &Ctx, from: &TransmitterRow, verified: &VerifiedJws) -> Result<Said, SetRefusal> {
    let claims = &verified.claims;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let typ = verified.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
    if typ.strip_prefix("application/").unwrap_or(&typ) != SET_TYPE {
        return Err(refuse("invalid_request", "its `typ` is not secevent+jwt"));
    }
    if text("iss") != Some(from.issuer.as_str()) {
        return Err(refuse("invalid_issuer", "its `iss` is not the one that is trusted here"));
    }
    let for_us = match claims.get("aud") {
        Some(Value::String(one)) => *one == from.audience,
        Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(from.audience.as_str())),
        _ => false,
    };
    if !for_us {
        return Err(refuse("invalid_audience", "its `aud` does not name this receiver"));
    }
    let issued = claims.get("iat").and_then(Value::as_i64).and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let Some(issued) = issued else { return Err(refuse("invalid_request", "its `iat` is not a number of seconds")) };
    if issued > ctx.now + AHEAD {
        return Err(refuse("invalid_request", "its `iat` lies in the future"));
    }
    if issued < ctx.now - OLDEST {
        return Err(refuse("invalid_request", format!("its `iat` is more than {} days ago", OLDEST.num_days())));
    }
    check_span(claims, ctx.now)?;
    let jti = text("jti").filter(|jti| (1..=255).contains(&jti.len()) && !jti.chars().any(char::is_control));
    let Some(jti) = jti else { return Err(refuse("invalid_request", "it has no `jti` of 1 to 255 visible characters")) };
    let events = claims.get("events").and_then(Value::as_object).filter(|events| (1..=20).contains(&events.len()));
    let Some(events) = events else { return Err(refuse("invalid_request", "it has no `events`, or more than 20")) };
    if let Some((uri, _)) = events.iter().find(|(uri, event)| uri.len() > 500 || uri.contains(char::is_whitespace) || !event.is_object()) {
        return Err(refuse("invalid_request", format!("the event {} is not an object under a URI", short(uri))));
    }
    let subject = claims.get("sub_id").cloned().unwrap_or_default();
    let is_verification = |uri: &String| SignalKind::of_uri(uri) == Some(SignalKind::Test);
    if subject.get("format").and_then(Value::as_str).is_none() && !events.keys().all(is_verification) {
        return Err(refuse("invalid_request", "it has no `sub_id` with a `format` (RFC 9493)"));
    }
    Ok(Said {
        jti: jti.to_owned(),
        txn: text("txn").map(short),
        subject,
        events: events.iter().map(|(uri, event)| (uri.clone(), event.clone())).collect(),
    })
}

/// Looks that it is neither over nor still to begin, as far as clocks may differ. RFC 8417, 2.2 advises against `exp`;
/// whoever sets it means it.
fn check_span(claims: &Value, now: DateTime<Utc>) -> Result<(), SetRefusal> {
    let moment = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(said) => {
            let at = said.as_i64().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
            at.map(Some).ok_or_else(|| refuse("invalid_request", format!("its `{name}` is not a number of seconds")))
        }
    };
    if moment("exp")?.is_some_and(|end| end <= now - AHEAD) {
        return Err(refuse("invalid_request", "its `exp` is over"));
    }
    if moment("nbf")?.is_some_and(|begin| begin > now + AHEAD) {
        return Err(refuse("invalid_request", "its `nbf` lies in the future"));
    }
    Ok(())
}

/// The text by which a subject is to be found; None where its format says nothing that is looked for here.
fn subject_text(from: &TransmitterRow, subject: &Value) -> Option<String> {
    let text = |name: &str| subject.get(name).and_then(Value::as_str).map(str::to_owned);
    match text("format")?.as_str() {
        "complex" => subject_text(from, subject.get("user")?),
        // An address says who somebody is only where addresses are what is looked at.
        "email" => text("email").filter(|_| from.match_by == MatchBy::Email),
        "iss_sub" => text("sub").filter(|_| subject.get("iss").and_then(Value::as_str) == Some(from.issuer.as_str())),
        "opaque" => text("id"),
        "aliases" => subject.get("identifiers")?.as_array()?.iter().find_map(|one| subject_text(from, one)),
        _ => None,
    }
}

/// Whether a subject is less than a whole person: one session or device of theirs, or them in one tenant or group. What
/// is over for that says nothing of the rest.
fn is_part(subject: &Value) -> bool {
    match subject.get("format").and_then(Value::as_str) {
        Some("complex") => {
            let more = |members: &serde_json::Map<String, Value>| members.keys().any(|name| name != "format" && name != "user");
            subject.as_object().is_none_or(more) || subject.get("user").is_some_and(is_part)
        }
        Some("aliases") => subject.get("identifiers").and_then(Value::as_array).is_some_and(|all| all.iter().any(is_part)),
        _ => false,
    }
}

/// What a token does, by its strongest event.
fn effect_of(from: &TransmitterRow, said: &Said) -> Effect {
    if is_part(&said.subject) {
        return Effect::Record;
    }
    let effect = |(uri, event): &(String, Value)| match SignalKind::of_uri(uri) {
        Some(SignalKind::SessionRevoked) => from.on_session_revoked,
        // A new credential endangers nothing.
        Some(SignalKind::CredentialChange) if event.get("change_type").and_then(Value::as_str) == Some("create") => Effect::Record,
        Some(SignalKind::CredentialChange) => from.on_credential_change,
        Some(SignalKind::AccountDisabled) => from.on_account_disabled,
        _ => Effect::Record,
    };
    said.events.iter().map(effect).max().unwrap_or(Effect::Record)
}

/// Does what the token says, as far as it may. The suspension comes first, in its own transaction: if that is all that
/// happens, the token is sent again, and finds it done.
async fn apply(ctx: &Ctx, proof: &Authorized<actions::RunSchedule>, from: &TransmitterRow, said: &Said) -> Result<(), ServiceError> {
    let meant = meant(ctx, from, said).await?;
    let mut effect = effect_of(from, said);
    let mut words = Vec::new();
    if let (Ok(id), Effect::Suspend) = (&meant, effect) {
        let identity = ctx.app.store.read().await?.identity(*id).await?;
        let may_act = identity.is_some_and(|identity| identity.state.may_act());
        let reason = format!("{} says that the account is disabled", from.name);
        match if may_act {
            change_lifecycle(ctx, *id, Transition::Suspend, &reason).await
        } else {
            Err(ServiceError::Refused("nobody can sign in as them anyway".to_owned()))
        } {
            Ok(_) => words.push("suspended".to_owned()),
            // The last administrator stays able to sign in; that they do it anew is no harm.
            Err(ServiceError::Refused(why)) => words.push(format!("not suspended: {why}")),
            Err(ServiceError::Lifecycle(why)) => words.push(format!("not suspended: {why}")),
            Err(error) => return Err(error),
        }
        effect = Effect::EndSessions;
    }
    let mut tx = ctx.app.store.write().await?;
    let mut more = Vec::new();
    match &meant {
        Ok(id) if effect == Effect::EndSessions => {
            tx.lock_identities(&[*id]).await?;
            let identity = tx.identity(*id).await?.ok_or(ServiceError::NotFound("identity"))?;
            let ending = ctx.authorize::<actions::ChangeLifecycle, _>(&identity).await?;
            let ended = tx.end_sign_ins(&ending, *id, ctx.now).await?;
            if ended.sessions + ended.api_tokens > 0 {
                words.push(format!("{} and {} ended", many(ended.sessions, "session"), many(ended.api_tokens, "API token")));
                // Told on only where something ended: two that tell each other come to rest.
                let event = ctx.event(Stream::Credential, "signal.sessions-ended").target(id, identity.display_name.as_str()).about(*id);
                let event = event.because(format!("signal of {}", from.name)).before(json!({ "epoch": identity.epoch }));
                more.push(event.after(json!({ "epoch": identity.epoch + 1, "sessions": ended.sessions, "api_tokens": ended.api_tokens })));
            } else if words.is_empty() {
                words.push("there was no session and no API token to end".to_owned());
            }
        }
        Ok(_) if is_part(&said.subject) => {
            words.push("recorded only: it is of a part of the person, such as one session, and not of all that is theirs".to_owned())
        }
        Ok(_) => words.push("recorded".to_owned()),
        Err(why) => words.push(why.clone()),
    }
    let uris: Vec<&str> = said.events.iter().map(|(uri, _)| uri.as_str()).collect();
    let taken = TakenRow {
        transmitter_id: from.id,
        jti: said.jti.clone(),
        at: ctx.now,
        events: uris.join(" "),
        identity_id: meant.as_ref().ok().copied(),
        said: words.join("; "),
    };
    if !tx.take_signal(proof, &taken).await? {
        // The same one was taken at the same moment, with all that it does.
        return Ok(());
    }
    let mut event = ctx.event(Stream::System, "signal.taken").target(&from.id, from.name.as_str());
    event.0.identity_id = taken.identity_id;
    let event = event.after(json!({ "jti": said.jti, "txn": said.txn, "events": uris, "came_of_it": taken.said }));
    let mut events = Events::one(event);
    events.extend(more);
    tx.commit(events).await?;
    Ok(())
}

/// Whom a token means, or in words why nobody.
async fn meant(ctx: &Ctx, from: &TransmitterRow, said: &Said) -> Result<Result<IdentityId, String>, ServiceError> {
    if said.events.iter().all(|(uri, _)| SignalKind::of_uri(uri) == Some(SignalKind::Test)) {
        return Ok(Err("a test: it arrived".to_owned()));
    }
    let Some(text) = subject_text(from, &said.subject).filter(|text| !text.contains('\0')) else {
        return Ok(Err(format!("nothing was done: its subject cannot be found by {}", from.match_by.label())));
    };
    let found = ctx.app.store.read().await?.identities_meant(from.match_by, &text, &fold(&text)).await?;
    Ok(match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(format!("nothing was done: nobody here has this {}", from.match_by.label())),
        _ => Err(format!("nothing was done: several have this {}; a person has to look", from.match_by.label())),
    })
}

fn many(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}
