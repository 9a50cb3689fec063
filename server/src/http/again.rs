//! Who asks, asked again: for answers that last, since somebody may end while they are sent.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::Utc;
use tenure_domain::access::Principal;
use tenure_services::accounts;
use tower_sessions::session::Id;
use tower_sessions::{Session, SessionStore as _};

use super::auth::{bearer, person_of};
use super::session_store::Sessions;
use super::{Caller, Web};

/// By what somebody came in. It has no `Debug`: it holds what proves who they are.
#[derive(Clone)]
pub(crate) struct CameBy {
    session: Option<Id>,
    token: Option<String>,
    from: Option<IpAddr>,
}

impl CameBy {
    /// Who that is now; None when the session or token is dead by now, and also when nobody can say.
    pub(crate) async fn who(&self, web: &Arc<Web>) -> Option<Principal> {
        let now = Utc::now();
        let found = match (&self.token, &self.session) {
            (Some(token), _) => accounts::authenticate_token_from(&web.app, token, self.from, now).await.map_err(|e| e.to_string()),
            (None, Some(session)) => {
                let record = Sessions::new(Arc::clone(web)).load(session).await;
                record.map(|record| record.and_then(|record| person_of(&record.data))).map_err(|e| e.to_string())
            }
            (None, None) => Ok(None),
        };
        found.unwrap_or_else(|error| {
            tracing::warn!(%error, "who watches could not be looked up again");
            None
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CameBy {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let from = parts.extensions.get::<Caller>().and_then(|caller| caller.came.ip);
        Ok(Self { session: parts.extensions.get::<Session>().and_then(Session::id), token: bearer(&parts.headers), from })
    }
}
