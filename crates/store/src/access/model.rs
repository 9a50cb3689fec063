//! Everything that decides access, read at once: it is small beside what it decides over.

use std::collections::HashMap;

use tenure_domain::id::{EntitlementId, RoleId, RuleId};
use tenure_domain::role::{AccessModel, ModelRule, RoleGraph, RoleNode};
use tenure_domain::rule::parse;
use uuid::Uuid;

use crate::engine::{StoreError, Tx, WriteTx};

impl Tx {
    /// All roles as nodes of a graph, not yet worked out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn role_nodes(&mut self) -> Result<HashMap<RoleId, RoleNode>, StoreError> {
        let roles = fetch_all!(self, (RoleId, String, i32), "SELECT id, name, grace_days FROM roles");
        let mut nodes: HashMap<RoleId, RoleNode> =
            roles.into_iter().map(|(id, name, grace_days)| (id, RoleNode { name, grace_days, ..RoleNode::default() })).collect();
        for (role, entitlement) in fetch_all!(
            self,
            (RoleId, EntitlementId),
            "SELECT role_id, entitlement_id FROM role_entitlements ORDER BY role_id, entitlement_id"
        ) {
            nodes.entry(role).or_default().entitlements.push(entitlement);
        }
        for (role, induced) in
            fetch_all!(self, (RoleId, RoleId), "SELECT role_id, induced_id FROM role_inducements ORDER BY role_id, induced_id")
        {
            nodes.entry(role).or_default().induced.push(induced);
        }
        Ok(nodes)
    }

    /// Roles and the rules in force.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when what is stored is not a sound model.
    pub async fn access_model(&mut self) -> Result<AccessModel, StoreError> {
        let roles = RoleGraph::new(self.role_nodes().await?).map_err(|e| StoreError::Corrupt(e.to_string()))?;
        let rows =
            fetch_all!(self, (RuleId, RoleId, String), "SELECT id, role_id, expression FROM birthright_rules WHERE enabled ORDER BY id");
        let rules = rows
            .into_iter()
            .map(|(id, role_id, text)| {
                let expression = parse(&text).map_err(|e| StoreError::Corrupt(format!("rule {id}: {e}")))?;
                Ok(ModelRule { id, role_id, expression })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(AccessModel { roles, rules })
    }
}

impl WriteTx {
    /// A key of roles and rules as they are: while it is the same, so are they. Holds them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn access_model_version(&mut self) -> Result<Uuid, StoreError> {
        self.hold_model().await?;
        if let Some(known) = self.model {
            return Ok(known);
        }
        let version = fetch_one!(self.tx, (Uuid,), "SELECT version FROM access_model_version").0;
        self.model = Some(version);
        Ok(version)
    }

    /// Roles or rules are not what they were. The key is random: one of a change that was given up never comes again.
    pub(crate) async fn model_changed(&mut self) -> Result<(), StoreError> {
        self.model = None;
        execute!(self.tx, "UPDATE access_model_version SET version = $1", Uuid::new_v4());
        Ok(())
    }
}
