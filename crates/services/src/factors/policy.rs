//! How people must sign in, by portal role: planned, then applied.

use std::collections::BTreeMap;

use chrono::Duration;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tenure_domain::access::{Portal, PortalRole, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::IdentityId;
use tenure_domain::sign_in::{Need, RoleRule, SignInPolicy};
use tenure_store::Tx;
use tenure_store::factors::PolicyRow;

use super::passkey::passkeys_work;
use crate::{Ctx, ServiceError};

/// The longest time that may be given to enrol.
const MOST_GRACE_DAYS: i64 = 90;
/// The roles that people sign in with.
const ROLES: [PortalRole; 4] = [PortalRole::Admin, PortalRole::Auditor, PortalRole::Manager, PortalRole::Employee];
/// So many are named.
const NAMED: i64 = 20;

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyDraft {
    /// The version that was looked at.
    pub version: i64,
    /// By role; what is not named is as it was.
    pub needs: BTreeMap<PortalRole, Need>,
    /// How many days people have, where a role asks for more than before.
    pub grace_days: i64,
    /// For how many minutes a proof counts.
    pub proof_minutes: i64,
}

/// Who of a role would have to enrol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// The role.
    pub role: PortalRole,
    /// What it would ask.
    pub rule: RoleRule,
    /// How many lack it.
    pub people: i64,
    /// The first of them by name.
    pub named: Vec<(IdentityId, String)>,
}

/// What a policy would do.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyPlan {
    /// It.
    pub policy: SignInPolicy,
    /// By role that asks for anything.
    pub lacking: Vec<Lacking>,
    /// What was looked at: applying it is refused when that is not so any more.
    pub hash: String,
}

/// How people must sign in now.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn show_policy(ctx: &Ctx) -> Result<PolicyRow, ServiceError> {
    ctx.authorize::<actions::ViewProviders, _>(&Portal).await?;
    Ok(ctx.app.store.read().await?.sign_in_policy().await?)
}

/// What a policy would do: who would have to enrol. Nothing is changed.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Proof`], [`ServiceError::Invalid`], [`ServiceError::Conflict`] when somebody
/// else changed it.
pub async fn plan_policy(ctx: &Ctx, draft: &PolicyDraft) -> Result<PolicyPlan, ServiceError> {
    ctx.authorize::<actions::ManageSignInPolicy, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    plan(ctx, &mut tx, draft).await
}

async fn plan(ctx: &Ctx, tx: &mut Tx, draft: &PolicyDraft) -> Result<PolicyPlan, ServiceError> {
    let mut faults = Vec::new();
    if !(0..=MOST_GRACE_DAYS).contains(&draft.grace_days) {
        faults.push(crate::FieldError::new("grace_days", format!("give people 0 to {MOST_GRACE_DAYS} days")));
    }
    if !(1..=480).contains(&draft.proof_minutes) {
        faults.push(crate::FieldError::new("proof_minutes", "a proof counts for 1 to 480 minutes"));
    }
    if draft.needs.values().any(|need| *need == Need::Resistant) && !passkeys_work(&ctx.app) {
        let words = "nobody could meet this: passkeys need an address with a name and TLS (`public_url` in tenure.toml)";
        faults.push(crate::FieldError::new("needs", words));
    }
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let before = tx.sign_in_policy().await?;
    if before.version != draft.version {
        return Err(ServiceError::Conflict("somebody else changed the policy in the meantime; look at it again".to_owned()));
    }
    let mut policy = SignInPolicy { proof_minutes: draft.proof_minutes, ..before.policy.clone() };
    // To the day, so that what is planned is what is applied.
    let from = (ctx.now + Duration::days(draft.grace_days)).date_naive().and_hms_opt(0, 0, 0).map_or(ctx.now, |at| at.and_utc());
    for role in ROLES {
        let Some(need) = draft.needs.get(&role).copied() else { continue };
        let had = before.policy.roles.get(&role).map_or(Need::Allowed, |rule| rule.need);
        if need == Need::Allowed {
            policy.roles.remove(&role);
        } else if need != had {
            // Who asks for less need not wait for it.
            let from = if need < had { before.policy.roles.get(&role).map_or(from, |rule| rule.from.min(from)) } else { from };
            policy.roles.insert(role, RoleRule { need, from });
        }
    }
    let mut lacking = Vec::new();
    for (role, rule) in &policy.roles {
        let (people, named) = tx.without_factor(*role, rule.need == Need::Resistant, NAMED).await?;
        lacking.push(Lacking { role: *role, rule: *rule, people, named });
    }
    let seen =
        json!({ "policy": policy, "people": lacking.iter().map(|l| (l.role, l.people)).collect::<Vec<_>>(), "version": before.version });
    let hash = tenure_domain::hex::hex(&Sha256::digest(seen.to_string().as_bytes()));
    Ok(PolicyPlan { policy, lacking, hash })
}

/// Applies a policy that was planned.
///
/// # Errors
/// As [`plan_policy`]; [`ServiceError::Conflict`] when something has changed since.
pub async fn apply_policy(ctx: &Ctx, draft: &PolicyDraft, hash: &str) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageSignInPolicy, _>(&Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    let before = tx.sign_in_policy().await?;
    let plan = plan(ctx, &mut tx, draft).await?;
    if plan.hash != hash {
        return Err(ServiceError::Conflict("who would have to enrol has changed since you looked; look at it again".to_owned()));
    }
    tx.put_sign_in_policy(&proof, before.version, &plan.policy, ctx.now).await?;
    let event = ctx.event(Stream::System, "sign-in-policy.changed").target(&Portal, "");
    tx.commit(event.before(json!(before.policy)).after(json!(plan.policy))).await?;
    Ok(())
}
