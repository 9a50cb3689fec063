//! Applications (targets) and their entitlements.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use tenure_domain::access::{May, change};
use tenure_domain::grant::{GrantState, Risk};
use tenure_domain::id::{ApplicationId, EntitlementId, Id, IdentityId};

use crate::engine::{StoreError, Tx, WriteTx, storable};

/// A target.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ApplicationRow {
    /// Its key.
    pub id: ApplicationId,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Who answers for it.
    pub owner_id: Option<IdentityId>,
    /// Raised with each change.
    pub version: i64,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
}

/// One right on a target.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EntitlementRow {
    /// Its key.
    pub id: EntitlementId,
    /// The target.
    pub application_id: ApplicationId,
    /// Its name there.
    pub name: String,
    /// What it allows, in plain words.
    pub description: String,
    /// How much harm it can do.
    pub risk: Risk,
    /// What the target itself knows it by; empty where that is the name.
    pub key: String,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
}

impl Tx {
    /// All applications, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn applications(&mut self) -> Result<Vec<ApplicationRow>, StoreError> {
        Ok(fetch_all!(self, ApplicationRow, "SELECT * FROM applications ORDER BY name"))
    }

    /// The application with a key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn application(&mut self, id: ApplicationId) -> Result<Option<ApplicationRow>, StoreError> {
        Ok(fetch_optional!(self, ApplicationRow, "SELECT * FROM applications WHERE id = $1", id))
    }

    /// The application of a name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn application_by_name(&mut self, name: &str) -> Result<Option<ApplicationRow>, StoreError> {
        Ok(fetch_optional!(self, ApplicationRow, "SELECT * FROM applications WHERE name = $1", storable(name)))
    }

    /// All entitlements, by application and name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entitlements(&mut self) -> Result<Vec<EntitlementRow>, StoreError> {
        Ok(fetch_all!(self, EntitlementRow, "SELECT * FROM entitlements ORDER BY application_id, name"))
    }

    /// The entitlements of an application, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entitlements_of(&mut self, application: ApplicationId) -> Result<Vec<EntitlementRow>, StoreError> {
        Ok(fetch_all!(self, EntitlementRow, "SELECT * FROM entitlements WHERE application_id = $1 ORDER BY name", application))
    }

    /// How many grants there are of an application's entitlements, by state; of all applications
    /// where none is named. Those that are removed are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grant_counts(&mut self, application: Option<ApplicationId>) -> Result<Vec<(EntitlementId, GrantState, i64)>, StoreError> {
        let everything = application.is_none();
        let application = application.unwrap_or_else(|| Id::from_uuid(uuid::Uuid::nil()));
        Ok(fetch_all!(
            self,
            (EntitlementId, GrantState, i64),
            "SELECT e.id, g.state, COUNT(*) FROM entitlements e JOIN grants g ON g.entitlement_id = e.id
             WHERE ($1 OR e.application_id = $2) AND g.state <> 'removed' GROUP BY e.id, g.state",
            everything,
            application
        ))
    }

    /// The application of each entitlement.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entitlement_applications(&mut self) -> Result<HashMap<EntitlementId, ApplicationId>, StoreError> {
        Ok(fetch_all!(self, (EntitlementId, ApplicationId), "SELECT id, application_id FROM entitlements").into_iter().collect())
    }

    /// The application of each of some entitlements.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn applications_of_entitlements(
        &mut self,
        ids: &[EntitlementId],
    ) -> Result<HashMap<EntitlementId, ApplicationId>, StoreError> {
        let rows =
            fetch_for_ids!(self, (EntitlementId, ApplicationId), ids, "SELECT id, application_id FROM entitlements WHERE id IN (", ")");
        Ok(rows.into_iter().collect())
    }

    /// `application / entitlement` for each of some entitlements.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entitlement_labels(&mut self, ids: &[EntitlementId]) -> Result<HashMap<EntitlementId, String>, StoreError> {
        let labels = apart_from!(
            self,
            ["entitlements", "applications"],
            fetch_for_ids!(
                self,
                (EntitlementId, String),
                ids,
                "SELECT e.id, a.name || ' / ' || e.name FROM entitlements e JOIN applications a ON a.id = e.application_id WHERE e.id IN (",
                ")"
            )
        );
        Ok(labels.into_iter().collect())
    }

    /// The same for all that any role gives.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn labels_in_roles(&mut self) -> Result<HashMap<EntitlementId, String>, StoreError> {
        let labels = fetch_all!(
            self,
            (EntitlementId, String),
            "SELECT e.id, a.name || ' / ' || e.name FROM entitlements e JOIN applications a ON a.id = e.application_id
             WHERE EXISTS (SELECT 1 FROM role_entitlements r WHERE r.entitlement_id = e.id)"
        );
        Ok(labels.into_iter().collect())
    }
}

impl WriteTx {
    /// Records an application.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the name is taken.
    pub async fn insert_application(
        &mut self,
        _proof: &impl May<change::WriteApplications>,
        row: &ApplicationRow,
    ) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO applications (id, name, description, owner_id, version, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
            row.id,
            row.name.as_str(),
            row.description.as_str(),
            row.owner_id,
            row.version,
            row.created_at
        );
        Ok(())
    }

    /// Records entitlements.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when a name is taken on its application.
    pub async fn insert_entitlements(
        &mut self,
        _proof: &impl May<change::WriteApplications>,
        rows: &[EntitlementRow],
    ) -> Result<(), StoreError> {
        insert_rows!(self.tx, columns: 7, "INSERT INTO entitlements (id, application_id, name, description, risk, key, created_at) ", rows,
            |b, e| { b.push_bind(e.id).push_bind(e.application_id).push_bind(storable(&e.name)).push_bind(storable(&e.description)).push_bind(e.risk).push_bind(storable(&e.key)).push_bind(e.created_at); }, "");
        Ok(())
    }
}

impl WriteTx {
    /// Keeps what a target itself knows an entitlement by.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_entitlement_key(
        &mut self,
        _proof: &impl May<change::WriteApplications>,
        id: EntitlementId,
        key: &str,
    ) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE entitlements SET key = $2 WHERE id = $1", id, storable(key));
        Ok(())
    }
}
