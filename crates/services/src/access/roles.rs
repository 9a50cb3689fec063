//! Roles: lists, one role, and its change by plan and apply.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::json;
use tenure_domain::access::{Portal, Relation, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::{ApplicationId, AssignmentId, EntitlementId, Id, IdentityId, RoleId};
use tenure_domain::role::{AccessModel, RoleGraph, RoleKind, RoleNode};
use tenure_store::access::{EntitlementRow, HolderRow, RoleFilter, RoleRow, RoleSummary, RuleRow};
use tenure_store::identities::IdentityName;
use tenure_store::{Page, PageRequest, Tx};

use super::plan_change::{NamedPlan, check_hash, named, plan};
use super::recompute::recompute_everybody;
use crate::{Ctx, FieldError, ServiceError};

/// A role with everything about it.
#[derive(Debug, Clone)]
pub struct RoleDetail {
    /// The role.
    pub role: RoleRow,
    /// What it holds itself.
    pub entitlements: Vec<(EntitlementRow, String)>,
    /// Roles inside it.
    pub induced: Vec<(RoleId, String)>,
    /// What it gives by the roles inside it: each with its application and the roles on the way.
    pub through: Vec<(EntitlementRow, String, Vec<String>)>,
    /// Roles that it is inside of.
    pub inside: Vec<(RoleId, String)>,
    /// How many entitlements it gives in the end.
    pub effective: usize,
    /// Rules that give it.
    pub rules: Vec<RuleRow>,
    /// Who has it, a page, newest first.
    pub holders: Page<HolderRow>,
    /// How many have it.
    pub members: i64,
    /// Its owner.
    pub owner: Option<IdentityName>,
}

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

/// A page of roles with what a list says of them.
#[derive(Debug, Clone)]
pub struct RoleList {
    /// The page.
    pub page: Page<RoleSummary>,
    /// The rules that give each, by name.
    pub rules: HashMap<RoleId, Vec<RuleRow>>,
    /// Their owners.
    pub owners: HashMap<IdentityId, IdentityName>,
    /// How many roles there are of each kind, whatever the filter.
    pub counts: Vec<(RoleKind, i64)>,
}

/// A page of roles.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_roles(ctx: &Ctx, filter: &RoleFilter, request: &PageRequest) -> Result<RoleList, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let page = tx.list_roles(filter, request).await?;
    let mut rules: HashMap<RoleId, Vec<RuleRow>> = HashMap::new();
    for rule in tx.rules().await? {
        rules.entry(rule.role_id).or_default().push(rule);
    }
    let owners: Vec<IdentityId> = page.rows.iter().filter_map(|r| r.role.owner_id).collect();
    Ok(RoleList { owners: tx.identity_names(&owners).await?, counts: tx.role_counts().await?, page, rules })
}

/// All roles by name, for choosing.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn role_names(ctx: &Ctx) -> Result<Vec<(RoleId, String)>, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let mut names: Vec<_> = ctx.app.store.read().await?.role_nodes().await?.into_iter().map(|(id, node)| (id, node.name)).collect();
    names.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(names)
}

/// A filter's roles as CSV.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn export_roles(ctx: &Ctx, filter: &RoleFilter) -> Result<Vec<u8>, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let fail = |e: ::csv::Error| ServiceError::Refused(format!("the file could not be written: {e}"));
    let mut out = ::csv::Writer::from_writer(Vec::new());
    out.write_record(["name", "kind", "description", "members", "entitlements", "roles_inside", "grace_days", "version"]).map_err(fail)?;
    let mut request = PageRequest { limit: 1000, ..PageRequest::default() };
    loop {
        let page = tx.list_roles(filter, &request).await?;
        for r in &page.rows {
            let cells = [&r.role.name, r.role.kind.as_str(), &r.role.description, &r.members.to_string(), &r.entitlements.to_string(), &r.induced.to_string(), &r.role.grace_days.to_string(), &r.role.version.to_string()];
            out.write_record(cells.map(crate::identities::safe_cell)).map_err(fail)?;
        }
        match page.next {
            Some(next) => request.after = Some(next),
            None => break,
        }
    }
    out.into_inner().map_err(|e| ServiceError::Refused(format!("the file could not be written: {e}")))
}

