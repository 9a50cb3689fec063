//! Sending what is owed: of each address the oldest mail is taken for a while, handed over without a transaction, and what
//! the server said is kept.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use serde_json::{Value, json};
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::Id as _;
use tenure_domain::mail::{MailState, over};
use tenure_domain::operation::backoff;
use tenure_notify::{MailError, MailErrorKind, Message, Written};
use tenure_store::mails::{MailOutcome, MailRoute, MailRow, SettledMails};

use super::owe::sealed_about;
use crate::ids::{jitter, new_id};
use crate::{Ctx, ServiceError};

/// The longest that handing one over may take; all of a claim go side by side.
const LONGEST: Duration = Duration::from_secs(90);
/// How long a claim holds: longer than that.
const HELD: TimeDelta = TimeDelta::seconds(150);

/// What is to be sent.
#[derive(Debug)]
pub struct Job {
    by: String,
    route: MailRoute,
    sends: Vec<(MailRow, Result<Message, Why>)>,
}

/// Why a mail is not even tried.
#[derive(Debug, Clone)]
struct Why(String);

/// What came of an attempt.
#[derive(Debug)]
pub struct Attempted(Vec<(MailRow, Result<String, Failed>)>);

#[derive(Debug)]
enum Failed {
    /// It was not tried, and will not be.
    Over(String),
    /// The server said so.
    By(MailError),
}

/// Whether there is anything to do.
///
/// # Errors
/// When the database fails.
pub async fn mail_is_due(ctx: &Ctx) -> Result<bool, ServiceError> {
    if ctx.app.mail.is_none() {
        return Ok(false);
    }
    Ok(ctx.app.store.mail_is_due(ctx.now).await?)
}

/// Takes what is due. `by` names the process. None when there is nothing to do, or somebody else does it.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn claim_mails(ctx: &Ctx, by: &str) -> Result<Option<Job>, ServiceError> {
    let proof = ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    if ctx.app.mail.is_none() {
        return Ok(None);
    }
    // Of this claim alone: what comes late from an earlier one of the same process does not count.
    let by = format!("{by}/{}", new_id(ctx.now));
    let Some((route, mails)) = ctx.app.store.claim_mails(&proof, &by, ctx.now, ctx.now + HELD).await? else { return Ok(None) };
    // A server that was in trouble is asked by one, to see whether it is back.
    let many = if route.failures > 0 { 1 } else { mails.len() };
    let sends = mails.into_iter().take(many).map(|mail| {
        let message = message(ctx, &mail);
        (mail, message)
    });
    Ok(Some(Job { by, route, sends: sends.collect() }))
}

/// What a mail says, if its row still says it.
pub(super) fn written(ctx: &Ctx, mail: &MailRow) -> Result<Written, String> {
    let sealed = mail.facts.as_deref().ok_or("what it says is not kept any more")?;
    let opened = ctx.app.keys.mails().open(sealed, &sealed_about(mail.id)).map_err(|e| e.to_string())?;
    let facts: Value = serde_json::from_slice(&opened).map_err(|_| "what it says cannot be read")?;
    tenure_notify::write(mail.kind, &facts, &ctx.app.settings.origin).map_err(|e| e.words)
}

fn message(ctx: &Ctx, mail: &MailRow) -> Result<Message, Why> {
    if let Some(why) = over(mail.created_at, mail.void_at, ctx.now) {
        let last = if mail.said.is_empty() { String::new() } else { format!(". The last answer: {}", mail.said) };
        return Err(Why(format!("{why}{last}")));
    }
    let Written { subject, text, html } = written(ctx, mail).map_err(Why)?;
    Ok(Message { id: mail.id.uuid(), at: mail.created_at, to: mail.recipient.clone(), subject, text, html })
}

/// Hands over, side by side: each is for another address.
pub async fn attempt(ctx: &Ctx, job: &Job) -> Attempted {
    let one = |(mail, message): &(MailRow, Result<Message, Why>)| {
        let (mail, message) = (mail.clone(), message.clone());
        async move {
            let outcome = match (message, &ctx.app.mail) {
                (Err(Why(words)), _) => Err(Failed::Over(words)),
                (Ok(_), None) => Err(Failed::By(nobody())),
                (Ok(message), Some(carrier)) => {
                    let carried = tokio::time::timeout(LONGEST, carrier.carry(&message)).await;
                    carried.unwrap_or_else(|_| Err(too_long())).map_err(Failed::By)
                }
            };
            (mail, outcome)
        }
    };
    Attempted(join_all(job.sends.iter().map(one)).await)
}

