//! Roles: their change by plan and apply.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenure_domain::access::{Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::{ApplicationId, EntitlementId, IdentityId, RoleId};
use tenure_domain::role::{AccessModel, RoleGraph, RoleKind, RoleNode};
use tenure_store::Tx;
use tenure_store::access::RoleRow;

use super::plan_change::{NamedPlan, check_hash, named, plan};
use super::recompute::recompute_everybody;
use crate::{Ctx, FieldError, ServiceError};

/// A role as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleDraft {
    /// The role to change; None for a new one.
    pub id: Option<RoleId>,
    /// The version that was read; 0 for a new one.
    pub version: i64,
    /// What people call it.
    pub name: String,
    /// Business or application role.
    pub kind: RoleKind,
    /// What it is for.
    pub description: String,
    /// Who answers for it.
    pub owner_id: Option<IdentityId>,
    /// The application of an application role.
    pub application_id: Option<ApplicationId>,
    /// Days for which a mover keeps it.
    pub grace_days: i32,
    /// What it holds itself.
    pub entitlements: Vec<EntitlementId>,
    /// Roles inside it.
    pub induced: Vec<RoleId>,
}

/// What a change of a role would do, by name. Nothing is changed.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::Invalid`] with the faulty fields, a circle of roles
/// among them.
pub async fn plan_role(ctx: &Ctx, draft: &RoleDraft) -> Result<NamedPlan, ServiceError> {
    ctx.authorize::<actions::ChangeRole, _>(&(draft.id.unwrap_or_else(|| ctx.id()), Relation::None)).await?;
    let mut tx = ctx.app.store.read().await?;
    let id = draft.id.unwrap_or_else(|| ctx.id());
    let model = changed_model(&mut tx, id, draft).await?;
    let plan = plan(ctx, &mut tx, &model, change_text(draft)).await?;
    named(&mut tx, plan).await
}

