//! Roles, as SCIM sees them: groups with members.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sqlx::{Database, Encode, QueryBuilder, Type};
use tenure_domain::access::{May, change};
use tenure_domain::fold::fold;
use tenure_domain::id::{AssignmentId, Id as _, IdentityId, RoleId, SourceId};
use uuid::Uuid;

use crate::engine::{StoreError, Tx, WriteTx, storable};

/// A role that is a group of an identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScimGroup {
    /// The role.
    pub role_id: RoleId,
    /// Whose.
    pub source_id: SourceId,
    /// Its own name for the group.
    pub external_id: Option<String>,
    /// Raised with each change of members or of the external name.
    pub version: i64,
    /// When that was.
    pub updated_at: DateTime<Utc>,
    /// When it was taken away: the role stays, as nobody's group.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A role with what makes it a group.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct GroupRow {
    /// The role.
    pub id: RoleId,
    /// Its name.
    pub name: String,
    /// The version of the role and of the group together.
    pub version: i64,
    /// When the role was made.
    pub created_at: DateTime<Utc>,
    /// When the role last changed.
    pub updated_at: DateTime<Utc>,
    /// The identity provider whose group it is.
    pub source_id: Option<SourceId>,
    /// Its own name for the group.
    pub external_id: Option<String>,
    /// When members last changed, where an identity provider says who is in it.
    pub members_at: Option<DateTime<Utc>>,
}

/// Somebody in a group.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Member {
    /// The group.
    pub role_id: RoleId,
    /// The assignment that puts them there, one of them where there are several.
    pub assignment_id: AssignmentId,
    /// Who.
    pub identity_id: IdentityId,
}

/// Which groups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupsAfter {
    /// Those after this key.
    pub after: Option<RoleId>,
    /// Only this one.
    pub id: Option<RoleId>,
    /// Only of this name, whatever its case.
    pub name: Option<String>,
    /// Only which a source calls so.
    pub external_id: Option<(SourceId, String)>,
    /// Only in which somebody is.
    pub member: Option<IdentityId>,
    /// Passing over so many.
    pub skip: i64,
    /// So many at most.
    pub limit: i64,
}

const GROUP: &str = "SELECT r.id, r.name, r.version + COALESCE(g.version, 0) AS version, r.created_at, r.updated_at,
        g.source_id, g.external_id, g.updated_at AS members_at
     FROM roles r LEFT JOIN scim_groups g ON g.role_id = r.id WHERE g.deleted_at IS NULL";

impl Tx {
    /// Some groups, in the order of their keys.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scim_groups(&mut self, which: &GroupsAfter) -> Result<Vec<GroupRow>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = QueryBuilder::new(GROUP);
            conditions(&mut query, which);
            if let Some(after) = which.after {
                query.push(" AND r.id > ").push_bind(after.uuid());
            }
            query.push(" ORDER BY r.id LIMIT ").push_bind(which.limit).push(" OFFSET ").push_bind(which.skip);
            query.build_query_as::<GroupRow>().fetch_all(&mut **conn).await?
        }))
    }

    /// One group.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scim_group(&mut self, id: RoleId) -> Result<Option<GroupRow>, StoreError> {
        let which = GroupsAfter { id: Some(id), limit: 1, ..GroupsAfter::default() };
        Ok(self.scim_groups(&which).await?.pop())
    }

    /// How many groups there are, wherever the page begins.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scim_group_count(&mut self, which: &GroupsAfter) -> Result<i64, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = QueryBuilder::new("SELECT COUNT(*) FROM roles r LEFT JOIN scim_groups g ON g.role_id = r.id WHERE g.deleted_at IS NULL");
            conditions(&mut query, which);
            query.build_query_scalar::<i64>().fetch_one(&mut **conn).await?
        }))
    }

    /// Roles that were groups of an identity provider and were taken away.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retired_groups(&mut self) -> Result<HashSet<RoleId>, StoreError> {
        let rows = fetch_all!(self, (RoleId,), "SELECT role_id FROM scim_groups WHERE deleted_at IS NOT NULL");
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// The roles of a name, whatever its case: also those that are no groups any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn roles_named(&mut self, name: &str) -> Result<Vec<RoleId>, StoreError> {
        let rows = fetch_all!(self, (RoleId,), "SELECT id FROM roles WHERE name_key = $1", storable(&fold(name)));
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }

    /// Who is in groups, each once, so many at most. In a group of an identity provider these are
    /// whom it says, in any other role all people who have it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scim_members(&mut self, groups: &[RoleId], limit: i64) -> Result<HashMap<RoleId, Vec<Member>>, StoreError> {
        let rows: Vec<Member> = on_both!(self, conn => {
            if groups.is_empty() { Vec::new() } else {
                let mut query = QueryBuilder::new(
                    // Each once before the limit counts them.
                    "SELECT role_id, assignment_id, identity_id FROM (
                       SELECT a.role_id, a.id AS assignment_id, a.identity_id,
                         ROW_NUMBER() OVER (PARTITION BY a.role_id, a.identity_id ORDER BY a.id) AS nth
                       FROM assignments a JOIN identities i ON i.id = a.identity_id LEFT JOIN scim_groups g ON g.role_id = a.role_id
                     WHERE a.state IN ('active', 'grace') AND i.kind = 'person' AND (g.source_id IS NULL OR a.origin = g.source_id) AND a.role_id IN (",
                );
                {
                    let mut list = query.separated(", ");
                    for id in groups {
                        list.push_bind(id.uuid());
                    }
                }
                query.push(")) m WHERE nth = 1 ORDER BY role_id, identity_id LIMIT ").push_bind(limit);
                query.build_query_as::<Member>().persistent(false).fetch_all(&mut **conn).await?
            }
        });
        let mut members: HashMap<RoleId, Vec<Member>> = HashMap::new();
        for row in rows {
            members.entry(row.role_id).or_default().push(row);
        }
        Ok(members)
    }
}

