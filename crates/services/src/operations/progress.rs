//! How far what targets are owed has come, and when it will be done.

use std::collections::HashMap;

use chrono::TimeDelta;
use tenure_domain::access::{Portal, actions};
use tenure_domain::id::ApplicationId;
use tenure_domain::operation::{Forecast, Progress};
use tenure_domain::target::TargetState;

use crate::ids::lowest_id;
use crate::{Ctx, ServiceError};

/// The pace of a target is what was read back there within this time.
const LATELY: TimeDelta = TimeDelta::minutes(2);

/// What a target is still owed.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetProgress {
    /// The target.
    pub application_id: ApplicationId,
    /// Its name.
    pub application: String,
    /// Operations that are open.
    pub open: u64,
    /// Of these, those that need a human; nobody can say when they are done.
    pub needs_human: u64,
    /// How many were read back within a minute lately; none if too few were to tell.
    pub pace: Option<f64>,
    /// How many may begin within a minute.
    pub per_minute: u32,
    /// When the others will be done.
    pub forecast: Forecast,
}

/// What each target that Tenure reaches is still owed, by name; those that are owed nothing are left out.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_progress(ctx: &Ctx) -> Result<Vec<TargetProgress>, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let owed = tx.owed_by_target().await?;
    if owed.is_empty() {
        return Ok(Vec::new());
    }
    let all_held = tx.open_restore().await?.is_some();
    let settled: HashMap<ApplicationId, _> =
        tx.settled_since(lowest_id(ctx.now - LATELY)).await?.into_iter().map(|s| (s.application_id, s)).collect();
    let number = |n: i64| u64::try_from(n).unwrap_or_default();
    let told = owed.into_iter().map(|o| {
        let lately = settled.get(&o.application_id);
        let progress = Progress {
            open: number(o.open - o.needs_human),
            settled: lately.map_or(0, |s| number(s.settled)),
            since: lately.map(|s| s.since),
            per_minute: u32::try_from(o.per_minute).unwrap_or(1),
            goes_out: !all_held
                && o.state == TargetState::Live
                && o.reconciled_at.is_some()
                && o.open_until.is_none_or(|until| until <= ctx.now),
        };
        TargetProgress {
            application_id: o.application_id,
            application: o.application,
            open: number(o.open),
            needs_human: number(o.needs_human),
            pace: progress.pace(ctx.now),
            per_minute: progress.per_minute,
            forecast: progress.forecast(ctx.now),
        }
    });
    Ok(told.collect())
}
