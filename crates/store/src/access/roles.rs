//! Roles and birthright rules.

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::fold::fold;
use tenure_domain::id::{ApplicationId, EntitlementId, IdentityId, RoleId, RuleId};
use tenure_domain::role::RoleKind;

use crate::engine::{StoreError, Tx, WriteTx, storable};
use crate::page::{Cursor, Page, PageRequest};

/// A role, without what it holds.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RoleRow {
    /// Its key.
    pub id: RoleId,
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
    /// Raised with each change.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A role in a list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RoleSummary {
    /// The role.
    #[sqlx(flatten)]
    pub role: RoleRow,
    /// Entitlements that it holds itself.
    pub entitlements: i64,
    /// Roles inside it.
    pub induced: i64,
    /// Live assignments.
    pub members: i64,
}

/// A birthright rule.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RuleRow {
    /// Its key.
    pub id: RuleId,
    /// What people call it.
    pub name: String,
    /// What it gives.
    pub role_id: RoleId,
    /// For whom.
    pub expression: String,
    /// Whether it is in force.
    pub enabled: bool,
    /// Raised with each change.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Which roles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleFilter {
    /// Only those whose name holds this, whatever its case.
    pub name: String,
    /// Only this kind.
    pub kind: Option<RoleKind>,
}

impl Tx {
    /// A role.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn role(&mut self, id: RoleId) -> Result<Option<RoleRow>, StoreError> {
        Ok(fetch_optional!(self, RoleRow, "SELECT * FROM roles WHERE id = $1", id))
    }

    /// The role of a name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn role_by_name(&mut self, name: &str) -> Result<Option<RoleRow>, StoreError> {
        Ok(fetch_optional!(self, RoleRow, "SELECT * FROM roles WHERE name = $1", name))
    }

    /// A page of roles, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_roles(&mut self, filter: &RoleFilter, request: &PageRequest) -> Result<Page<RoleSummary>, StoreError> {
        let rows = on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(
                "SELECT r.*, (SELECT COUNT(*) FROM role_entitlements e WHERE e.role_id = r.id) AS entitlements,
                        (SELECT COUNT(*) FROM role_inducements n WHERE n.role_id = r.id) AS induced,
                        (SELECT COUNT(*) FROM assignments a WHERE a.role_id = r.id AND a.state IN ('active', 'grace')) AS members
                 FROM roles r WHERE 1 = 1");
            if !filter.name.is_empty() {
                query.push(" AND r.name_key LIKE ").push_bind(format!("%{}%", like_escape(&fold(&filter.name)))).push(" ESCAPE '!'");
            }
            if let Some(kind) = filter.kind {
                query.push(" AND r.kind = ").push_bind(kind.to_string());
            }
            let backwards = request.after.is_none() && request.before.is_some();
            if let Some(from) = request.after.as_ref().or(request.before.as_ref()).filter(|c| c.keys.len() == 1) {
                query.push(if backwards { " AND r.name < " } else { " AND r.name > " }).push_bind(from.keys[0].clone());
            }
            query.push(if backwards { " ORDER BY r.name DESC LIMIT " } else { " ORDER BY r.name LIMIT " });
            query.push_bind(i64::try_from(request.limit() + 1).unwrap_or(i64::MAX));
            query.build_query_as::<RoleSummary>().fetch_all(&mut **conn).await?
        });
        Ok(Page::cut(rows, request, |row| Cursor { keys: vec![row.role.name.clone()], id: tenure_domain::id::Id::uuid(row.role.id) }))
    }

    /// How many roles there are of each kind.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn role_counts(&mut self) -> Result<Vec<(RoleKind, i64)>, StoreError> {
        Ok(fetch_all!(self, (RoleKind, i64), "SELECT kind, COUNT(*) FROM roles GROUP BY kind ORDER BY kind"))
    }

    /// How many have a role.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn role_member_count(&mut self, role: RoleId) -> Result<i64, StoreError> {
        Ok(fetch_one!(self, (i64,), "SELECT COUNT(*) FROM assignments WHERE role_id = $1 AND state IN ('active', 'grace')", role).0)
    }

    /// The entitlements that a role holds itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn role_entitlement_ids(&mut self, role: RoleId) -> Result<Vec<EntitlementId>, StoreError> {
        Ok(fetch_all!(
            self,
            (EntitlementId,),
            "SELECT entitlement_id FROM role_entitlements WHERE role_id = $1 ORDER BY entitlement_id",
            role
        )
        .into_iter()
        .map(|r| r.0)
        .collect())
    }

    /// All birthright rules, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rules(&mut self) -> Result<Vec<RuleRow>, StoreError> {
        Ok(fetch_all!(self, RuleRow, "SELECT * FROM birthright_rules ORDER BY name"))
    }

    /// A birthright rule.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rule(&mut self, id: RuleId) -> Result<Option<RuleRow>, StoreError> {
        Ok(fetch_optional!(self, RuleRow, "SELECT * FROM birthright_rules WHERE id = $1", id))
    }
}

