//! `/api/v1/credentials` and below: the inventory. Never a secret.

use axum::extract::Path;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{ApplicationId, CredentialId, Id as _, IdentityId};
use tenure_services::ServiceError;
use tenure_services::credentials::{
    NewCredential as Wanted, change_owner, findings_of, list_credentials, record_credential, revoke_confirmed, show_credential,
};
use tenure_store::accounts::TokenNote;
use tenure_store::credentials::{CredentialFilter, CredentialView};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{changed, created, found};
use super::ask::{Asked, Sent, moved_on};
use super::identities::{Made, Reason};
use super::operation::op;
use super::page::list_query;
use super::words::{CredentialKind, CredentialOrigin, CredentialState, Finding};
use super::{Reply, key};
use crate::http::routes::patch;
use crate::http::{Failure, Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/credentials", list).operation(
            op("listCredentials", "Credentials", "The credentials that you may see, by name")
                .query::<CredentialsQuery>()
                .gives_page::<Credential>("A page."),
        ),
        post("/api/v1/credentials", record).operation(
            op("recordCredential", "Credentials", "Record a credential that another system issued")
                .more("Never its secret.")
                .sends::<NewCredential>()
                .gives::<Made>(201, "It is recorded.")
                .with_location(),
        ),
        get("/api/v1/credentials/{id}", show)
            .operation(op("getCredential", "Credentials", "One credential").gives::<Credential>(200, "The credential.").with_version()),
        patch("/api/v1/credentials/{id}", change).operation(
            op("changeCredential", "Credentials", "Give a recorded credential another owner")
                .needs_version()
                .sends::<CredentialPatch>()
                .gives::<Credential>(200, "As it is now.")
                .with_version(),
        ),
        post("/api/v1/credentials/{id}/revoke", revoke).operation(
            op("revokeCredential", "Credentials", "End a credential")
                .more("What Tenure issued is dead at once; what others issued is owed to them.")
                .sends::<Reason>()
                .gives::<CredentialNow>(200, "The state it is in now."),
        ),
    ]
}

/// A revocable proof. Never the secret itself.
#[derive(Serialize, ToSchema)]
pub(super) struct Credential {
    id: Uuid,
    kind: CredentialKind,
    /// The name that people read.
    #[schema(example = "deploy key of the build service")]
    label: String,
    /// What it is for.
    purpose: String,
    issuer: String,
    /// Its name or number at the issuer; unique there.
    external_id: String,
    /// Whose it is; null is a finding.
    identity_id: Option<Uuid>,
    /// The target on which it works.
    application_id: Option<Uuid>,
    origin: CredentialOrigin,
    state: CredentialState,
    /// What is wrong with it, the worst first.
    findings: Vec<Finding>,
    /// What stops working when it dies, by name.
    dependents: Vec<String>,
    created_at: DateTime<Utc>,
    /// When it was last used, if anybody tells.
    last_used_at: Option<DateTime<Utc>>,
    /// When its secret was last replaced.
    rotated_at: Option<DateTime<Utc>>,
    /// When it ends by itself.
    expires_at: Option<DateTime<Utc>>,
    /// When it was revoked or ran out.
    ended_at: Option<DateTime<Utc>>,
    /// Raised with each change.
    version: i64,
    /// What a live API token of Tenure may do; told of one credential and of your own tokens.
    token: Option<TokenUse>,
}

/// What an API token may do, and from where.
#[derive(Serialize, ToSchema)]
struct TokenUse {
    /// The first signs of the token.
    #[schema(example = "tnr_1a2b")]
    hint: String,
    /// What it is for.
    #[schema(example = json!(["identities:read", "credentials:write"]))]
    scopes: Vec<String>,
    /// From where it may be used; empty for everywhere.
    #[schema(example = json!(["10.0.0.0/8"]))]
    networks: Vec<String>,
    /// The address from which it was last used; empty when nobody knows.
    #[schema(example = "10.1.2.3")]
    last_used_from: String,
}

impl Credential {
    /// With what the token may do that it stands for.
    pub(super) fn with(mut self, note: Option<&TokenNote>) -> Self {
        self.token = note.map(|note| TokenUse {
            hint: note.hint.clone(),
            scopes: note.scopes.iter().map(|scope| scope.to_string()).collect(),
            networks: note.networks.iter().map(|network| network.to_string()).collect(),
            last_used_from: note.last_used_from.clone(),
        });
        self
    }

