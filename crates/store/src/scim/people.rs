//! One person, as SCIM sees them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;
use tenure_domain::access::{May, change};
use tenure_domain::fold::fold;
use tenure_domain::id::{IdentityId, RoleId, SourceId};
use tenure_domain::identity::Identity;

use crate::engine::{StoreError, Tx, WriteTx, storable};

/// A person with what an identity provider wrote of them, if one did.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Person {
    /// The identity.
    #[sqlx(flatten)]
    pub identity: Identity,
    /// The source that wrote the rest.
    pub written_by: Option<SourceId>,
    /// That source's own name for the person.
    pub external_id: Option<String>,
    /// All that was written.
    pub resource: Option<Json<Value>>,
    /// When the source took the person away.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// What an identity provider wrote of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct ScimUser {
    /// Of whom.
    pub identity_id: IdentityId,
    /// Who wrote it.
    pub source_id: SourceId,
    /// Its own name for the person.
    pub external_id: Option<String>,
    /// All that was written.
    pub resource: Value,
    /// When the person was taken away.
    pub deleted_at: Option<DateTime<Utc>>,
}

impl Person {
    /// A person as they are once both were written.
    pub fn written(identity: Identity, row: ScimUser) -> Self {
        Self {
            identity,
            written_by: Some(row.source_id),
            external_id: row.external_id,
            resource: Some(Json(row.resource)),
            deleted_at: row.deleted_at,
        }
    }
}

/// Who answers to the names of somebody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Holders {
    /// To the user name.
    pub user_name: Option<IdentityId>,
    /// To the source's own name.
    pub external_id: Option<IdentityId>,
    /// To that name too, but was archived: gives it free.
    pub archived: Option<IdentityId>,
    /// To the employee number, of that source.
    pub number: Option<IdentityId>,
}