/// One role, with a page of those who have it.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn show_role(ctx: &Ctx, id: RoleId, request: &PageRequest) -> Result<RoleDetail, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let role = tx.role(id).await?.ok_or(ServiceError::NotFound("role"))?;
    let graph = RoleGraph::new(tx.role_nodes().await?).map_err(|e| ServiceError::Refused(e.to_string()))?;
    let applications: HashMap<_, _> = tx.applications().await?.into_iter().map(|a| (a.id, a.name)).collect();
    let own: HashSet<EntitlementId> = tx.role_entitlement_ids(id).await?.into_iter().collect();
    let all: HashSet<EntitlementId> = graph.entitlements(id).iter().copied().collect();
    let mut entitlements = Vec::new();
    let mut through = Vec::new();
    for e in tx.entitlements().await?.into_iter().filter(|e| all.contains(&e.id)) {
        let application = applications.get(&e.application_id).cloned().unwrap_or_default();
        if own.contains(&e.id) {
            entitlements.push((e, application));
        } else {
            let nobody = AssignmentId::from_uuid(uuid::Uuid::nil());
            let way = graph.paths(nobody, id, e.id).into_iter().next().map(|path| path.roles.iter().skip(1).map(|r| graph.name(*r).to_owned()).collect()).unwrap_or_default();
            through.push((e, application, way));
        }
    }
    entitlements.sort_by(|a, b| (&a.1, &a.0.name).cmp(&(&b.1, &b.0.name)));
    through.sort_by(|a, b| (&a.1, &a.0.name).cmp(&(&b.1, &b.0.name)));
    let name = |r: &RoleId| (*r, graph.name(*r).to_owned());
    let induced = graph.node(id).map(|n| n.induced.iter().map(name).collect()).unwrap_or_default();
    let mut inside: Vec<_> = graph.nodes().iter().filter(|(_, n)| n.induced.contains(&id)).map(|(r, _)| name(r)).collect();
    inside.sort_by(|a, b| a.1.cmp(&b.1));
    let owner = match role.owner_id {
        Some(owner) => tx.identity_names(&[owner]).await?.remove(&owner),
        None => None,
    };
    Ok(RoleDetail {
        entitlements,
        through,
        induced,
        inside,
        effective: all.len(),
        rules: tx.rules().await?.into_iter().filter(|r| r.role_id == id).collect(),
        holders: tx.list_holders(id, request).await?,
        members: tx.role_member_count(id).await?,
        owner,
        role,
    })
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
    let mut changed = Vec::new();
    recompute_everybody(ctx, &proof, &mut tx, &mut changed).await?;
    let action = if before.is_some() { "role.changed" } else { "role.created" };
    let mut events = Events::one(
        ctx.event(Stream::Access, action)
            .target(&id, row.name.as_str())
            .before(before.map_or(serde_json::Value::Null, |b| json!({ "name": b.name, "grace_days": b.grace_days, "version": b.version })))
            .after(json!({ "name": row.name, "grace_days": row.grace_days, "version": row.version, "entitlements": draft.entitlements.len(), "induced": draft.induced.len(), "plan": seen_hash, "gaining": plan.gaining(), "losing": plan.losing() })),
    );
    events.extend(changed);
    tx.commit(events).await?;
    Ok(id)
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
    match tx.role(id).await? {
        Some(current) if current.version != draft.version => return Err(ServiceError::Conflict("the role was changed by somebody else in the meantime; look at it again".to_owned())),
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
    nodes.insert(id, RoleNode { name: name.to_owned(), entitlements: draft.entitlements.clone(), induced: draft.induced.clone(), grace_days: draft.grace_days });
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
