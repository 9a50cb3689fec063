//! A demonstration: an invented company with five years of history, made through the ordinary
//! services, as if people, sources and the worker had done it all. Same seed and same day, same
//! company.

mod catalogue;
mod company;
mod diary;
mod history;
mod machines;
mod names;
mod observed;
mod proofs;
mod rng;
mod seats;
mod world;

#[cfg(test)]
mod tests;

use chrono::{Duration, NaiveDate, SubsecRound};
use serde::{Deserialize, Serialize};
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::Stream;
use tenure_domain::identity::{IdentityKind, LifecycleState};

pub use company::COMPANY;

use crate::{Ctx, ServiceError};
use proofs::Inventory;
use world::World;

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoSummary {
    /// The company's name.
    pub company: String,
    /// The day of the first snapshot.
    pub since: NaiveDate,
    /// Snapshots of people.
    pub snapshots: usize,
    /// People who have not ended, personas included.
    pub people: i64,
    /// People who have.
    pub former_people: i64,
    /// Non-human identities that have not ended.
    pub non_human: i64,
    /// Applications.
    pub applications: usize,
    /// Entitlements.
    pub entitlements: usize,
    /// Roles.
    pub roles: usize,
    /// Birthright rules.
    pub rules: usize,
    /// Live credentials.
    pub credentials: i64,
    /// Grants that no role explains.
    pub out_of_band: i64,
    /// Live credentials without an owner, or with one who has ended.
    pub credentials_to_look_at: i64,
    /// Live non-human identities whose owner has ended.
    pub hand_overs: i64,
    /// Operations that are owed to targets.
    pub open_operations: i64,
}

/// Fills an empty installation with the invented company. `ctx.now` is its today. Each step is a
/// command of its own: when one fails, what was done before stays, so make it in a new database.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Refused`] when there is anything but the first
/// administrator already, or whatever a service refuses.
pub async fn fill_demo(ctx: &Ctx, seed: u64) -> Result<DemoSummary, ServiceError> {
    let _proof = ctx.authorize::<actions::FillDemo, _>(&Portal).await?;
    refuse_unless_empty(ctx).await?;
    let now = (ctx.now - Duration::hours(2)).trunc_subsecs(0);
    let history = history::play(seed, now);
    let diary = diary::write(seed, &history, ctx.now.trunc_subsecs(0));
    let inventory = Inventory::invent(seed, &history, &diary.machines, &diary.personas, ctx.now.trunc_subsecs(0) - Duration::minutes(60));
    let mut world = World::new(ctx, seed, &history, &inventory);
    for (at, entry) in &diary.entries {
        world.act(*at, entry).await.inspect_err(|error| tracing::error!(%error, %at, ?entry, "the demonstration could not be made"))?;
    }
    let summary = summary(ctx, &history).await?;
    let event = ctx.event(Stream::System, "demo.filled").after(serde_json::json!({ "seed": seed, "summary": summary }));
    ctx.app.store.write().await?.commit(event).await?;
    Ok(summary)
}

/// Real data and invented data must never meet.
async fn refuse_unless_empty(ctx: &Ctx) -> Result<(), ServiceError> {
    let mut tx = ctx.app.store.read().await?;
    let somebody = tx.identities_after(None, 2).await?.iter().any(|i| i.user_name != "admin" || i.source_id.is_some());
    if somebody || !tx.applications().await?.is_empty() || !tx.role_nodes().await?.is_empty() || !tx.sources().await?.is_empty() {
        return Err(ServiceError::Refused(
            "this installation is in use: the demonstration can only be made in a new, empty database".to_owned(),
        ));
    }
    Ok(())
}

async fn summary(ctx: &Ctx, history: &history::History) -> Result<DemoSummary, ServiceError> {
    let mut tx = ctx.app.store.read().await?;
    let by_state = tx.identities_by_state().await?;
    let count = |filter: &dyn Fn(IdentityKind, LifecycleState) -> bool| {
        by_state.iter().filter(|(kind, state, _)| filter(*kind, *state)).map(|(.., n)| n).sum()
    };
    let findings = tx.finding_counts(ctx.now).await?;
    Ok(DemoSummary {
        company: COMPANY.to_owned(),
        since: history.pilot.at.date_naive(),
        snapshots: history.snapshots.len() + 1,
        people: count(&|kind, state| kind == IdentityKind::Person && !state.has_ended()),
        former_people: count(&|kind, state| kind == IdentityKind::Person && state.has_ended()),
        non_human: count(&|kind, state| kind.is_non_human() && !state.has_ended()),
        applications: tx.applications().await?.len(),
        entitlements: tx.entitlements().await?.len(),
        roles: tx.role_nodes().await?.len(),
        rules: tx.rules().await?.len(),
        credentials: tx.credentials_by_kind().await?.into_iter().map(|(_, n)| n).sum(),
        out_of_band: findings.out_of_band,
        credentials_to_look_at: findings.credentials_without_owner + findings.credentials_of_ended,
        hand_overs: findings.hand_overs,
        open_operations: tx.open_operations().await?,
    })
}
