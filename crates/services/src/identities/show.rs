//! One identity with everything about it.

use std::collections::HashMap;

use tenure_domain::access::actions;
use tenure_domain::id::{IdentityId, RoleId};
use tenure_domain::identity::Identity;
use tenure_domain::role::RoleGraph;
use tenure_store::access::{AssignmentView, GrantView};
use tenure_store::credentials::CredentialView;
use tenure_store::identities::{Employment, IdentityName};
use tenure_store::operations::OperationView;

use crate::{Ctx, ServiceError};

/// A grant with its paths: each the assignment, by place in the list, and the roles from the
/// assigned one to the one that holds the entitlement.
#[derive(Debug, Clone)]
pub struct GrantWhy {
    /// The grant.
    pub grant: GrantView,
    /// Every way by which it is explained; none when it is out of band.
    pub paths: Vec<(usize, Vec<(RoleId, String)>)>,
}

/// Everything about an identity.
#[derive(Debug, Clone)]
pub struct IdentityDetail {
    /// The identity.
    pub identity: Identity,
    /// Names of manager, owner and main identity.
    pub names: HashMap<IdentityId, IdentityName>,
    /// The name of its source.
    pub source: Option<String>,
    /// When its source last told about it.
    pub source_as_of: Option<chrono::NaiveDate>,
    /// Its roles.
    pub assignments: Vec<AssignmentView>,
    /// What it holds, and why.
    pub grants: Vec<GrantWhy>,
    /// Its credentials, two hundred at most.
    pub credentials: Vec<CredentialView>,
    /// What it owns.
    pub owned: Vec<IdentityName>,
    /// Who reports to it.
    pub reports: Vec<IdentityName>,
    /// Its personas.
    pub personas: Vec<IdentityName>,
    /// Its periods of employment.
    pub employments: Vec<Employment>,
    /// What is or was owed to targets for it, newest first, two hundred at most.
    pub operations: Vec<OperationView>,
}

/// Shows an identity.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Denied`].
pub async fn show_identity(ctx: &Ctx, id: IdentityId) -> Result<IdentityDetail, ServiceError> {
    let identity = ctx.app.store.read().await?.identity(id).await?.ok_or(ServiceError::NotFound("identity"))?;
    ctx.authorize::<actions::ViewIdentity, _>(&identity).await.map_err(|e| e.hide("identity"))?;
    let mut tx = ctx.app.store.read().await?;
    let ids: Vec<IdentityId> = [identity.manager_id, identity.owner_id, identity.persona_of].into_iter().flatten().collect();
    let names = tx.identity_names(&ids).await?;
    let source = tx.sources().await?.into_iter().find(|s| Some(s.id) == identity.source_id);
    let assignments = tx.assignments_of(id).await?;
    let graph = RoleGraph::new(tx.role_nodes().await?).map_err(|e| ServiceError::Refused(e.to_string()))?;
    let grants = tx
        .grants_of(id)
        .await?
        .into_iter()
        .map(|grant| {
            let paths = assignments
                .iter()
                .enumerate()
                .flat_map(|(place, a)| graph.paths(a.id, a.role_id, grant.entitlement_id).into_iter().map(move |p| (place, p)))
                .map(|(place, path)| (place, path.roles.iter().map(|r| (*r, graph.name(*r).to_owned())).collect()))
                .collect();
            GrantWhy { grant, paths }
        })
        .collect();
    let personas = tx.live_personas_of(&[id]).await?;
    Ok(IdentityDetail {
        names,
        source_as_of: source.as_ref().and_then(|s| s.last_as_of),
        source: source.map(|s| s.name),
        assignments,
        grants,
        credentials: tx.credentials_of(id, 200).await?,
        owned: tx.owned_by(id).await?,
        reports: tx.reports_of(id).await?,
        personas: tx.identity_names(&personas).await?.into_values().collect(),
        employments: tx.employments_of(id).await?,
        operations: tx.operations_of(id, 200).await?,
        identity,
    })
}
