//! Where a session stands with what is asked of the person at it: who must enrol or show a second factor does nothing else
//! before; and who must show anew that it is them is asked, with what they sent kept.

use std::sync::{Arc, OnceLock};

use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Duration, Utc};
use tenure_app::components::{Query, encode};
use tenure_domain::access::Principal;
use tenure_domain::sign_in::{FactorKind, Held, ProvedBy, Stand};
use tenure_services::Proven;
use tenure_store::StoreError;
use tenure_store::factors::parse_policy;

use super::auth::came_from;
use super::session_store::{NowIs, Who};
use super::{Caller, Failure, Web, page_at};

/// What a form said, for who must first show that it is them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    fields: Arc<OnceLock<Query>>,
    /// Whether something was to be changed.
    pub change: bool,
    /// The page of ours on which the form was, as the browser says it.
    pub from: Option<String>,
}

impl Kept {
    pub(super) fn of(request: &Request) -> Self {
        let change = !matches!(*request.method(), Method::GET | Method::HEAD);
        Self { fields: Arc::default(), change, from: came_from(request.headers()).filter(|_| change) }
    }

    /// Keeps a form until the request is answered.
    pub(super) fn keep(&self, fields: &Query) {
        let _ = self.fields.set(fields.clone());
    }

    /// The form; none where it carried a file, or nothing was read.
    pub(crate) fn fields(&self) -> Option<&Query> {
        self.fields.get()
    }
}

/// What somebody proved, and where they stand.
pub(super) fn of(who: &Who, is: &NowIs, principal: &Principal, now: DateTime<Utc>) -> Result<(Proven, Stand), StoreError> {
    let policy = parse_policy(is.policy.as_deref())?;
    let held = Held::of(is.factors.split(',').filter_map(|kind| kind.parse::<FactorKind>().ok()));
    let by_password = who.first == ProvedBy::Password;
    let until = who.proved_at + Duration::minutes(policy.proof_minutes);
    let stand = policy.stand(&principal.roles, held, who.level, by_password, now);
    Ok((Proven { level: who.level, by_password, until }, stand))
}

/// What may be done before the second factor is enrolled or shown.
fn is_open(path: &str, enrols: bool) -> bool {
    let below = |folder: &str| path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    let always = ["/confirm", "/sign-in", "/sign-out", "/set-up", "/preferences"];
    always.into_iter().any(below) || (enrols && below("/account/factors"))
}

/// Where somebody is sent who must do something else first.
pub(super) fn elsewhere(caller: &Caller, path: &str) -> Option<Response> {
    let (enrols, to) = match caller.stand {
        Stand::Fine | Stand::Soon(_) => return None,
        Stand::Enrol { .. } => (true, "/account/factors".to_owned()),
        Stand::Prove { .. } => {
            let back = if caller.kept.change { page_at(caller.kept.from.as_deref().unwrap_or("/")) } else { caller.here.clone() };
            (false, format!("/confirm?back={}", encode(&back)))
        }
    };
    if is_open(path, enrols) {
        return None;
    }
    if path.starts_with("/api/") {
        let words = "Nothing was done: your role asks for a second factor. Open the portal, and enrol or show it there.";
        return Some(Failure::new(StatusCode::FORBIDDEN, "A second factor is needed", words).into_response());
    }
    Some(Redirect::to(&to).into_response())
}

/// Asks who it is: the page that was to be shown is come back to, and a form is kept until then.
pub(super) async fn ask_for_proof(web: &Arc<Web>, caller: &Caller) -> Response {
    if !caller.kept.change {
        return Redirect::to(&format!("/confirm?back={}", encode(&caller.here))).into_response();
    }
    crate::web::ask_for_proof(web, caller).await.unwrap_or_else(IntoResponse::into_response)
}

#[cfg(test)]
mod tests {
    use super::is_open;

    #[test]
    fn who_must_enrol_reaches_that_and_the_way_out_and_nothing_beside_it() {
        for path in ["/account/factors", "/account/factors/app", "/confirm", "/sign-out", "/sign-in/second"] {
            assert!(is_open(path, true), "{path}");
        }
        for path in ["/", "/account", "/account/factorsx", "/account/tokens/new", "/confirmed", "/identities", "/api/v1/identities"] {
            assert!(!is_open(path, true), "{path}");
        }
        assert!(!is_open("/account/factors", false), "what is enrolled is shown before anything is added");
    }
}