fn nobody() -> MailError {
    MailError { kind: MailErrorKind::Settings, words: "No mail server is configured.".to_owned() }
}

fn too_long() -> MailError {
    let words = format!("The mail server did not take it within {} s.", LONGEST.as_secs());
    MailError { kind: MailErrorKind::Timeout, words }
}

/// How it goes with the server after a claim. Where nothing was tried, nothing is known that was not known before.
fn route_after(ctx: &Ctx, before: &MailRoute, answers: bool, trouble: Option<&MailError>) -> MailRoute {
    match trouble {
        _ if answers => MailRoute { failures: 0, failing_since: None, next_at: ctx.now, said: String::new(), ..before.clone() },
        None => MailRoute { next_at: ctx.now, ..before.clone() },
        Some(error) => {
            let failures = before.failures.saturating_add(1);
            let rest: TimeDelta = backoff(u32::try_from(failures).unwrap_or(1), jitter());
            let failing_since: Option<DateTime<Utc>> = before.failing_since.or(Some(ctx.now));
            MailRoute { failures, failing_since, next_at: ctx.now + rest, said: error.words.clone(), ..before.clone() }
        }
    }
}

/// Keeps what came of it. What the server refuses for good, and what is over, is given up with its reason.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn settle_mails(ctx: &Ctx, job: &Job, attempted: &Attempted) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    let mut trouble: Option<&MailError> = None;
    let mut answers = false;
    let mut outcomes = Vec::new();
    let rest = |mail: &MailRow| ctx.now + backoff(u32::try_from(mail.failures).unwrap_or_default().saturating_add(1), jitter());
    for (mail, outcome) in &attempted.0 {
        let forgets = mail.kind.carries_link();
        let given_up = |said: &str| MailOutcome { id: mail.id, state: MailState::GivenUp, said: said.to_owned(), next_at: None, forgets };
        outcomes.push(match outcome {
            Ok(said) => {
                answers = true;
                MailOutcome { id: mail.id, state: MailState::Sent, said: said.clone(), next_at: None, forgets }
            }
            Err(Failed::Over(words)) => given_up(words),
            Err(Failed::By(error)) if error.kind == MailErrorKind::Refused => {
                answers = true;
                given_up(&error.words)
            }
            Err(Failed::By(error)) => {
                if error.kind == MailErrorKind::Later {
                    // Perhaps this recipient alone: the others need not wait for it.
                    answers = true;
                } else {
                    trouble = trouble.or(Some(error));
                }
                MailOutcome { id: mail.id, state: MailState::Owed, said: error.words.clone(), next_at: Some(rest(mail)), forgets: false }
            }
        });
    }
    let route = route_after(ctx, &job.route, answers, trouble);
    if !answers {
        // The server is the trouble, and these wait for it and no longer.
        outcomes.iter_mut().filter_map(|outcome| outcome.next_at.as_mut()).for_each(|at| *at = route.next_at);
    }
    let settled = SettledMails {
        by: &job.by,
        failures: route.failures,
        failing_since: route.failing_since,
        next_at: route.next_at,
        said: &route.said,
        now: ctx.now,
        mails: &outcomes,
    };
    let mut events =
        attempted.0.iter().zip(&outcomes).filter(|(_, outcome)| outcome.state == MailState::GivenUp).map(|((mail, _), outcome)| {
            let event = ctx.event(Stream::System, "mail.gave-up").target(&mail.id, mail.kind.label()).about(mail.identity_id);
            event.because(outcome.said.as_str()).after(json!({ "kind": mail.kind }))
        });
    let Some(first) = events.next() else { return Ok(ctx.app.store.settle_mails(&proof, &settled).await?) };
    let mut all = Events::one(first);
    all.extend(events);
    let mut tx = ctx.app.store.write().await?;
    tx.settle_mails(&proof, &settled).await?;
    tx.commit(all).await?;
    Ok(())
}
