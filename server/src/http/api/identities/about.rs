//! `/api/v1/identities/{id}/credentials`, `/timeline`, `/people`

use axum::extract::Path;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use tenure_domain::audit::EventBody;
use tenure_domain::id::IdentityId;
use tenure_services::audit::audit_of_identity;
use tenure_services::credentials::list_credentials;
use tenure_services::identities::show_identity;
use tenure_store::audit::AuditRow;
use tenure_store::credentials::CredentialFilter;
use utoipa::ToSchema;

use super::picture::Named;
use crate::http::api::answer::found;
use crate::http::api::ask::Asked;
use crate::http::api::credentials::Credential;
use crate::http::api::operation::op;
use crate::http::api::page::list_query;
use crate::http::api::words::Outcome;
use crate::http::api::{Reply, key};
use crate::http::{Route, get};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/identities/{id}/credentials", credentials).operation(
            op("listCredentialsOfIdentity", "Identities", "The credentials of an identity")
                .query::<OwnCredentialsQuery>()
                .gives_page::<Credential>("A page."),
        ),
        get("/api/v1/identities/{id}/timeline", timeline).operation(
            op("getTimeline", "Identities", "What happened to an identity, newest first")
                .query::<TimelineQuery>()
                .gives_page::<Happening>("A page."),
        ),
        get("/api/v1/identities/{id}/people", people).operation(
            op("getPeople", "Identities", "Whom an identity has to do with")
                .gives::<People>(200, "Manager, owner, reports, what it owns, personas, employments."),
        ),
    ]
}

list_query! {
    /// Which credentials.
    OwnCredentialsQuery {
        /// Only those that may still prove something.
        live: bool,
    }
}

async fn credentials(asked: Asked<OwnCredentialsQuery>, Path(id): Path<String>) -> Reply {
    let page = asked.page()?;
    let id: IdentityId = key(&id)?;
    // Who may not see them at all is told so, and not that there are none.
    show_identity(&asked.ctx, id).await?;
    let filter = CredentialFilter { identity_id: Some(id), live: asked.query.live == Some(true), ..CredentialFilter::default() };
    let list = list_credentials(&asked.ctx, &filter, &page).await?;
    let now = asked.ctx.now;
    Ok(asked.answer(list.page, |view| Credential::new(view, now)))
}

list_query! {
    /// How much of it.
    TimelineQuery {}
}

/// Something that happened to an identity. The audit log says more, to whom it is to be seen.
#[derive(Serialize, ToSchema)]
struct Happening {
    at: DateTime<Utc>,
    #[schema(example = "identity.ended")]
    action: String,
    outcome: Outcome,
    /// Who did it, for people.
    actor: String,
    /// Why, in words.
    reason: String,
}

impl From<AuditRow> for Happening {
    fn from(row: AuditRow) -> Self {
        // What cannot be read has been changed; the verdict on the log names it.
        let reason = serde_json::from_str::<EventBody>(&row.body).map(|body| body.reason).unwrap_or_default();
        Self { at: row.at, action: row.action, outcome: row.outcome.into(), actor: row.actor_label, reason }
    }
}

async fn timeline(asked: Asked<TimelineQuery>, Path(id): Path<String>) -> Reply {
    let page = asked.page()?;
    let id: IdentityId = key(&id)?;
    // Whether there is one is nobody's business who may not see it.
    show_identity(&asked.ctx, id).await?;
    let events = audit_of_identity(&asked.ctx, id, &page).await?;
    Ok(asked.answer(events, Happening::from))
}

/// A period of employment.
#[derive(Serialize, ToSchema)]
struct Employment {
    started_on: NaiveDate,
    ended_on: Option<NaiveDate>,
    /// Joiner or rehire.
    start_reason: String,
    end_reason: String,
}

/// Whom an identity has to do with.
#[derive(Serialize, ToSchema)]
struct People {
    manager: Option<Named>,
    owner: Option<Named>,
    /// The main identity of a persona.
    persona_of: Option<Named>,
    /// The name of its source.
    source: Option<String>,
    reports: Vec<Named>,
    owned: Vec<Named>,
    personas: Vec<Named>,
    employments: Vec<Employment>,
}

async fn people(asked: Asked, Path(id): Path<String>) -> Reply {
    let mut detail = show_identity(&asked.ctx, key(&id)?).await?;
    let identity = &detail.identity;
    let (manager, owner, main) = (identity.manager_id, identity.owner_id, identity.persona_of);
    let named = |id: Option<IdentityId>| id.and_then(|id| detail.names.get(&id).cloned()).map(Named::from);
    let (manager, owner, persona_of) = (named(manager), named(owner), named(main));
    let all = |names: Vec<_>| names.into_iter().map(Named::from).collect();
    let employments = detail.employments.drain(..).map(|e| Employment {
        started_on: e.started_on,
        ended_on: e.ended_on,
        start_reason: e.start_reason,
        end_reason: e.end_reason,
    });
    Ok(found(&People {
        manager,
        owner,
        persona_of,
        source: detail.source,
        employments: employments.collect(),
        reports: all(detail.reports),
        owned: all(detail.owned),
        personas: all(detail.personas),
    }))
}