/// Applies a change of a role, if the plan is still the one that was seen.
///
/// # Errors
/// As [`plan_role`]; [`ServiceError::Conflict`] when the state moved on.
pub async fn apply_role(ctx: &Ctx, draft: &RoleDraft, seen_hash: &str) -> Result<RoleId, ServiceError> {
    let id = draft.id.unwrap_or_else(|| ctx.id());
    let proof = ctx.authorize::<actions::ChangeRole, _>(&(id, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_model(&proof).await?;
    let model = changed_model(&mut tx, id, draft).await?;
    let plan = plan(ctx, &mut tx, &model, change_text(draft)).await?;
    check_hash(&plan, seen_hash)?;
    let before = tx.role(id).await?;
    let was = picture(&mut tx, before.as_ref()).await?;
    let row = RoleRow {
        id,
        name: draft.name.trim().to_owned(),
        kind: draft.kind,
        description: draft.description.trim().to_owned(),
        owner_id: draft.owner_id,
        application_id: draft.application_id,
        grace_days: draft.grace_days,
        version: draft.version + 1,
        created_at: before.as_ref().map_or(ctx.now, |b| b.created_at),
        updated_at: ctx.now,
    };
    tx.put_role(&proof, &row, &draft.entitlements, &draft.induced).await?;
    let mut is = picture(&mut tx, Some(&row)).await?;
    is["plan"] = json!(seen_hash);
    is["gaining"] = json!(plan.gaining());
    is["losing"] = json!(plan.losing());
    let action = if before.is_some() { "role.changed" } else { "role.created" };
    // Made first: what follows from it has later keys.
    let event = ctx.event(Stream::Access, action).target(&id, row.name.as_str()).before(was).after(is);
    recompute_everybody(ctx, &proof, &mut tx).await?;
    tx.commit(event).await?;
    Ok(id)
}

/// A role as the audit log keeps it, with names; nothing for one that is not there.
async fn picture(tx: &mut Tx, role: Option<&RoleRow>) -> Result<Value, ServiceError> {
    let Some(role) = role else { return Ok(Value::Null) };
    let nodes = tx.role_nodes().await?;
    let node = nodes.get(&role.id).cloned().unwrap_or_default();
    let mut entitlements: Vec<String> = tx.entitlement_labels(&node.entitlements).await?.into_values().collect();
    entitlements.sort_unstable();
    let mut induced: Vec<&str> = node.induced.iter().filter_map(|id| nodes.get(id)).map(|n| n.name.as_str()).collect();
    induced.sort_unstable();
    let owner = match role.owner_id {
        Some(owner) => tx.identity_names(&[owner]).await?.remove(&owner).map(|o| o.user_name),
        None => None,
    };
    let applications = if role.application_id.is_some() { tx.applications().await? } else { Vec::new() };
    let application = applications.into_iter().find(|a| Some(a.id) == role.application_id).map(|a| a.name);
    Ok(json!({
        "name": role.name, "kind": role.kind, "description": role.description, "owner": owner, "application": application,
        "grace_days": role.grace_days, "entitlements": entitlements, "induced": induced, "version": role.version,
    }))
}

fn change_text(draft: &RoleDraft) -> String {
    // The hash is over this text: a plan is for this very draft.
    serde_json::to_string(draft).unwrap_or_default()
}

/// Checks a draft and puts it into the model.
async fn changed_model(tx: &mut Tx, id: RoleId, draft: &RoleDraft) -> Result<AccessModel, ServiceError> {
    let mut faults = Vec::new();
    let name = draft.name.trim();
    if name.is_empty() || name.chars().count() > 120 {
        faults.push(FieldError::new("name", "give the role a name of 1 to 120 characters"));
    } else if tx.role_by_name(name).await?.is_some_and(|r| r.id != id) {
        faults.push(FieldError::new("name", format!("there is a role called {name} already")));
    }
    if !(0..=365).contains(&draft.grace_days) {
        faults.push(FieldError::new("grace_days", "a grace time is 0 to 365 days"));
    }
    if draft.kind == RoleKind::Application && draft.application_id.is_none() {
        faults.push(FieldError::new("application_id", "an application role belongs to an application: choose one"));
    }
    if let Some(application) = draft.application_id
        && tx.application(application).await?.is_none()
    {
        faults.push(FieldError::new("application_id", "the application does not exist: choose another"));
    }
    match tx.role(id).await? {
        Some(current) if current.version != draft.version => {
            return Err(ServiceError::Conflict("the role was changed by somebody else in the meantime; look at it again".to_owned()));
        }
        None if draft.id.is_some() => return Err(ServiceError::NotFound("role")),
        _ => {}
    }
    if let Some(owner) = draft.owner_id {
        if tx.identity_names(&[owner]).await?.get(&owner).is_none_or(|o| o.state.has_ended()) {
            faults.push(FieldError::new("owner_id", "the owner does not exist or has ended: choose another"));
        }
    }
    let known: HashSet<EntitlementId> = tx.entitlement_applications().await?.into_keys().collect();
    if draft.entitlements.iter().any(|e| !known.contains(e)) {
        faults.push(FieldError::new("entitlements", "one of the entitlements does not exist any more: choose again"));
    }
    let mut nodes = tx.role_nodes().await?;
    if draft.induced.iter().any(|r| !nodes.contains_key(r) && *r != id) {
        faults.push(FieldError::new("induced", "one of the roles does not exist any more: choose again"));
    }
    nodes.insert(
        id,
        RoleNode {
            name: name.to_owned(),
            entitlements: draft.entitlements.clone(),
            induced: draft.induced.clone(),
            grace_days: draft.grace_days,
        },
    );
    let rules = tx.access_model().await?.rules;
    match RoleGraph::new(nodes) {
        Ok(roles) if faults.is_empty() => Ok(AccessModel { roles, rules }),
        Ok(_) => Err(ServiceError::Invalid(faults)),
        Err(circle) => {
            faults.push(FieldError::new("induced", circle.to_string()));
            Err(ServiceError::Invalid(faults))
        }
    }
}
