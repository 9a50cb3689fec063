//! Sending what is owed: a receiver is taken for a while with what is due to it, asked without a transaction, and what it
//! answered is kept.

use chrono::TimeDelta;
use futures::future::join_all;
use serde_json::json;
use tenure_connectors::outward::{Answered, Post, send};
use tenure_connectors::{Fault, FaultKind, Secret};
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::{SignalId, SignalReceiverId};
use tenure_domain::operation::backoff;
use tenure_domain::signal::{DeliveryState, PauseReason, ReceiverKind, ReceiverState, WorkOff};
use tenure_store::signals::{ReceiverRow, Settled, SignalOutcome, SignalRow};
use tenure_vault::WebhookSecret;

use super::receivers::sealed_about;
use super::render::{Subjects, set, webhook};
use super::words::{Meaning, meaning};
use crate::ids::{jitter, new_id};
use crate::{Ctx, ServiceError};

/// So often may a receiver refuse a message by itself before it is given up.
const MOST_REFUSALS: u32 = 10;
/// How long a receiver is held: longer than what is taken at once may need.
const HELD: TimeDelta = TimeDelta::seconds(150);

/// What is to be sent to a receiver.
#[derive(Debug)]
pub struct Job {
    receiver: ReceiverRow,
    by: String,
    sends: Vec<ToSend>,
}

#[derive(Debug)]
struct ToSend {
    id: SignalId,
    refusals: u32,
    content: Result<Content, Fault>,
}

#[derive(Debug)]
struct Content {
    headers: Vec<(&'static str, Secret)>,
    body: String,
}

/// What came of an attempt; those that were not tried are not in it.
#[derive(Debug)]
pub struct Attempted(Vec<(SignalId, u32, Result<Answered, Fault>)>);

impl Attempted {
    /// Whether anything was tried: then there may be more.
    pub fn is_some(&self) -> bool {
        !self.0.is_empty()
    }
}

/// Receivers to whom something is due.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn receivers_due(ctx: &Ctx) -> Result<Vec<SignalReceiverId>, ServiceError> {
    ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    Ok(ctx.app.store.read().await?.signal_receivers_due(ctx.now).await?)
}

/// Takes a receiver with what is due to it. `by` names the process, `origin` is the address of this installation, by
/// which tokens say who they are of. None when there is nothing to do, or somebody else does it.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn claim_signals(ctx: &Ctx, id: SignalReceiverId, by: &str, origin: &str) -> Result<Option<Job>, ServiceError> {
    let proof = ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    // Of this claim alone: what comes late from an earlier one of the same process does not count.
    let by = format!("{by}/{}", new_id(ctx.now));
    let Some(claimed) = ctx.app.store.claim_signals(&proof, id, &by, ctx.now, ctx.now + HELD).await? else { return Ok(None) };
    let receiver = claimed.receiver;
    let subjects = Subjects::read(&mut *ctx.app.store.read().await?, &receiver, &claimed.signals).await?;
    // Who was in trouble is asked by one, to see whether it is back.
    let many = if receiver.failures > 0 { 1 } else { claimed.signals.len() };
    let sends = claimed.signals.iter().take(many).map(|signal| ToSend {
        id: signal.id,
        refusals: u32::try_from(signal.failures).unwrap_or_default(),
        content: content(ctx, origin, &receiver, &subjects, signal),
    });
    let sends = sends.collect();
    Ok(Some(Job { receiver, by, sends }))
}

