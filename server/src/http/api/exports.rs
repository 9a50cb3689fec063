//! `/api/v1/identities/export`, `/credentials/export`, `/roles/export`: whole lists as CSV.

use axum::http::header;
use axum::response::IntoResponse as _;
use serde::Deserialize;
use tenure_domain::id::{Id as _, IdentityId};
use tenure_services::Asked as Columns;
use tenure_services::access::export_roles;
use tenure_services::credentials::CredentialExport;
use tenure_services::identities::IdentityExport;
use tenure_store::access::RoleFilter;
use tenure_store::credentials::CredentialFilter;
use tenure_store::identities::IdentityFilter;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Reply;
use super::ask::Asked;
use super::operation::op;
use super::words::{CredentialKind, CredentialState, Finding, IdentityKind, LifecycleState, RoleKind};
use crate::http::{Route, get};
use crate::web::{CSV, download_pieces};

pub(super) fn routes() -> Vec<Route> {
    let words = "All rows and all columns, in pieces: however long it is. That it was taken away stands in the audit log.";
    vec![
        get("/api/v1/identities/export", identities).operation(
            op("exportIdentities", "Identities", "The identities that you may see, as CSV")
                .more(words)
                .query::<IdentitiesToExport>()
                .gives_file("text/csv", "A row for each."),
        ),
        get("/api/v1/credentials/export", credentials).operation(
            op("exportCredentials", "Credentials", "The credentials that you may see, as CSV")
                .more(words)
                .query::<CredentialsToExport>()
                .gives_file("text/csv", "A row for each; never a secret."),
        ),
        get("/api/v1/roles/export", roles).operation(
            op("exportRoles", "Roles", "The roles, as CSV").more(words).query::<RolesToExport>().gives_file("text/csv", "A row for each."),
        ),
    ]
}

impl<Q> Asked<Q> {
    /// All columns, and what was asked for.
    fn columns(&self, columns: &[&str]) -> Columns {
        let view = self.uri.query().unwrap_or_default().to_owned();
        Columns { view, columns: columns.iter().map(|&column| column.to_owned()).collect() }
    }
}

/// Which identities.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IdentitiesToExport {
    /// Words that their name, user name, number, department or title begin with.
    q: Option<String>,
    /// Only this state.
    state: Option<LifecycleState>,
    /// Only this kind.
    kind: Option<IdentityKind>,
    /// Only this department.
    department: Option<String>,
}

async fn identities(asked: Asked<IdentitiesToExport>) -> Reply {
    let query = &asked.query;
    let filter = IdentityFilter {
        search: query.q.clone().unwrap_or_default(),
        state: query.state.map(|word| word.0),
        kind: query.kind.map(|word| word.0),
        department: query.department.clone(),
        ..IdentityFilter::default()
    };
    let begun = IdentityExport::begin(&asked.ctx, &filter, &asked.columns(&["email", "title", "start"])).await?;
    let pieces = futures::stream::try_unfold(begun, async |mut export| Ok(export.next().await?.map(|piece| (piece, export))));
    Ok(download_pieces("identities.csv", CSV, pieces))
}

/// Which credentials.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CredentialsToExport {
    /// What their name begins with.
    q: Option<String>,
    /// Only this kind.
    kind: Option<CredentialKind>,
    /// Only this state.
    state: Option<CredentialState>,
    /// Only those of one identity.
    identity_id: Option<Uuid>,
    /// Only those with this finding.
    finding: Option<Finding>,
}

async fn credentials(asked: Asked<CredentialsToExport>) -> Reply {
    let query = &asked.query;
    let mut filter = CredentialFilter {
        label: query.q.as_deref().unwrap_or_default().trim().to_owned(),
        kind: query.kind.map(|word| word.0),
        state: query.state.map(|word| word.0),
        identity_id: query.identity_id.map(IdentityId::from_uuid),
        ..CredentialFilter::default()
    };
    if let Some(finding) = query.finding {
        finding.0.narrow(&mut filter, asked.ctx.now);
    }
    let columns = asked.columns(&["target", "issuer", "created", "rotated", "dependents"]);
    let begun = CredentialExport::begin(&asked.ctx, &filter, &columns).await?;
    let pieces = futures::stream::try_unfold(begun, async |mut export| Ok(export.next().await?.map(|piece| (piece, export))));
    Ok(download_pieces("credentials.csv", CSV, pieces))
}

/// Which roles.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RolesToExport {
    /// What their name begins with.
    q: Option<String>,
    /// Only this kind.
    kind: Option<RoleKind>,
}

async fn roles(asked: Asked<RolesToExport>) -> Reply {
    let name = asked.query.q.as_deref().unwrap_or_default().trim().to_owned();
    let sheet = export_roles(&asked.ctx, &RoleFilter { name, kind: asked.query.kind.map(|word| word.0) }).await?;
    Ok(([(header::CONTENT_TYPE, CSV)], sheet).into_response())
}
