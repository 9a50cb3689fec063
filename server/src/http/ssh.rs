//! What a host asks when somebody signs in on it: `AuthorizedKeysCommand` of its sshd.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{Extensions, HeaderMap, header};
use axum::response::IntoResponse;
use chrono::Utc;
use tenure_app::components::Query;
use tenure_services::ServiceError;
use tenure_services::ssh::{HostAnswer, keys_for_host};

use super::address::address_of;
use super::auth::bearer;
use super::{Failure, Reply, Route, Web, get};

pub(super) fn routes() -> Vec<Route> {
    // By the token of a host, which is nobody's session: the service looks at it.
    vec![get("/api/ssh/v1/keys", keys).public().plain()]
}

async fn keys(State(web): State<Arc<Web>>, extensions: Extensions, headers: HeaderMap, RawQuery(query): RawQuery) -> Reply {
    let token = bearer(&headers).unwrap_or_default();
    let query = Query::parse(&query.unwrap_or_default());
    let user = query.get("user");
    let from = address_of(&extensions, &headers, &web.trusted_proxies).map(|address| address.to_string()).unwrap_or_default();
    match keys_for_host(&web.app, &token, user.unwrap_or_default(), &from, Utc::now()).await? {
        HostAnswer::Keys(_) if user.is_none() => Err(ServiceError::Refused("say whose keys: ?user=NAME".to_owned()).into()),
        HostAnswer::Keys(lines) => Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], lines).into_response()),
        HostAnswer::Unknown => Err(Failure::unknown_host()),
        HostAnswer::TooOften => Err(Failure::too_often()),
    }
}
