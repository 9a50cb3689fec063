//! How long sessions last: limits by portal role, by plan and apply.

use std::collections::BTreeMap;

use serde_json::json;
use tenure_domain::access::{Portal, PortalRole, actions, authorize};
use tenure_domain::audit::Stream;
use tenure_domain::session::{GOVERNED, SessionLimits};

use crate::{Ctx, FieldError, ServiceError};

/// The limits of each role that has some.
pub type Limits = Vec<(PortalRole, SessionLimits)>;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct SessionSettings {
    /// As they are.
    pub limits: Limits,
    /// Whether the actor may change them.
    pub may_manage: bool,
}

/// What would come of other limits.
#[derive(Debug, Clone)]
pub struct LimitsPlan {
    /// The limits as they would be.
    pub limits: Limits,
    /// The roles whose limits differ, as they are and as they would be.
    pub changes: Vec<(PortalRole, SessionLimits, SessionLimits)>,
    /// How many live sessions would end at once, as far as can be seen now.
    pub ends: i64,
}

/// The limits as they are.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn session_settings(ctx: &Ctx) -> Result<SessionSettings, ServiceError> {
    ctx.authorize::<actions::ViewSessionLimits, _>(&Portal).await?;
    let may_manage = authorize::<actions::ManageSessionLimits, _>(&ctx.principal, &Portal).is_ok();
    Ok(SessionSettings { limits: ctx.app.store.read().await?.session_limits().await?, may_manage })
}

/// What would come of other limits. Nothing is changed.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`].
pub async fn plan_limits(ctx: &Ctx, wanted: &BTreeMap<PortalRole, SessionLimits>) -> Result<LimitsPlan, ServiceError> {
    ctx.authorize::<actions::ManageSessionLimits, _>(&Portal).await?;
    check(wanted)?;
    let mut tx = ctx.app.store.read().await?;
    let before = tx.session_limits().await?;
    let (limits, changes) = changed(&before, wanted);
    let ends = tx.sessions_over(&limits, ctx.now).await?;
    Ok(LimitsPlan { limits, changes, ends })
}

/// Puts other limits into force: they hold for sessions that live, from their next request on, and those that are over by
/// them end now. How many did.
///
/// # Errors
/// As [`plan_limits`].
pub async fn apply_limits(ctx: &Ctx, wanted: &BTreeMap<PortalRole, SessionLimits>) -> Result<u64, ServiceError> {
    let proof = ctx.authorize::<actions::ManageSessionLimits, _>(&Portal).await?;
    check(wanted)?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_administrators().await?;
    let before = tx.session_limits().await?;
    let (limits, changes) = changed(&before, wanted);
    if changes.is_empty() {
        return Ok(0);
    }
    for (role, _, after) in &changes {
        tx.put_session_limits(&proof, *role, *after).await?;
    }
    let ended = tx.end_sessions_over(&proof, &limits, ctx.now).await?;
    let said = |pick: fn(&(PortalRole, SessionLimits, SessionLimits)) -> SessionLimits| {
        let of = |c: &(PortalRole, SessionLimits, SessionLimits)| {
            (c.0.to_string(), json!({ "overall_minutes": pick(c).overall, "idle_minutes": pick(c).idle }))
        };
        serde_json::Value::Object(changes.iter().map(of).collect())
    };
    let mut event = ctx.event(Stream::System, "session-limits.changed").target(&Portal, "sessions");
    event.0.before = said(|c| c.1);
    event.0.after = said(|c| c.2);
    event.0.reason = format!("{ended} sessions ended");
    tx.commit(event).await?;
    Ok(ended)
}

fn check(wanted: &BTreeMap<PortalRole, SessionLimits>) -> Result<(), ServiceError> {
    let mut faults = Vec::new();
    for (role, limits) in wanted {
        let mut fault = |field, message: String| faults.push(FieldError::new(field, message));
        let (overall, idle) = fields(*role);
        let (shortest, longest) = (SessionLimits::OVERALL.start(), SessionLimits::OVERALL.end() / 1440);
        if !SessionLimits::OVERALL.contains(&limits.overall) {
            fault(overall, format!("over all it lasts {shortest} minutes to {longest} days"));
        }
        if !SessionLimits::IDLE.contains(&limits.idle) {
            let (least, most) = (SessionLimits::IDLE.start(), SessionLimits::IDLE.end());
            fault(idle, format!("without use it lasts {least} to {most} minutes"));
        } else if limits.idle > limits.overall {
            fault(idle, "without use it cannot last longer than over all".to_owned());
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(ServiceError::Invalid(faults)) }
}

/// The names of the fields of a role in the form: over all, and without use.
pub const fn fields(role: PortalRole) -> (&'static str, &'static str) {
    match role {
        PortalRole::Manager => ("manager_overall", "manager_idle"),
        PortalRole::Auditor => ("auditor_overall", "auditor_idle"),
        PortalRole::Admin => ("admin_overall", "admin_idle"),
        _ => ("employee_overall", "employee_idle"),
    }
}

type Changes = Vec<(PortalRole, SessionLimits, SessionLimits)>;

fn changed(before: &Limits, wanted: &BTreeMap<PortalRole, SessionLimits>) -> (Limits, Changes) {
    let (mut limits, mut changes) = (Vec::new(), Vec::new());
    for role in GOVERNED {
        let was = before.iter().find(|(of, _)| *of == role).map_or(SessionLimits::AAL2, |(_, limits)| *limits);
        let is = wanted.get(&role).copied().unwrap_or(was);
        limits.push((role, is));
        if is != was {
            changes.push((role, was, is));
        }
    }
    (limits, changes)
}
