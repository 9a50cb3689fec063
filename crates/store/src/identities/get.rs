//! Reading identities by key.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use tenure_domain::fold::fold;
use tenure_domain::id::{IdentityId, SourceId};
use tenure_domain::identity::{Identity, IdentityKind, LifecycleState};

use crate::engine::{StoreError, Tx, storable};
use crate::identities::write::Employment;

/// As much of an identity as a link to it needs.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct IdentityName {
    /// Its key.
    pub id: IdentityId,
    /// Person, or a non-human kind.
    pub kind: IdentityKind,
    /// Where it stands.
    pub state: LifecycleState,
    /// The name that people read.
    pub display_name: String,
    /// The name it signs in with.
    pub user_name: String,
}

impl Tx {
    /// The identity with a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identity(&mut self, id: IdentityId) -> Result<Option<Identity>, StoreError> {
        Ok(fetch_optional!(self, Identity, "SELECT * FROM identities WHERE id = $1", id))
    }

    /// The identity that answers to a user name, whatever its case. Archived ones answer to none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identity_by_user_name(&mut self, user_name: &str) -> Result<Option<Identity>, StoreError> {
        Ok(fetch_optional!(
            self,
            Identity,
            "SELECT * FROM identities WHERE user_name_key = $1 AND state <> 'archived'",
            storable(&fold(user_name))
        ))
    }

    /// Identities by employee number, of whatever source; archived ones answer to none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identities_by_employee_id(&mut self, numbers: &[&str]) -> Result<Vec<(String, IdentityId)>, StoreError> {
        let numbers: Vec<String> = numbers.iter().map(|number| storable(number)).collect();
        Ok(fetch_for_ids!(
            self,
            (String, IdentityId),
            &numbers,
            "SELECT employee_id, id FROM identities WHERE state <> 'archived' AND source_id IN (SELECT id FROM sources) AND employee_id IN (",
            ")"
        ))
    }

    /// Identities by folded user name; archived ones answer to none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identities_by_user_name_key(&mut self, keys: &[String]) -> Result<Vec<(String, IdentityId)>, StoreError> {
        let keys: Vec<String> = keys.iter().map(|key| storable(key)).collect();
        Ok(fetch_for_ids!(
            self,
            (String, IdentityId),
            &keys,
            "SELECT user_name_key, id FROM identities WHERE state <> 'archived' AND user_name_key IN (",
            ")"
        ))
    }

    /// Identities by folded name; archived ones answer to none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identities_by_name_key(&mut self, keys: &[String]) -> Result<Vec<(String, IdentityId)>, StoreError> {
        let keys: Vec<String> = keys.iter().map(|key| storable(key)).collect();
        Ok(fetch_for_ids!(
            self,
            (String, IdentityId),
            &keys,
            "SELECT name_key, id FROM identities WHERE state <> 'archived' AND name_key IN (",
            ")"
        ))
    }

    /// Every identity of a source that is not archived.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identities_of_source(&mut self, source: SourceId) -> Result<Vec<Identity>, StoreError> {
        Ok(fetch_all!(self, Identity, "SELECT * FROM identities WHERE source_id = $1 AND state <> 'archived'", source))
    }

    /// The last day of employment of those of a source who ended and are not archived.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_days_of_source(&mut self, source: SourceId) -> Result<HashMap<IdentityId, NaiveDate>, StoreError> {
        let rows = fetch_all!(
            self,
            (IdentityId, NaiveDate),
            "SELECT e.identity_id, MAX(e.ended_on) FROM identities i JOIN employments e ON e.identity_id = i.id
             WHERE i.source_id = $1 AND i.state = 'terminated' AND e.ended_on IS NOT NULL GROUP BY e.identity_id",
            source
        );
        Ok(rows.into_iter().collect())
    }

    /// The folded user names that identities outside a source answer to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_names_outside(&mut self, source: SourceId) -> Result<HashSet<String>, StoreError> {
        let rows = fetch_all!(
            self,
            (String,),
            "SELECT user_name_key FROM identities WHERE (source_id IS NULL OR source_id <> $1) AND state <> 'archived'",
            source
        );
        Ok(rows.into_iter().map(|r| r.0).collect())
    }

    /// The identities with these keys, those that exist.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identities(&mut self, ids: &[IdentityId]) -> Result<Vec<Identity>, StoreError> {
        Ok(fetch_for_ids!(self, Identity, ids, "SELECT * FROM identities WHERE id IN (", ")"))
    }

    /// Identities after a key, in the order of keys: for going through all of them in pieces.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identities_after(&mut self, after: Option<IdentityId>, limit: i64) -> Result<Vec<Identity>, StoreError> {
        let from = after.unwrap_or_else(|| tenure_domain::id::Id::from_uuid(uuid::Uuid::nil()));
        Ok(fetch_all!(self, Identity, "SELECT * FROM identities WHERE id > $1 ORDER BY id LIMIT $2", from, limit))
    }

    /// Names for links, by key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identity_names(&mut self, ids: &[IdentityId]) -> Result<HashMap<IdentityId, IdentityName>, StoreError> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let names =
            fetch_for_ids!(self, IdentityName, &ids, "SELECT id, kind, state, display_name, user_name FROM identities WHERE id IN (", ")");
        Ok(names.into_iter().map(|name| (name.id, name)).collect())
    }

    /// How many identities there are at all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identity_count(&mut self) -> Result<i64, StoreError> {
        Ok(fetch_one!(self, (i64,), "SELECT COUNT(*) FROM identities").0)
    }

    /// Who reports to somebody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reports_of(&mut self, manager: IdentityId) -> Result<Vec<IdentityName>, StoreError> {
        Ok(fetch_all!(
            self,
            IdentityName,
            "SELECT id, kind, state, display_name, user_name FROM identities WHERE manager_id = $1 AND state NOT IN ('terminated', 'archived') ORDER BY name_key, id LIMIT 200",
            manager
        ))
    }

    /// Whether anybody live reports to somebody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_reports(&mut self, manager: IdentityId) -> Result<bool, StoreError> {
        Ok(fetch_optional!(
            self,
            (i32,),
            "SELECT 1 FROM identities WHERE manager_id = $1 AND state NOT IN ('terminated', 'archived') LIMIT 1",
            manager
        )
        .is_some())
    }

    /// What somebody owns: live non-human identities.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn owned_by(&mut self, owner: IdentityId) -> Result<Vec<IdentityName>, StoreError> {
        Ok(fetch_all!(
            self,
            IdentityName,
            "SELECT id, kind, state, display_name, user_name FROM identities WHERE owner_id = $1 AND state NOT IN ('terminated', 'archived') ORDER BY name_key, id LIMIT 200",
            owner
        ))
    }

    /// Periods of employment, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn employments_of(&mut self, id: IdentityId) -> Result<Vec<Employment>, StoreError> {
        Ok(fetch_all!(self, Employment, "SELECT * FROM employments WHERE identity_id = $1 ORDER BY started_on DESC, id DESC", id))
    }

    /// The departments there are, for filters.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn departments(&mut self) -> Result<Vec<String>, StoreError> {
        // A skip scan by hand: one index look-up for each department, not one for each identity.
        let rows = fetch_all!(
            self,
            (String,),
            "WITH RECURSIVE d(name) AS (
                 SELECT MIN(department) FROM identities WHERE department > ''
                 UNION ALL
                 SELECT (SELECT MIN(department) FROM identities WHERE department > d.name) FROM d WHERE d.name IS NOT NULL
             ) SELECT name FROM d WHERE name IS NOT NULL LIMIT 500"
        );
        Ok(rows.into_iter().map(|r| r.0).collect())
    }
}

impl Tx {
    /// Every identity that answers to a user name, by that name, folded.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_name_index(&mut self) -> Result<HashMap<String, IdentityId>, StoreError> {
        Ok(fetch_all!(self, (String, IdentityId), "SELECT user_name_key, id FROM identities WHERE state <> 'archived'")
            .into_iter()
            .collect())
    }
}
