//! Trying all targets, without a trace.

use std::collections::HashMap;

use futures::{StreamExt as _, stream};
use tenure_connectors::{Fault, Probe};
use tenure_domain::access::{Portal, Relation, actions};
use tenure_domain::id::ApplicationId;
use tenure_domain::target::TargetState;
use tenure_store::targets::Reach;

use super::probe::probe;
use crate::{Ctx, ServiceError};

/// How many targets are tried at the same time.
const AT_ONCE: usize = 8;

/// What came of trying a target.
#[derive(Debug, Clone)]
pub struct TriedTarget {
    /// The application's name.
    pub name: String,
    /// Whether anything is changed there.
    pub state: TargetState,
    /// How many of its operations need a human.
    pub needs_human: i64,
    /// What it is, or why that is not known.
    pub probed: Result<Probe, Fault>,
}

/// Signs in at every target and looks what it is, several at a time, each with the timeout that it has.
/// Nothing is changed there, and nothing is written here, not even an event: this is for looking at an
/// installation that may be out of order. By name.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails. That a target does not answer is a result.
pub async fn try_targets(ctx: &Ctx) -> Result<Vec<TriedTarget>, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let mut reaches: HashMap<ApplicationId, Reach> =
        tx.targets().await?.into_iter().map(|row| (row.reach.application_id, row.reach)).collect();
    let standings = tx.target_standings().await?;
    // Nobody holds the database while targets take their time.
    drop(tx);
    let mut targets = Vec::with_capacity(standings.len());
    for standing in standings {
        let Some(reach) = reaches.remove(&standing.application_id) else { continue };
        ctx.authorize::<actions::ManageTarget, _>(&(reach.application_id, Relation::None)).await?;
        targets.push((standing, reach));
    }
    let tried = stream::iter(targets).map(|(standing, reach)| async move {
        let probed = probe(ctx, &reach).await;
        TriedTarget { name: standing.name, state: reach.state, needs_human: standing.needs_human, probed }
    });
    Ok(tried.buffered(AT_ONCE).collect().await)
}
