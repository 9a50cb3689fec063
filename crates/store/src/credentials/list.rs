//! Reading credentials.

use tenure_domain::access::Scope;
use tenure_domain::credential::Credential;
use tenure_domain::fold::fold;
use tenure_domain::id::{CredentialId, IdentityId};
use tenure_domain::identity::{IdentityKind, LifecycleState};

use crate::access::like_escape;
use crate::engine::{StoreError, Tx};
use crate::page::{Page, PageRequest};

use super::filter::{CredentialFilter, LastUse};

/// A credential with the names of its owner and target.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CredentialView {
    /// The credential.
    #[sqlx(flatten)]
    pub credential: Credential,
    /// Its owner's name.
    pub owner: Option<String>,
    /// Its owner's kind.
    pub owner_kind: Option<IdentityKind>,
    /// Its owner's state.
    pub owner_state: Option<LifecycleState>,
    /// Its target's name.
    pub application: Option<String>,
}

const VIEW: &str = "SELECT c.*, i.display_name AS owner, i.kind AS owner_kind, i.state AS owner_state, a.name AS application
    FROM credentials c LEFT JOIN identities i ON i.id = c.identity_id LEFT JOIN applications a ON a.id = c.application_id WHERE 1 = 1";
const LIVE: &str = " AND c.state IN ('requested', 'issued', 'active', 'rotating', 'suspended', 'revoking', 'compromised')";

macro_rules! within {
    ($query:ident, $column:literal, $span:expr) => {
        if let Some(from) = $span.from {
            $query.push(concat!(" AND ", $column, " >= ")).push_bind(from);
        }
        if let Some(before) = $span.before {
            $query.push(concat!(" AND ", $column, " < ")).push_bind(before);
        }
    };
}

macro_rules! conditions {
    ($query:ident, $scope:expr, $filter:expr) => {{
        let filter: &CredentialFilter = $filter;
        if let Some(me) = $scope.limited_to() {
            $query
                .push(" AND c.identity_id IN (SELECT s.id FROM identities s WHERE s.id = ")
                .push_bind(me)
                .push(" OR s.owner_id = ")
                .push_bind(me);
            if $scope.includes_team() {
                $query.push(" OR s.manager_id = ").push_bind(me);
            }
            $query.push(")");
        }
        if !filter.label.is_empty() {
            $query.push(" AND c.label_key LIKE ").push_bind(format!("{}%", like_escape(&fold(&filter.label)))).push(" ESCAPE '!'");
        }
        if let Some(kind) = filter.kind {
            $query.push(" AND c.kind = ").push_bind(kind);
        }
        if let Some(state) = filter.state {
            $query.push(" AND c.state = ").push_bind(state);
        }
        if filter.live {
            $query.push(LIVE);
        }
        if let Some(identity) = filter.identity_id {
            $query.push(" AND c.identity_id = ").push_bind(identity);
        }
        if filter.without_owner {
            $query.push(" AND c.identity_id IS NULL").push(LIVE);
        }
        if filter.ended_owner {
            $query
                .push(" AND EXISTS (SELECT 1 FROM identities x WHERE x.id = c.identity_id AND x.state IN ('terminated', 'archived'))")
                .push(LIVE);
        }
        if let Some(at) = filter.expires_before {
            $query.push(" AND c.expires_at IS NOT NULL AND c.expires_at < ").push_bind(at).push(LIVE);
        }
        if let Some(at) = filter.unused_since {
            $query.push(" AND c.last_used_at < ").push_bind(at).push(LIVE);
        }
        if let Some(at) = filter.unrotated_since {
            $query.push(" AND c.kind <> 'session' AND COALESCE(c.rotated_at, c.created_at) < ").push_bind(at).push(LIVE);
        }
        if let Some(span) = filter.ends_in {
            $query.push(" AND c.kind <> 'session' AND c.expires_at IS NOT NULL").push(LIVE);
            within!($query, "c.expires_at", span);
        }
        if let Some(span) = filter.secret_of {
            $query.push(" AND c.kind <> 'session'").push(LIVE);
            within!($query, "COALESCE(c.rotated_at, c.created_at)", span);
        }
        match filter.last_used {
            Some(LastUse::Unknown) => {
                $query.push(" AND c.kind <> 'session' AND c.last_used_at IS NULL").push(LIVE);
            }
            Some(LastUse::In(span)) => {
                $query.push(" AND c.kind <> 'session' AND c.last_used_at IS NOT NULL").push(LIVE);
                within!($query, "c.last_used_at", span);
            }
            None => {}
        }
    }};
}

