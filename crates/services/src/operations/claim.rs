//! Taking what is due on a target.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tenure_connectors::{Change, Connector, Fault};
use tenure_domain::access::{Portal, actions};
use tenure_domain::id::{ApplicationId, IdentityId};
use tenure_domain::operation::OperationKind;
use tenure_store::targets::{Claim, Claimed, Reach};

use super::about::{About, Step};
use super::plan::plan_accounts;
use crate::targets::connect;
use crate::{Ctx, ServiceError};

/// How many exchanges one attempt may need; what is held, is held for as long.
const EXCHANGES: i64 = 6;

/// An operation to be attempted, with all that is needed for it.
#[derive(Debug, Clone)]
pub struct Job {
    pub(super) target: ApplicationId,
    /// Whether the target failed the last time.
    pub(super) in_trouble: bool,
    pub(super) by: String,
    pub(super) operation: Claimed,
    /// What is to become so, for each account that it is about; or why nobody can say.
    pub(super) steps: Result<Vec<Step>, String>,
    pub(super) connector: Result<Arc<dyn Connector>, Fault>,
    pub(super) within: Duration,
}

impl Job {
    /// The attributes that the account is made to have.
    pub(super) fn sent(&self) -> impl Iterator<Item = &String> {
        let drafts = self.steps.iter().flatten().filter_map(|step| match &step.change {
            Change::Create(draft) | Change::Change(draft) => Some(draft),
            _ => None,
        });
        drafts.flat_map(|draft| draft.attributes.keys())
    }
}

/// Targets on which something is due, and that may be asked.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn targets_due(ctx: &Ctx) -> Result<Vec<ApplicationId>, ServiceError> {
    ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    Ok(ctx.app.store.read().await?.targets_due(ctx.now).await?)
}

/// Takes what is due on a target, as much as may run there at once. `by` names the process.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn claim_operations(ctx: &Ctx, target: ApplicationId, by: &str) -> Result<Vec<Job>, ServiceError> {
    let proof = ctx.authorize::<actions::RunSchedule, _>(&Portal).await?;
    let Some(row) = ctx.app.store.read().await?.target(target).await? else { return Ok(Vec::new()) };
    let held = TimeDelta::seconds(i64::from(row.reach.timeout_seconds) * EXCHANGES + 5);
    // Of this claim alone: what comes late from an earlier one of the same process does not count.
    let by = format!("{by}/{}", crate::ids::new_id(ctx.now));
    let claim = Claim { target, by: &by, now: ctx.now, until: ctx.now + held };
    let Some((row, mut claimed)) = ctx.app.store.claim_operations(&proof, &claim).await? else { return Ok(Vec::new()) };
    let mut faults = plan_accounts(ctx, &proof, target, &by, &mut claimed).await?;
    let connector = connect(ctx, &row.reach);
    let within = Duration::from_secs(u64::try_from(i64::from(row.reach.timeout_seconds) * EXCHANGES).unwrap_or(60));
    let about = read_about(ctx, &row.reach, &claimed).await?;
    let job = |operation: Claimed| Job {
        target,
        in_trouble: row.failures > 0,
        by: by.clone(),
        steps: faults.remove(&operation.id).map_or_else(|| about.steps(&operation), Err),
        operation,
        connector: connector.clone(),
        within,
    };
    Ok(claimed.into_iter().map(job).collect())
}

/// What is known of those that operations are about. Whoever changes them right now is waited for where accounts are
/// filled: who comes later sees that somebody works on it, and owes it once more.
async fn read_about(ctx: &Ctx, reach: &Reach, claimed: &[Claimed]) -> Result<About, ServiceError> {
    let fills = |o: &&Claimed| matches!(o.kind, OperationKind::CreateAccount | OperationKind::ChangeAccount);
    let people: Vec<IdentityId> = claimed.iter().filter(fills).filter_map(|o| o.identity_id).collect();
    if people.is_empty() {
        let mut tx = ctx.app.store.read().await?;
        return About::read(&mut tx, reach, claimed).await;
    }
    let mut tx = ctx.app.store.write().await?;
    tx.lock_identities(&people).await?;
    About::read(&mut tx, reach, claimed).await
}
