//! Roles: lists, and one role with everything about it.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use tenure_domain::access::{Portal, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::{AssignmentId, EntitlementId, Id, IdentityId, RoleId};
use tenure_domain::role::{RoleGraph, RoleKind};
use tenure_store::access::{EntitlementRow, HolderRow, RoleFilter, RoleRow, RoleSummary, RuleRow};
use tenure_store::identities::IdentityName;
use tenure_store::{Page, PageRequest};

use crate::{Ctx, ServiceError};

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
    let asked = json!({ "name": filter.name, "kind": filter.kind.map(|kind| kind.as_str()) });
    let event = ctx.event(Stream::Access, "roles.exported").target(&Portal, "roles").after(asked);
    ctx.app.store.write().await?.commit(event).await?;
    let mut tx = ctx.app.store.read().await?;
    let fail = |e: ::csv::Error| ServiceError::Refused(format!("the file could not be written: {e}"));
    let mut out = ::csv::Writer::from_writer(Vec::new());
    out.write_record(["name", "kind", "description", "members", "entitlements", "roles_inside", "grace_days", "version"]).map_err(fail)?;
    let mut request = PageRequest { limit: 1000, ..PageRequest::default() };
    loop {
        let page = tx.list_roles(filter, &request).await?;
        for r in &page.rows {
            let cells = [
                &r.role.name,
                r.role.kind.as_str(),
                &r.role.description,
                &r.members.to_string(),
                &r.entitlements.to_string(),
                &r.induced.to_string(),
                &r.role.grace_days.to_string(),
                &r.role.version.to_string(),
            ];
            out.write_record(cells.map(crate::sheet::safe_cell)).map_err(fail)?;
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
            let way = graph
                .paths(nobody, id, e.id)
                .into_iter()
                .next()
                .map(|path| path.roles.iter().skip(1).map(|r| graph.name(*r).to_owned()).collect())
                .unwrap_or_default();
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