impl Tx {
    /// A person, also one whom their source took away.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scim_person(&mut self, id: IdentityId) -> Result<Option<Person>, StoreError> {
        Ok(fetch_optional!(self, Person, select_people!("i.id = $1 AND i.kind = 'person' AND i.state <> 'archived'"), id))
    }

    /// Who of a source, or of all, answers to the names of somebody who is to be recorded: in one look, because most names are free.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scim_holders(
        &mut self,
        source: SourceId,
        user_name: &str,
        external_id: Option<&str>,
        number: Option<&str>,
    ) -> Result<Holders, StoreError> {
        let rows = fetch_all!(
            self,
            (String, IdentityId),
            "SELECT 'user-name', id FROM identities WHERE user_name_key = $2 AND state <> 'archived'
             UNION ALL SELECT CASE i.state WHEN 'archived' THEN 'archived' ELSE 'external' END, i.id
                       FROM scim_users s JOIN identities i ON i.id = s.identity_id
                       WHERE s.source_id = $1 AND s.external_id = $3 AND s.deleted_at IS NULL
             UNION ALL SELECT 'number', id FROM identities WHERE source_id = $1 AND employee_id = $4 AND state <> 'archived'",
            source,
            storable(&fold(user_name)),
            external_id.map(storable),
            number.map(storable)
        );
        let of = |what: &str| rows.iter().find(|(is, _)| is == what).map(|(_, id)| *id);
        Ok(Holders { user_name: of("user-name"), external_id: of("external"), archived: of("archived"), number: of("number") })
    }

    /// The names by which others know some people: only those that were written, or that no
    /// identity provider wrote.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scim_names(&mut self, ids: &[IdentityId]) -> Result<HashMap<IdentityId, Option<String>>, StoreError> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let rows = fetch_for_ids!(
            self,
            (IdentityId, String, Option<Json<Value>>),
            &ids,
            "SELECT i.id, i.display_name, s.resource FROM identities i LEFT JOIN scim_users s ON s.identity_id = i.id WHERE i.id IN (",
            ")"
        );
        let name = |column: String, written: Option<Json<Value>>| match written {
            None => Some(column),
            Some(Json(resource)) => resource.get("displayName").and_then(Value::as_str).map(str::to_owned),
        };
        Ok(rows.into_iter().map(|(id, column, written)| (id, name(column, written))).collect())
    }

    /// The roles that some people have, by name, each once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scim_roles_of(&mut self, ids: &[IdentityId]) -> Result<HashMap<IdentityId, Vec<(RoleId, String)>>, StoreError> {
        let rows = apart_from!(
            self,
            ["assignments", "roles", "scim_groups"],
            fetch_for_ids!(
                self,
                (IdentityId, RoleId, String),
                ids,
                "SELECT DISTINCT a.identity_id, r.id, r.name FROM assignments a JOIN roles r ON r.id = a.role_id
                 LEFT JOIN scim_groups g ON g.role_id = r.id AND g.deleted_at IS NOT NULL
                 WHERE a.state <> 'ended' AND g.role_id IS NULL AND a.identity_id IN (",
                ") ORDER BY 3"
            )
        );
        let mut roles: HashMap<IdentityId, Vec<(RoleId, String)>> = HashMap::new();
        for (id, role, name) in rows {
            roles.entry(id).or_default().push((role, name));
        }
        Ok(roles)
    }

    /// Whether one of some identities has a role in the portal.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_portal_role(&mut self, ids: &[IdentityId]) -> Result<bool, StoreError> {
        let rows = fetch_for_ids!(self, (IdentityId,), ids, "SELECT DISTINCT identity_id FROM portal_roles WHERE identity_id IN (", ")");
        Ok(!rows.is_empty())
    }

    /// How many people a source ended since a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scim_leavers_since(&mut self, source: SourceId, since: DateTime<Utc>) -> Result<i64, StoreError> {
        Ok(fetch_one!(self, (i64,), "SELECT COUNT(*) FROM scim_users WHERE source_id = $1 AND left_at > $2", source, since).0)
    }

    /// How many live identities a source has, counted up to a limit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_of_source(&mut self, source: SourceId, up_to: i64) -> Result<i64, StoreError> {
        Ok(fetch_one!(
            self,
            (i64,),
            "SELECT COUNT(*) FROM (SELECT 1 FROM identities WHERE source_id = $1 AND source_id IS NOT NULL AND state <> 'terminated' AND state <> 'archived' LIMIT $2) n",
            source,
            up_to
        )
        .0)
    }
}

impl WriteTx {
    /// Takes a source's own name for a person from who was archived in the portal, and needs it no more: if it is still so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn free_external_id(
        &mut self,
        _proof: &impl May<change::WriteIdentities>,
        source: SourceId,
        external_id: &str,
        archived: IdentityId,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE scim_users SET external_id = NULL WHERE identity_id = $1 AND source_id = $2 AND external_id = $3
               AND EXISTS (SELECT 1 FROM identities i WHERE i.id = scim_users.identity_id AND i.state = 'archived')",
            archived,
            source,
            storable(external_id)
        );
        Ok(())
    }

    /// Keeps what an identity provider wrote of a person.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when its own name for the person is taken.
    pub async fn put_scim_user(&mut self, _proof: &impl May<change::WriteIdentities>, row: &ScimUser) -> Result<(), StoreError> {
        insert_rows_later!(self.tx, columns: 5, "INSERT INTO scim_users (identity_id, source_id, external_id, resource, deleted_at) ", std::slice::from_ref(row),
            |b, r| { b.push_bind(r.identity_id).push_bind(r.source_id).push_bind(r.external_id.as_deref()).push_bind(Json(&r.resource)).push_bind(r.deleted_at); },
            " ON CONFLICT (identity_id) DO UPDATE SET source_id = excluded.source_id, external_id = excluded.external_id,
                 resource = excluded.resource, deleted_at = excluded.deleted_at");
        Ok(())
    }

    /// Notes that a source ended somebody, for the limits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_scim_leaver(
        &mut self,
        _proof: &impl May<change::EndIdentities>,
        id: IdentityId,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE scim_users SET left_at = $2 WHERE identity_id = $1", id, at);
        Ok(())
    }
}
