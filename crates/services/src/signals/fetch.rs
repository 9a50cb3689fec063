//! What receivers ask themselves: their streams, and what is in them (RFC 8936).

use serde_json::{Map, Value};
use tenure_domain::access::{Authorized, Relation, actions};
use tenure_domain::id::SignalReceiverId;
use tenure_domain::signal::{DeliveryState, ReceiverKind};
use tenure_store::signals::{ReceiverRow, SignalOutcome};

use super::receivers::owe_test;
use super::render::{Subjects, set};
use super::words::short;
use crate::{Ctx, ServiceError};

/// As many at most in one answer.
const MOST: i64 = 100;

/// An error that a receiver has with a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetError {
    /// Which: its `jti`.
    pub jti: String,
    /// The error's name.
    pub err: String,
    /// In words.
    pub description: String,
}

/// What a receiver asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Polled {
    /// How many at most; None for as many as there may be.
    pub max_events: Option<i64>,
    /// What arrived.
    pub ack: Vec<String>,
    /// What it cannot use.
    pub set_errs: Vec<SetError>,
}

/// What it gets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Tokens by their `jti`.
    pub sets: Map<String, Value>,
    /// Whether there are more.
    pub more_available: bool,
}

/// The streams of whoever asks: those that it may fetch, and those of which it may know how they are.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Refused`] when nobody asks who could have one.
pub async fn own_streams(ctx: &Ctx) -> Result<Vec<ReceiverRow>, ServiceError> {
    let me = ctx.principal.identity_id().ok_or(ServiceError::NotFound("stream"))?;
    let mine = ctx.app.store.read().await?.signal_receivers_of(me).await?;
    for stream in &mine {
        ctx.authorize::<actions::ReadSignals, _>(&(stream.id, Relation::Own)).await?;
    }
    Ok(mine)
}

async fn own(ctx: &Ctx, id: SignalReceiverId) -> Result<(ReceiverRow, Authorized<actions::ReadSignals>), ServiceError> {
    let row = ctx.app.store.read().await?.bare_signal_receiver(id).await?.ok_or(ServiceError::NotFound("stream"))?;
    let mine = row.reader_id.is_some() && row.reader_id == ctx.principal.identity_id();
    // An administrator reaches everything, and yet fetches nothing that is somebody else's: it would be lost to them.
    if !mine {
        return Err(ServiceError::NotFound("stream"));
    }
    let proof = ctx.authorize::<actions::ReadSignals, _>(&(id, Relation::Own)).await.map_err(|e| e.hide("stream"))?;
    Ok((row, proof))
}

/// Takes what a receiver says of what it has, and gives it what it has not.
///
/// # Errors
/// [`ServiceError::NotFound`] also for what is somebody else's, [`ServiceError::Refused`] where it is sent and not fetched.
pub async fn poll(ctx: &Ctx, id: SignalReceiverId, polled: &Polled, issuer: &str) -> Result<Fetched, ServiceError> {
    let (receiver, proof) = own(ctx, id).await?;
    if receiver.kind != ReceiverKind::Poll {
        return Err(ServiceError::Refused("this stream is sent to its receiver, and is not fetched".to_owned()));
    }
    let outcome =
        |jti: &str, state, said: String| Some(SignalOutcome { id: jti.parse().ok()?, state, said, refused: false, next_at: None });
    let arrived = polled.ack.iter().filter_map(|jti| outcome(jti, DeliveryState::Delivered, "It says that it has it.".to_owned()));
    let refused = polled.set_errs.iter().filter_map(|error| {
        let said = format!("It cannot use it: {}. {}", short(&error.err), short(&error.description));
        outcome(&error.jti, DeliveryState::Refused, said.trim_end().to_owned())
    });
    let outcomes: Vec<SignalOutcome> = refused.chain(arrived).collect();
    ctx.app.store.note_fetched(&proof, &receiver, ctx.now).await?;
    ctx.app.store.acknowledge_signals(&proof, id, &outcomes, ctx.now).await?;
    let limit = polled.max_events.unwrap_or(MOST).clamp(0, MOST);
    let mut tx = ctx.app.store.read().await?;
    let mut rows = tx.signals_to_fetch(id, limit + 1).await?;
    let most = usize::try_from(limit).unwrap_or_default();
    let more_available = rows.len() > most;
    rows.truncate(most);
    let subjects = Subjects::read(&mut tx, &receiver, &rows).await?;
    let sets =
        rows.iter().filter_map(|row| Some((row.id.to_string(), Value::String(set(&ctx.app.keys, issuer, &receiver, &subjects, row)?))));
    Ok(Fetched { sets: sets.collect(), more_available })
}

/// Has a stream verified: an event comes through it that says `state` again. Yields whether: not while one waits that was
/// asked for before, so that who only asks and never fetches fills nothing.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Invalid`].
pub async fn verify_stream(ctx: &Ctx, id: SignalReceiverId, state: Option<&str>) -> Result<bool, ServiceError> {
    let (receiver, proof) = own(ctx, id).await?;
    if state.is_some_and(|state| state.chars().count() > 255 || state.chars().any(char::is_control)) {
        return Err(ServiceError::field("state", "at most 255 visible characters"));
    }
    let mut tx = ctx.app.store.write().await?;
    if tx.is_test_owed(&proof, id).await? {
        return Ok(false);
    }
    owe_test(ctx, &proof, tx, &receiver, state).await?;
    Ok(true)
}