fn conditions<DB>(query: &mut QueryBuilder<DB>, which: &GroupsAfter)
where
    DB: Database,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> Uuid: Encode<'q, DB> + Type<DB>,
{
    if let Some(id) = which.id {
        query.push(" AND r.id = ").push_bind(id.uuid());
    }
    if let Some(name) = &which.name {
        query.push(" AND r.name_key = ").push_bind(storable(&fold(name)));
    }
    if let Some((source, external_id)) = &which.external_id {
        query.push(" AND g.source_id = ").push_bind(source.uuid()).push(" AND g.external_id = ").push_bind(storable(external_id));
    }
    if let Some(member) = which.member {
        query.push(" AND r.id IN (SELECT a.role_id FROM assignments a JOIN identities i ON i.id = a.identity_id WHERE i.kind = 'person' AND a.identity_id = ");
        query.push_bind(member.uuid()).push(" AND a.state IN ('active', 'grace') AND (g.source_id IS NULL OR a.origin = g.source_id))");
    }
}

impl WriteTx {
    /// Keeps a group from being changed by anybody else until the transaction ends; whether a
    /// source has it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_scim_group(&mut self, _proof: &impl May<change::WriteAccess>, id: RoleId) -> Result<bool, StoreError> {
        Ok(execute!(self.tx, "UPDATE scim_groups SET version = version WHERE role_id = $1 AND deleted_at IS NULL", id) == 1)
    }

    /// Keeps what makes a role a group.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when its source has another of the same external name.
    pub async fn put_scim_group(&mut self, _proof: &impl May<change::WriteRoles>, row: &ScimGroup) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO scim_groups (role_id, source_id, external_id, version, updated_at, deleted_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (role_id) DO UPDATE SET external_id = excluded.external_id, version = scim_groups.version + 1,
                 updated_at = excluded.updated_at, deleted_at = excluded.deleted_at",
            row.role_id,
            row.source_id,
            row.external_id.as_deref(),
            row.version,
            row.updated_at,
            row.deleted_at
        );
        Ok(())
    }

    /// Gives a role another name.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the name is taken.
    pub async fn rename_role(
        &mut self,
        _proof: &impl May<change::WriteRoles>,
        id: RoleId,
        name: &str,
        description: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE roles SET name = $2, name_key = $3, description = COALESCE($4, description), version = version + 1, updated_at = $5 WHERE id = $1",
            id,
            name,
            fold(name),
            description,
            at
        );
        // Its name stands in what is told of access.
        self.model_changed().await
    }
}
