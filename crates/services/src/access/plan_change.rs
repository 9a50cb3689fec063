//! Plan, then apply: a change of roles or rules is tried over everybody on paper, shown with its
//! hash, and applied only if the paper is still right.

use std::collections::HashMap;

use tenure_domain::id::{EntitlementId, IdentityId};
use tenure_domain::role::{AccessModel, AccessPlan, AffectedIdentity, HeldAccess, recompute};
use tenure_store::Tx;
use tenure_store::identities::IdentityName;

use crate::{Ctx, ServiceError};

/// A plan with the names of entitlements.
#[derive(Debug, Clone)]
pub struct NamedPlan {
    /// The plan.
    pub plan: AccessPlan,
    /// Its hash.
    pub hash: String,
    /// `application / entitlement` for each that occurs.
    pub names: HashMap<EntitlementId, String>,
    /// Who the first of those are who gain or lose something.
    pub people: HashMap<IdentityId, IdentityName>,
}

/// How many of those who gain, and of those who lose, are named in more than their names.
pub const NAMED: usize = 100;

/// Tries a changed model over everybody.
pub(super) async fn plan(ctx: &Ctx, tx: &mut Tx, model: &AccessModel, change: String) -> Result<AccessPlan, ServiceError> {
    const PIECE: i64 = 2000;
    let mut plan = AccessPlan { change, ..AccessPlan::default() };
    let nothing = HeldAccess::default();
    let mut after: Option<IdentityId> = None;
    loop {
        let identities = tx.identities_after(after, PIECE).await?;
        let (Some(first), Some(last)) = (identities.first(), identities.last()) else { break };
        let (first, last) = (first.id, last.id);
        let held = tx.held_between(first, last).await?;
        plan.examined += identities.iter().filter(|i| !i.state.has_ended()).count();
        for identity in identities.iter().filter(|i| !i.state.has_ended()) {
            let held = held.get(&identity.id).unwrap_or(&nothing);
            let delta = recompute(model, identity, held, ctx.now);
            if delta.is_empty() {
                continue;
            }
            let mut gains = delta.gain.clone();
            gains.extend(held.grants.iter().filter(|g| delta.explain.contains(&g.id)).map(|g| g.entitlement_id));
            // What is kept for a grace time is lost too, only later: show it now.
            let without_grace = HeldAccess {
                assignments: held.assignments.iter().filter(|a| !delta.grace.iter().any(|(id, _)| *id == a.id)).cloned().collect(),
                grants: held.grants.clone(),
            };
            let loses: Vec<EntitlementId> =
                recompute(model, identity, &without_grace, ctx.now).lose.iter().map(|g| g.entitlement_id).collect();
            if gains.is_empty() && loses.is_empty() {
                continue;
            }
            plan.affected.push(AffectedIdentity {
                identity_id: identity.id,
                display_name: identity.display_name.clone(),
                gains,
                loses,
                grace: !delta.grace.is_empty(),
            });
        }
        after = Some(last);
    }
    plan.affected.sort_by(|a, b| a.display_name.cmp(&b.display_name).then(a.identity_id.cmp(&b.identity_id)));
    Ok(plan)
}

/// Names what a plan speaks of.
pub(super) async fn named(tx: &mut Tx, plan: AccessPlan) -> Result<NamedPlan, ServiceError> {
    let applications: HashMap<_, _> = tx.applications().await?.into_iter().map(|a| (a.id, a.name)).collect();
    let names = tx
        .entitlements()
        .await?
        .into_iter()
        .map(|e| (e.id, format!("{} / {}", applications.get(&e.application_id).map_or("?", String::as_str), e.name)))
        .collect();
    let gain = plan.affected.iter().filter(|a| !a.gains.is_empty()).take(NAMED);
    let lose = plan.affected.iter().filter(|a| !a.loses.is_empty()).take(NAMED);
    let people: Vec<IdentityId> = gain.chain(lose).map(|a| a.identity_id).collect();
    let people = tx.identity_names(&people).await?;
    let hash = plan.hash();
    Ok(NamedPlan { plan, hash, names, people })
}

/// Refuses when the paper is no longer right.
pub(super) fn check_hash(plan: &AccessPlan, seen: &str) -> Result<(), ServiceError> {
    if plan.hash() == seen {
        Ok(())
    } else {
        Err(ServiceError::Conflict("the records changed since this plan was shown; nothing was changed. Look at the new plan".to_owned()))
    }
}
