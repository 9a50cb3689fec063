//! Roles and rules worked out once, and used for as long as nobody changes them.

use std::collections::{HashMap, HashSet};
use std::ops::Deref;
use std::sync::{Arc, PoisonError};

use tenure_domain::id::{EntitlementId, RoleId};
use tenure_domain::role::AccessModel;
use tenure_store::WriteTx;
use uuid::Uuid;

use crate::{Ctx, ServiceError};

/// Roles and rules, and the key of the state that they were read in.
#[derive(Debug, Clone)]
pub(crate) struct KnownModel {
    version: Uuid,
    known: Arc<Known>,
}

/// Roles and rules, with what is told of them.
#[derive(Debug)]
pub(crate) struct Known {
    model: AccessModel,
    /// `application / entitlement` of what roles give. These names never change; which entitlements roles give is part of
    /// what the key stands for.
    labels: HashMap<EntitlementId, String>,
    /// Roles that were groups of an identity provider and were taken away: the roles got other names then.
    retired: HashSet<RoleId>,
}

impl Deref for Known {
    type Target = AccessModel;
    fn deref(&self) -> &AccessModel {
        &self.model
    }
}

impl Known {
    /// `application / entitlement` for each of some entitlements. What roles do not give is looked up.
    pub(super) async fn labels(&self, tx: &mut WriteTx, of: &[EntitlementId]) -> Result<HashMap<EntitlementId, String>, ServiceError> {
        let mut labels: HashMap<EntitlementId, String> = of.iter().filter_map(|id| Some((*id, self.labels.get(id)?.clone()))).collect();
        let others: Vec<EntitlementId> = of.iter().copied().filter(|id| !self.labels.contains_key(id)).collect();
        labels.extend(tx.entitlement_labels(&others).await?);
        Ok(labels)
    }

    /// Roles by name, each once, as SCIM shows them: without those that are no groups any more.
    pub(super) fn as_groups(&self, roles: impl Iterator<Item = RoleId>) -> Vec<(RoleId, String)> {
        let shown = roles.filter(|role| !self.retired.contains(role));
        let mut groups: Vec<(RoleId, String)> = shown.map(|role| (role, self.model.roles.name(role).to_owned())).collect();
        groups.sort_unstable_by(|one, other| (&one.1, one.0).cmp(&(&other.1, other.0)));
        groups.dedup();
        groups
    }
}

/// Roles and rules as they are, held until the transaction ends. What decides is the key in the database: what this
/// process remembers only spares it the reading.
pub(crate) async fn known_model(ctx: &Ctx, tx: &mut WriteTx) -> Result<Arc<Known>, ServiceError> {
    let version = tx.access_model_version().await?;
    let place = &ctx.app.transient.model;
    let known = place.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(known) = known.filter(|known| known.version == version) {
        return Ok(known.known);
    }
    let model = tx.access_model().await?;
    let known = Arc::new(Known { model, labels: tx.labels_in_roles().await?, retired: tx.retired_groups().await? });
    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(KnownModel { version, known: Arc::clone(&known) });
    Ok(known)
}