/// Takes the meaning from the signs of LIKE.
pub(crate) fn like_escape(text: &str) -> String {
    storable(text).replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

impl WriteTx {
    /// Makes a role or overwrites one of a version, with what it holds.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it was changed in between, [`StoreError::Duplicate`] when
    /// the name is taken.
    pub async fn put_role(
        &mut self,
        _proof: &impl May<change::WriteRoles>,
        row: &RoleRow,
        entitlements: &[EntitlementId],
        induced: &[RoleId],
    ) -> Result<(), StoreError> {
        let touched = execute!(
            self.tx,
            "INSERT INTO roles (id, name, kind, description, owner_id, application_id, grace_days, version, created_at, updated_at, name_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key, kind = excluded.kind, description = excluded.description, owner_id = excluded.owner_id,
                 application_id = excluded.application_id, grace_days = excluded.grace_days, version = excluded.version, updated_at = excluded.updated_at
             WHERE roles.version = excluded.version - 1",
            row.id, row.name.as_str(), row.kind, row.description.as_str(), row.owner_id, row.application_id, row.grace_days, row.version, row.created_at, row.updated_at, fold(&row.name)
        );
        if touched != 1 {
            return Err(StoreError::Conflict("the role"));
        }
        execute!(self.tx, "DELETE FROM role_entitlements WHERE role_id = $1", row.id);
        execute!(self.tx, "DELETE FROM role_inducements WHERE role_id = $1", row.id);
        insert_rows!(self.tx, columns: 2, "INSERT INTO role_entitlements (role_id, entitlement_id) ", entitlements, |b, e| { b.push_bind(row.id).push_bind(*e); }, "");
        insert_rows!(self.tx, columns: 2, "INSERT INTO role_inducements (role_id, induced_id) ", induced, |b, r| { b.push_bind(row.id).push_bind(*r); }, "");
        self.model_changed().await
    }

    /// Makes a rule or overwrites one of a version.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it was changed in between, [`StoreError::Duplicate`] when
    /// the name is taken.
    pub async fn put_rule(&mut self, _proof: &impl May<change::WriteRoles>, row: &RuleRow) -> Result<(), StoreError> {
        let touched = execute!(
            self.tx,
            "INSERT INTO birthright_rules (id, name, role_id, expression, enabled, version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, role_id = excluded.role_id, expression = excluded.expression, enabled = excluded.enabled,
                 version = excluded.version, updated_at = excluded.updated_at
             WHERE birthright_rules.version = excluded.version - 1",
            row.id, row.name.as_str(), row.role_id, row.expression.as_str(), row.enabled, row.version, row.created_at, row.updated_at
        );
        if touched != 1 {
            return Err(StoreError::Conflict("the rule"));
        }
        self.model_changed().await
    }

    /// Makes changes of roles and rules happen one after the other, and not while somebody works
    /// out access from them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_model(&mut self, _proof: &impl May<change::WriteRoles>) -> Result<(), StoreError> {
        self.lock_model_alone().await
    }
}
