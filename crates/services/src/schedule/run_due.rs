//! One round of the worker.

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use serde_json::json;
use tenure_domain::access::{Authorized, Portal, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{Identity, Transition};
use tenure_store::identities::Due;
use tenure_store::{Tx, WriteTx};

use crate::access::recompute_identities;
use crate::identities::end_in;
use crate::reviews::close_moot_reviews;
use crate::targets::accounts_follow;
use crate::{Ctx, ServiceError};

/// How many of a kind one round takes, so that a transaction stays short.
const BATCH: i64 = 200;

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DueReport {
    /// Pre-hires whose first day has come.
    pub started: usize,
    /// Leavers whose last day is over.
    pub ended: usize,
    /// Identities with an assignment whose time is over.
    pub assignments: usize,
    /// Credentials whose end has come.
    pub expired: usize,
    /// Questions to reviewers about which there is nothing to decide any more.
    pub moot: usize,
}

impl DueReport {
    /// Whether there may be more to do at once.
    pub fn is_full(&self) -> bool {
        [self.started, self.ended, self.assignments, self.expired, self.moot].iter().any(|n| *n >= BATCH as usize)
    }
}

/// The day it is in a time zone.
pub(crate) fn local_day(zone: &str, now: DateTime<Utc>) -> NaiveDate {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    now.with_timezone(&zone).date_naive()
}

/// The day it is in each time zone in which something may be due.
async fn local_days(ctx: &Ctx, tx: &mut Tx, due: Due) -> Result<Vec<(String, NaiveDate)>, ServiceError> {
    // Somewhere it is already tomorrow: this is generous, the day of each zone decides.
    let latest = ctx.today() + Days::new(1);
    let zones = tx.zones_with_due(due, latest).await?;
    Ok(zones
        .into_iter()
        .map(|zone| {
            let day = local_day(&zone, ctx.now);
            (zone, day)
        })
        .collect())
}

/// Whether anything is due: a look that keeps no writer from its work.
async fn is_due(ctx: &Ctx, due: Due) -> Result<bool, ServiceError> {
    let mut tx = ctx.app.store.read().await?;
    let days = local_days(ctx, &mut tx, due).await?;
    Ok(!tx.identities_due(due, &days, 1).await?.is_empty())
}

/// Does what is due.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails. What was done before stays done.
pub async fn run_due(ctx: &Ctx) -> Result<DueReport, ServiceError> {
    let proof = ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    ctx.app.store.forget_keys(ctx.now).await?;
    crate::signals::forget(ctx).await?;
    crate::mail::forget(ctx, &proof).await?;
    ctx.app.store.sweep_attempts(ctx.now).await?;
    Ok(DueReport {
        ended: end_due(ctx, &proof).await?,
        started: start_due(ctx, &proof).await?,
        assignments: end_assignments(ctx, &proof).await?,
        expired: expire_credentials(ctx, &proof).await?,
        moot: close_moot_reviews(ctx).await?,
    })
}

async fn end_due(ctx: &Ctx, proof: &Authorized<actions::RunSchedule>) -> Result<usize, ServiceError> {
    if !is_due(ctx, Due::End).await? {
        return Ok(0);
    }
    let mut tx = ctx.app.store.write().await?;
    let days = local_days(ctx, &mut tx, Due::End).await?;
    let due = tx.identities_due(Due::End, &days, BATCH).await?;
    let due = lock_due(&mut tx, due).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let ids: Vec<_> = due.iter().map(|i| i.id).collect();
    let events = end_in(ctx, proof, &mut tx, &ids, ctx.today(), "last day is over").await?;
    let mut all = Events::one(ctx.event(Stream::System, "schedule.ended").after(json!({ "identities": ids.len() })));
    all.extend(events);
    tx.commit(all).await?;
    Ok(ids.len())
}

/// Locks those of the due ones that nobody else is changing, or has changed since they were read: of
/// two workers each does what the other does not. The others are looked at in the next round.
async fn lock_due(tx: &mut WriteTx, mut due: Vec<Identity>) -> Result<Vec<Identity>, ServiceError> {
    let ids: Vec<IdentityId> = due.iter().map(|i| i.id).collect();
    let locked = tx.lock_free_identities(&ids).await?;
    due.retain(|i| locked.get(&i.id) == Some(&i.version));
    Ok(due)
}

async fn start_due(ctx: &Ctx, proof: &Authorized<actions::RunSchedule>) -> Result<usize, ServiceError> {
    if !is_due(ctx, Due::Start).await? {
        return Ok(0);
    }
    let mut tx = ctx.app.store.write().await?;
    tx.hold_model().await?;
    let mut started = Vec::new();
    let mut events = Vec::new();
    let days = local_days(ctx, &mut tx, Due::Start).await?;
    let due = tx.identities_due(Due::Start, &days, BATCH).await?;
    for mut identity in lock_due(&mut tx, due).await? {
        let before = identity.state;
        identity.state = before.after(Transition::Activate)?;
        identity.version += 1;
        identity.updated_at = ctx.now;
        events.push(
            ctx.event(Stream::Identity, "identity.activate")
                .target(&identity.id, identity.display_name.as_str())
                .about(identity.id)
                .because("first day")
                .before(json!({ "state": before }))
                .after(json!({ "state": identity.state })),
        );
        started.push(identity);
    }
    if started.is_empty() {
        return Ok(0);
    }
    for identity in &started {
        tx.update_identity(proof, identity.version - 1, identity).await?;
    }
    events.extend(recompute_identities(ctx, proof, &mut tx, &started).await?);
    // Who comes back has accounts from before.
    accounts_follow(ctx, proof, &mut tx, &started.iter().map(|i| i.id).collect::<Vec<_>>(), true).await?;
    let mut all = Events::one(ctx.event(Stream::System, "schedule.started").after(json!({ "identities": started.len() })));
    all.extend(events);
    tx.commit(all).await?;
    Ok(started.len())
}

async fn end_assignments(ctx: &Ctx, proof: &Authorized<actions::RunSchedule>) -> Result<usize, ServiceError> {
    if ctx.app.store.read().await?.identities_with_due_assignments(ctx.now, 1).await?.is_empty() {
        return Ok(0);
    }
    let mut tx = ctx.app.store.write().await?;
    tx.hold_model().await?;
    let ids = tx.identities_with_due_assignments(ctx.now, BATCH).await?;
    let identities = tx.identities(&ids).await?;
    let identities = lock_due(&mut tx, identities).await?;
    let events = recompute_identities(ctx, proof, &mut tx, &identities).await?;
    if events.is_empty() {
        return Ok(0);
    }
    let mut all = Events::one(ctx.event(Stream::System, "schedule.assignments-ended").after(json!({ "identities": ids.len() })));
    all.extend(events);
    tx.commit(all).await?;
    Ok(ids.len())
}

async fn expire_credentials(ctx: &Ctx, proof: &Authorized<actions::RunSchedule>) -> Result<usize, ServiceError> {
    let mut tx = ctx.app.store.write().await?;
    let expired = tx.expire_credentials(proof, ctx.now, BATCH).await?;
    if expired.is_empty() {
        return Ok(0);
    }
    let mut all = Events::one(ctx.event(Stream::System, "schedule.expired").after(json!({ "credentials": expired.len() })));
    all.extend(expired.iter().map(|c| {
        let mut event =
            ctx.event(Stream::Credential, "credential.expired").target(&c.id, c.label.as_str()).after(json!({ "kind": c.kind }));
        event.0.identity_id = c.identity_id;
        event
    }));
    tx.commit(all).await?;
    Ok(expired.len())
}