    pub(super) fn new(view: CredentialView, now: DateTime<Utc>) -> Self {
        let findings = findings_of(&view, now).into_iter().map(Finding::from).collect();
        let c = view.credential;
        Self {
            id: c.id.uuid(),
            kind: c.kind.into(),
            label: c.label,
            purpose: c.purpose,
            issuer: c.issuer,
            external_id: c.external_id,
            identity_id: c.identity_id.map(|id| id.uuid()),
            application_id: c.application_id.map(|id| id.uuid()),
            origin: c.origin.into(),
            state: c.state.into(),
            findings,
            dependents: c.dependents,
            created_at: c.created_at,
            last_used_at: c.last_used_at,
            rotated_at: c.rotated_at,
            expires_at: c.expires_at,
            ended_at: c.ended_at,
            version: c.version,
            token: None,
        }
    }
}

list_query! {
    /// Which credentials.
    CredentialsQuery {
        /// What their name begins with.
        q: String,
        /// Only this kind.
        kind: CredentialKind,
        /// Only this state.
        state: CredentialState,
        /// Only those that may still prove something.
        live: bool,
        /// Only those of one identity.
        identity_id: Uuid,
        /// Only those with this finding.
        finding: Finding,
    }
}

async fn list(asked: Asked<CredentialsQuery>) -> Reply {
    let page = asked.page()?;
    let (query, now) = (&asked.query, asked.ctx.now);
    let mut filter = CredentialFilter {
        label: query.q.as_deref().unwrap_or_default().trim().to_owned(),
        kind: query.kind.map(|word| word.0),
        state: query.state.map(|word| word.0),
        live: query.live == Some(true),
        identity_id: query.identity_id.map(IdentityId::from_uuid),
        ..CredentialFilter::default()
    };
    if let Some(finding) = query.finding {
        finding.0.narrow(&mut filter, now);
    }
    let list = list_credentials(&asked.ctx, &filter, &page).await?;
    Ok(asked.answer(list.page, |view| Credential::new(view, now)))
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    let detail = show_credential(&asked.ctx, key(&id)?).await?;
    // Whole each time: when it was last used is no new version.
    let version = detail.view.credential.version;
    Ok(changed(version, &Credential::new(detail.view, asked.ctx.now).with(detail.token.as_ref())))
}

/// A credential to be recorded. Never its secret.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCredential {
    kind: CredentialKind,
    /// The name that people read.
    #[schema(example = "deploy key of the build service")]
    label: String,
    /// What it is for.
    #[schema(example = "pushes releases")]
    purpose: String,
    /// Who issued it.
    #[schema(example = "git.example.org")]
    issuer: String,
    /// Its name or number there.
    #[schema(example = "key-1042")]
    external_id: String,
    /// Whose it is.
    identity_id: Uuid,
    /// The target on which it works.
    application_id: Option<Uuid>,
    /// When it was made; now when it is left out.
    created_at: Option<DateTime<Utc>>,
    /// When it ends by itself.
    expires_at: Option<DateTime<Utc>>,
}

async fn record(asked: Asked, Sent(new): Sent<NewCredential>) -> Reply {
    let wanted = Wanted {
        kind: new.kind.0,
        label: new.label,
        purpose: new.purpose,
        issuer: new.issuer,
        external_id: new.external_id,
        identity_id: Some(IdentityId::from_uuid(new.identity_id)),
        application_id: new.application_id.map(ApplicationId::from_uuid),
        created_at: new.created_at.unwrap_or(asked.ctx.now),
        expires_at: new.expires_at,
    };
    let id = record_credential(&asked.ctx, &wanted).await?;
    Ok(created(&format!("/api/v1/credentials/{id}"), &Made { id: id.uuid() }))
}

/// What is to be changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CredentialPatch {
    /// Who is to own it.
    identity_id: Uuid,
}

async fn change(asked: Asked, Path(id): Path<String>, Sent(patch): Sent<CredentialPatch>) -> Reply {
    let id: CredentialId = key(&id)?;
    let version = asked.expected(show_credential(&asked.ctx, id).await?.view.credential.version)?;
    match change_owner(&asked.ctx, id, Some(version), IdentityId::from_uuid(patch.identity_id)).await {
        Ok(()) => {}
        Err(ServiceError::Conflict(_)) => return Err(moved_on()),
        Err(error) => return Err(Failure::from(error)),
    }
    let detail = show_credential(&asked.ctx, id).await?;
    let version = detail.view.credential.version;
    Ok(changed(version, &Credential::new(detail.view, asked.ctx.now).with(detail.token.as_ref())))
}

/// The state that a credential is in now.
#[derive(Serialize, ToSchema)]
struct CredentialNow {
    state: CredentialState,
}

async fn revoke(asked: Asked, Path(id): Path<String>, Sent(why): Sent<Reason>) -> Reply {
    let id: CredentialId = key(&id)?;
    // That the name is typed is for people, who click; a program names the key.
    let label = show_credential(&asked.ctx, id).await?.view.credential.label;
    let state = revoke_confirmed(&asked.ctx, id, &label, &why.reason).await?;
    Ok(found(&CredentialNow { state: state.into() }))
}
