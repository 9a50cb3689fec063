//! What is not needed any more.

use chrono::TimeDelta;
use serde_json::json;
use tenure_domain::access::{Authorized, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::mail::{MailState, PATIENCE, over};
use tenure_store::mails::{MailOutcome, SettledMails};

use crate::{Ctx, ServiceError};

/// How long it is kept what a mail said, after it was sent; where it held a link, not at all.
const SAID: TimeDelta = TimeDelta::days(14);
/// How long it is shown that there was a mail.
const SHOWN: TimeDelta = TimeDelta::days(90);
/// How many are given up at once.
const BATCH: i64 = 200;

/// Gives up what is over, also where there is no mail server, and lets go what mails said long ago.
///
/// # Errors
/// When the database fails.
pub(crate) async fn forget(ctx: &Ctx, proof: &Authorized<actions::RunSchedule>) -> Result<(), ServiceError> {
    ctx.app.store.forget_mails(ctx.now - SAID, ctx.now - SHOWN).await?;
    let gone = ctx.app.store.read().await?.mails_over(ctx.now - PATIENCE, ctx.now, BATCH).await?;
    let outcomes: Vec<_> = gone
        .iter()
        .map(|mail| {
            let why = over(mail.created_at, mail.void_at, ctx.now).unwrap_or_default();
            MailOutcome { id: mail.id, state: MailState::GivenUp, said: why.to_owned(), next_at: None, forgets: mail.kind.carries_link() }
        })
        .collect();
    let mut events = gone.iter().zip(&outcomes).map(|(mail, outcome)| {
        let event = ctx.event(Stream::System, "mail.gave-up").target(&mail.id, mail.kind.label()).about(mail.identity_id);
        event.because(outcome.said.as_str()).after(json!({ "kind": mail.kind }))
    });
    let Some(first) = events.next() else { return Ok(()) };
    let mut all = Events::one(first);
    all.extend(events);
    // Nobody's claim: how it goes with the server is not touched.
    let settled = SettledMails { by: "", failures: 0, failing_since: None, next_at: ctx.now, said: "", now: ctx.now, mails: &outcomes };
    let mut tx = ctx.app.store.write().await?;
    tx.settle_mails(proof, &settled).await?;
    tx.commit(all).await?;
    Ok(())
}
