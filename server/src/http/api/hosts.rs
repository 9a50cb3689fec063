//! `/api/v1/applications/{id}/hosts` and below: hosts that ask for SSH keys.

use axum::extract::Path;
use chrono::{DateTime, Utc};
use serde::Serialize;
use tenure_domain::id::Id as _;
use tenure_services::ssh::{list_hosts, revoke_host};
use tenure_store::ssh::HostRow;
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::done;
use super::ask::Asked;
use super::operation::op;
use super::page::list_query;
use super::{Reply, key};
use crate::http::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/v1/applications/{id}/hosts", list).operation(
            op("listHosts", "Targets", "The hosts of a target that may ask for SSH keys")
                .query::<HostsQuery>()
                .more("A host's token is issued by a person, on the page, and shown there once. Of more than 500 hosts, those whose tokens work.")
                .gives_page::<Host>("A page, by age."),
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
    let mut hosts = list_hosts(&asked.ctx, key(&id)?).await?.hosts;
    // An order that a revocation between two pages does not change.
    hosts.sort_by_key(|host| host.id);
    asked.answer_all(hosts, |host| host.id.uuid(), Host::from)
}

async fn revoke(asked: Asked, Path((id, host)): Path<(String, String)>) -> Reply {
    revoke_host(&asked.ctx, key(&id)?, key(&host)?).await?;
    Ok(done())
}
