//! `tenure identity …`, `tenure recompute`

use serde_json::json;
use tenure_domain::id::{IdentityId, RoleId};
use tenure_services::Ctx;
use tenure_services::access::recompute_all;
use tenure_services::identities::show_identity;

use super::output::{Failed, Output};

/// The identity that answers to a user name.
pub(super) async fn find(ctx: &Ctx, user: &str) -> Result<IdentityId, Failed> {
    let mut tx = ctx.app.store.read().await.map_err(tenure_services::ServiceError::from)?;
    let found = tx.identity_by_user_name(user).await.map_err(tenure_services::ServiceError::from)?;
    found.map(|i| i.id).ok_or_else(|| Failed::new(format!("there is no identity called `{user}`")))
}

pub(super) async fn show(ctx: &Ctx, output: &Output, user: &str) -> Result<(), Failed> {
    let detail = show_identity(ctx, find(ctx, user).await?).await?;
    let i = &detail.identity;
    let name = |id: Option<IdentityId>| id.and_then(|id| detail.names.get(&id)).map(|n| n.user_name.clone());
    let why = |paths: &[(usize, Vec<(RoleId, String)>)]| {
        paths
            .iter()
            .map(|(place, roles)| {
                format!(
                    "{}: {}",
                    detail.assignments[*place].rule.as_deref().unwrap_or(detail.assignments[*place].reason.label()),
                    roles.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(" → ")
                )
            })
            .collect::<Vec<_>>()
    };
    let answer = json!({
        "id": i.id, "kind": i.kind, "state": i.state, "user_name": i.user_name, "display_name": i.display_name, "employee_id": i.employee_id, "email": i.email,
        "department": i.department, "title": i.title, "manager": name(i.manager_id), "owner": name(i.owner_id), "persona_of": name(i.persona_of), "source": detail.source,
        "start_on": i.start_on, "end_on": i.end_on, "time_zone": i.time_zone, "epoch": i.epoch, "ended_at": i.ended_at,
        "attributes": i.attributes,
        "roles": detail.assignments.iter().map(|a| json!({ "role": a.role, "reason": a.reason, "rule": a.rule, "state": a.state, "since": a.since, "until": a.until })).collect::<Vec<_>>(),
        "grants": detail.grants.iter().map(|g| json!({ "application": g.grant.application, "entitlement": g.grant.entitlement, "state": g.grant.state, "since": g.grant.since, "why": why(&g.paths) })).collect::<Vec<_>>(),
        "credentials": detail.credentials.iter().map(|c| json!({ "kind": c.credential.kind, "label": c.credential.label, "issuer": c.credential.issuer, "state": c.credential.state, "expires_at": c.credential.expires_at })).collect::<Vec<_>>(),
        "owned": detail.owned.iter().map(|n| &n.user_name).collect::<Vec<_>>(),
        "employments": detail.employments.iter().map(|e| json!({ "started_on": e.started_on, "ended_on": e.ended_on, "start_reason": e.start_reason, "end_reason": e.end_reason })).collect::<Vec<_>>(),
        "operations": detail.operations.iter().map(|o| json!({ "kind": o.kind, "state": o.state, "application": o.application, "subject": o.subject })).collect::<Vec<_>>(),
    });
    output.say(&answer, || {
        let mut text = format!("{} ({}), {}, {}\n", i.display_name, i.user_name, i.kind.label(), i.state.label());
        for (label, value) in [
            ("Department", i.department.clone()),
            ("Title", i.title.clone()),
            ("Manager", name(i.manager_id).unwrap_or_default()),
            ("Owner", name(i.owner_id).unwrap_or_default()),
            ("Source", detail.source.clone().unwrap_or_default()),
        ] {
            if !value.is_empty() {
                text.push_str(&format!("  {label:<12}{value}\n"));
            }
        }
        text.push_str(&format!("Access: {} grants by {} roles\n", detail.grants.len(), detail.assignments.len()));
        for g in &detail.grants {
            let why = why(&g.paths);
            text.push_str(&format!(
                "  {} / {} [{}] {}\n",
                g.grant.application,
                g.grant.entitlement,
                g.grant.state.label(),
                if why.is_empty() { "nothing explains it".to_owned() } else { why.join("; ") }
            ));
        }
        text.push_str(&format!("Credentials: {}\n", detail.credentials.len()));
        for c in &detail.credentials {
            text.push_str(&format!("  {} {} [{}]\n", c.credential.kind.label(), c.credential.label, c.credential.state.label()));
        }
        text
    });
    Ok(())
}

pub(super) async fn recompute(ctx: &Ctx, output: &Output) -> Result<(), Failed> {
    let done = recompute_all(ctx).await?;
    output.say(&done, || format!("{} identities examined, {} changed.", done.examined, done.changed));
    Ok(())
}