fn content(ctx: &Ctx, origin: &str, receiver: &ReceiverRow, subjects: &Subjects, signal: &SignalRow) -> Result<Content, Fault> {
    let unread = || Fault::new(FaultKind::Unsupported, "what is owed cannot be read");
    let unfit = |words: String| Fault::new(FaultKind::Refused, format!("its secret cannot be used: {words}. Give it another one"));
    let open = |sealed: &[u8]| ctx.app.keys.target_secrets().open(sealed, &sealed_about(receiver.id)).map_err(|e| unfit(e.to_string()));
    if receiver.kind == ReceiverKind::Push {
        let mut headers = Vec::new();
        if !receiver.secret.is_empty() {
            let secret = String::from_utf8(open(&receiver.secret)?.to_vec()).map_err(|_| unfit("it is no text".to_owned()))?;
            headers.push(("authorization", Secret::new(secret)));
        }
        let body = set(&ctx.app.keys, origin, receiver, subjects, signal).ok_or_else(unread)?;
        return Ok(Content { headers, body });
    }
    let body = webhook(origin, signal).ok_or_else(unread)?;
    let (id, at) = (signal.id.to_string(), ctx.now.timestamp());
    let before = receiver.secret_before.as_ref().filter(|_| receiver.before_until.is_some_and(|until| until > ctx.now));
    let mut signatures = Vec::new();
    for sealed in std::iter::once(&receiver.secret).chain(before) {
        let secret = WebhookSecret::from_bytes(&open(sealed)?).map_err(|e| unfit(e.to_string()))?;
        signatures.push(secret.sign(&id, at, body.as_bytes()));
    }
    let headers = [("webhook-id", id), ("webhook-timestamp", at.to_string()), ("webhook-signature", signatures.join(" "))];
    Ok(Content { headers: headers.map(|(name, value)| (name, Secret::new(value))).into(), body })
}

/// Sends: webhooks side by side, since nobody promises their order; tokens one after the other, oldest first, and no
/// further than the first that did not arrive for a reason that is of all.
pub async fn attempt(job: &Job) -> Attempted {
    let one = |to: &ToSend| {
        let (id, refusals) = (to.id, to.refusals);
        let post = to.content.as_ref().map_err(Clone::clone).map(|content| post(job, content));
        async move {
            let answered = match post {
                Ok(post) => send(&post).await,
                Err(fault) => Err(fault),
            };
            (id, refusals, answered)
        }
    };
    if job.receiver.kind == ReceiverKind::Webhook {
        return Attempted(join_all(job.sends.iter().map(one)).await);
    }
    let mut attempted = Vec::new();
    for to in &job.sends {
        attempted.push(one(to).await);
        let last = attempted.last().map(|(_, _, answered)| meaning(job.receiver.kind, answered));
        if matches!(last, Some(Meaning::Nothing(..) | Meaning::Gone(_))) {
            break;
        }
    }
    Attempted(attempted)
}

fn post<'j>(job: &'j Job, content: &Content) -> Post<'j> {
    let webhook = job.receiver.kind == ReceiverKind::Webhook;
    Post {
        url: &job.receiver.url,
        content_type: if webhook { "application/json" } else { "application/secevent+jwt" },
        accept: if webhook { "*/*" } else { "application/json" },
        headers: content.headers.iter().map(|(name, value)| (*name, value.expose().to_owned())).collect(),
        body: content.body.clone(),
    }
}