impl Tx {
    /// A credential.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credential(&mut self, id: CredentialId) -> Result<Option<CredentialView>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(VIEW);
            query.push(" AND c.id = ").push_bind(id);
            query.build_query_as::<CredentialView>().fetch_optional(&mut **conn).await?
        }))
    }

    /// A page of the credentials that an actor may see.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_credentials(
        &mut self,
        scope: Scope,
        filter: &CredentialFilter,
        request: &PageRequest,
    ) -> Result<Page<CredentialView>, StoreError> {
        let columns = filter.sort.columns();
        let backwards = request.after.is_none() && request.before.is_some();
        let direction = if backwards { filter.direction.reversed() } else { filter.direction };
        let from = request.after.as_ref().or(request.before.as_ref()).filter(|c| c.keys.len() == columns.len());
        let rows = on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(VIEW);
            conditions!(query, scope, filter);
            if let Some(from) = from {
                query.push(" AND (").push(columns.join(", ")).push(", c.id").push(direction.beyond());
                for key in &from.keys {
                    query.push_bind(key.clone()).push(", ");
                }
                query.push_bind(from.id).push(")");
            }
            query.push(" ORDER BY ");
            for column in columns {
                query.push(*column).push(direction.sql()).push(", ");
            }
            query.push("c.id").push(direction.sql()).push(" LIMIT ").push_bind(i64::try_from(request.limit() + 1).unwrap_or(i64::MAX));
            query.build_query_as::<CredentialView>().fetch_all(&mut **conn).await?
        });
        Ok(Page::cut(rows, request, |row| filter.sort.cursor(&row.credential)))
    }

    /// How many credentials a filter matches, counted up to a limit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_credentials(&mut self, scope: Scope, filter: &CredentialFilter, up_to: i64) -> Result<i64, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new("SELECT COUNT(*) FROM (SELECT 1 FROM credentials c WHERE 1 = 1");
            conditions!(query, scope, filter);
            query.push(" LIMIT ").push_bind(up_to).push(") n");
            query.build_query_scalar::<i64>().fetch_one(&mut **conn).await?
        }))
    }

    /// The credentials of an identity, those that are dead last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credentials_of(&mut self, identity: IdentityId, limit: i64) -> Result<Vec<CredentialView>, StoreError> {
        Ok(on_both!(self, conn => {
            let mut query = sqlx::QueryBuilder::new(VIEW);
            query.push(" AND c.identity_id = ").push_bind(identity).push(" ORDER BY CASE WHEN c.state IN ('revoked', 'expired') THEN 1 ELSE 0 END, c.id DESC LIMIT ").push_bind(limit);
            query.build_query_as::<CredentialView>().fetch_all(&mut **conn).await?
        }))
    }

    /// The recorded credentials of an issuer, by their name there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credentials_of_issuer(&mut self, issuer: &str) -> Result<Vec<Credential>, StoreError> {
        Ok(fetch_all!(self, Credential, "SELECT * FROM credentials WHERE issuer = $1 AND account_id IS NULL", issuer))
    }
}

impl Tx {
    /// The credential of an issuer with a name there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credential_of_issuer(&mut self, issuer: &str, external_id: &str) -> Result<Option<Credential>, StoreError> {
        Ok(fetch_optional!(
            self,
            Credential,
            "SELECT * FROM credentials WHERE issuer = $1 AND external_id = $2 AND account_id IS NULL",
            issuer,
            external_id
        ))
    }
}
