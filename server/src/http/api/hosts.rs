//! `/api/v1/applications/{id}/hosts` and below: hosts that ask for SSH keys.

use axum::extract::Path;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::id::{ApplicationId, Id as _};
use tenure_services::ssh::{IssuedHost, NewHost, add_host, list_hosts, revoke_host, rotate_host};
use tenure_store::ssh::HostRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::{created, done, shown_once};
use super::ask::{Asked, Sent};
use super::operation::op;
use super::page::list_query;
use super::{Reply, key};
use crate::http::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/applications/{id}/hosts", list).operation(
            op("listHosts", "Targets", "The hosts of a target that may ask for SSH keys")
                .query::<HostsQuery>()
                .gives_page::<Host>("A page; those whose tokens work come first."),
        ),
        post("/api/v1/applications/{id}/hosts", add).operation(
            op("addHost", "Targets", "Let a host ask for SSH keys")
                .more("Its token is shown in this one answer.")
                .sends::<HostToBe>()
                .gives::<HostToken>(201, "The host, with its token.")
                .with_location(),
        ),
        post("/api/v1/applications/{id}/hosts/{host}/rotate", rotate).operation(
            op("rotateHost", "Targets", "Give a host another token")
                .more("The one before works for one more day. The new one is shown in this one answer.")
                .gives::<HostToken>(201, "The host, with its new token.")
                .with_location(),
        ),
        post("/api/v1/applications/{id}/hosts/{host}/revoke", revoke)
            .operation(op("revokeHost", "Targets", "End a host's token").gives_nothing("Its next question is refused.")),
    ]
}

/// A host that may ask for SSH keys, by a token.
#[derive(Serialize, ToSchema)]
struct Host {
    id: Uuid,
    name: String,
    /// The first signs of its token.
    hint: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
    /// When it last asked.
    last_used_at: Option<DateTime<Utc>>,
}

impl From<HostRow> for Host {
    fn from(h: HostRow) -> Self {
        Self {
            id: h.id.uuid(),
            name: h.name,
            hint: h.hint,
            created_at: h.created_at,
            expires_at: h.expires_at,
            revoked_at: h.revoked_at,
            last_used_at: h.last_used_at,
        }
    }
}

list_query! {
    /// Which hosts.
    HostsQuery {}
}

async fn list(asked: Asked<HostsQuery>, Path(id): Path<String>) -> Reply {
    let page = list_hosts(&asked.ctx, key(&id)?).await?;
    asked.answer_all(page.hosts, |host| host.id.uuid(), Host::from)
}

/// A host that is to ask.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HostToBe {
    /// Which one it is, for people.
    #[schema(example = "build-02")]
    name: String,
    /// How many days its token lives.
    #[schema(minimum = 1, maximum = 365, example = 90)]
    days: i64,
}

/// A host and its token, this one time.
#[derive(Serialize, ToSchema)]
struct HostToken {
    id: Uuid,
    name: String,
    token: String,
}

async fn add(asked: Asked, Path(id): Path<String>, Sent(sent): Sent<HostToBe>) -> Reply {
    let id = key(&id)?;
    let issued = add_host(&asked.ctx, id, &NewHost { name: sent.name, days: sent.days, once: None }).await?;
    Ok(shown(id, &issued))
}

async fn rotate(asked: Asked, Path((id, host)): Path<(String, String)>) -> Reply {
    let id = key(&id)?;
    let issued = rotate_host(&asked.ctx, id, key(&host)?).await?;
    Ok(shown(id, &issued))
}

fn shown(id: ApplicationId, issued: &IssuedHost) -> axum::response::Response {
    let body = HostToken { id: issued.id.uuid(), name: issued.name.clone(), token: issued.token.expose().to_owned() };
    shown_once(created(&format!("/api/v1/applications/{id}/hosts"), &body))
}

async fn revoke(asked: Asked, Path((id, host)): Path<(String, String)>) -> Reply {
    revoke_host(&asked.ctx, key(&id)?, key(&host)?).await?;
    Ok(done())
}