/// Keeps what came of it. Whoever failed for too long, or says that it is gone, is paused until a person looks.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn settle_signals(ctx: &Ctx, job: &Job, attempted: &Attempted) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    let mut trouble: Option<(String, TimeDelta)> = None;
    let mut gone = None;
    let mut refused = None;
    let mut arrives = false;
    let mut outcomes = Vec::new();
    for (id, refusals, answered) in &attempted.0 {
        let outcome = |state, said: String, next_at| SignalOutcome { id: *id, state, said, refused: false, next_at };
        let later = |wait: TimeDelta| Some(ctx.now + wait);
        outcomes.push(match meaning(job.receiver.kind, answered) {
            Meaning::Arrived(said) => {
                arrives = true;
                outcome(DeliveryState::Delivered, said, None)
            }
            Meaning::NotThis(said) => {
                refused.get_or_insert_with(|| said.clone());
                let refusals = refusals.saturating_add(1);
                let over = refusals >= MOST_REFUSALS;
                let state = if over { DeliveryState::Refused } else { DeliveryState::Owed };
                SignalOutcome { refused: true, ..outcome(state, said, later(backoff(refusals, jitter())).filter(|_| !over)) }
            }
            Meaning::Nothing(said, wait) => {
                let asked = wait.and_then(|wait| TimeDelta::from_std(wait).ok()).unwrap_or_default();
                trouble.get_or_insert((said.clone(), asked));
                outcome(DeliveryState::Owed, said, later(TimeDelta::zero()))
            }
            Meaning::Gone(said) => {
                gone.get_or_insert(said.clone());
                outcome(DeliveryState::Owed, said, later(TimeDelta::zero()))
            }
        });
    }
    // Some arrived, so it is there: what did not is tried with the next ones. Whoever refuses everything is in trouble as
    // much as whoever does not answer, but is not left alone for it: the next message may be one that it takes.
    let (work_off, pause) = match arrives || gone.is_some() {
        true => (WorkOff::fine(), None),
        false if trouble.is_some() || refused.is_some() => job.receiver.work_off().failed(ctx.now),
        false => (job.receiver.work_off(), None),
    };
    let pause = if gone.is_some() { Some(PauseReason::Gone) } else { pause };
    let rest = trouble.as_ref().map_or(TimeDelta::zero(), |(_, asked)| backoff(work_off.failures.max(1), jitter()).max(*asked));
    let said = gone.or(trouble.map(|(said, _)| said)).or(refused.filter(|_| !arrives)).unwrap_or_default();
    let said = match pause {
        None => said,
        Some(PauseReason::Gone) => format!("{said} Resume it if it is to be told again, or remove it."),
        Some(PauseReason::FailedTooLong) => format!(
            "Nothing has arrived for {} hours, so nothing more is sent. The last answer: {said} What happens meanwhile is kept. Mend it there, then resume it.",
            WorkOff::PATIENCE.num_hours()
        ),
    };
    let settled = Settled {
        by: &job.by,
        work_off,
        state: if pause.is_some() { ReceiverState::Paused } else { ReceiverState::Enabled },
        said: &said,
        next_at: ctx.now + rest,
        now: ctx.now,
        signals: &outcomes,
    };
    let event = |action: &str| ctx.event(Stream::System, action).target(&job.receiver.id, job.receiver.name.as_str());
    let given_up = outcomes.iter().filter(|outcome| outcome.state == DeliveryState::Refused);
    let mut events: Vec<_> = given_up
        .map(|outcome| {
            let after = json!({ "id": outcome.id, "times": MOST_REFUSALS });
            event("signal-receiver.gave-up").because(outcome.said.as_str()).after(after)
        })
        .collect();
    if pause.is_some() {
        events.push(event("signal-receiver.paused").because(said.as_str()).after(json!({ "by": "itself" })));
    }
    let mut events = events.into_iter();
    let Some(first) = events.next() else { return Ok(ctx.app.store.settle_signals(&proof, job.receiver.id, &settled).await?) };
    let mut tx = ctx.app.store.write().await?;
    if !tx.settle_signals(&proof, job.receiver.id, &settled).await? {
        drop(tx);
        // Somebody else holds it by now, and says how it goes; what arrived has arrived.
        let arrived: Vec<_> = outcomes.iter().filter(|outcome| outcome.state == DeliveryState::Delivered).cloned().collect();
        let settled = Settled { signals: &arrived, ..settled };
        return Ok(ctx.app.store.settle_signals(&proof, job.receiver.id, &settled).await?);
    }
    let mut all = Events::one(first);
    all.extend(events);
    tx.commit(all).await?;
    Ok(())
}

/// How long it is shown what arrived.
const SHOWN: TimeDelta = TimeDelta::days(14);
/// How long it is known what was taken: longer than the oldest token that is taken.
const KNOWN: TimeDelta = TimeDelta::days(35);

/// Lets go what arrived long ago.
///
/// # Errors
/// When the database fails.
pub(crate) async fn forget(ctx: &Ctx) -> Result<(), ServiceError> {
    ctx.app.store.forget_signals(ctx.now - SHOWN, ctx.now - KNOWN).await?;
    Ok(())
}
