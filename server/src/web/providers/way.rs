//! `/sign-in/providers/{id}` and below: to a provider, back from it, and what it says is over.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CONTENT_TYPE, REFRESH, SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use chrono::Utc;
use serde_json::json;
use tenure_app::components::{FormErrors, Query};
use tenure_app::pages::sign_in::{SignIn, forward_page, page};
use tenure_services::ServiceError;
use tenure_services::factors::passkeys_work;
use tenure_services::sign_in::{
    ATTEMPT_MINUTES, Answer, Begun, Came as CameBack, NoSignIn, back_channel_logout, begin_sign_in, finish_sign_in, front_channel_logout,
    ways_of_sign_in,
};
use tower_sessions::Session;

use crate::http::{Caller, Cookie, Failure, Reply, Unbound, Web, Whole};
use crate::web::confirm::proved;
use crate::web::read::key;
use crate::web::second::go_on;
use crate::web::see_other;
use crate::web::sign_in::own_path;

/// A form of a provider with a token is not longer.
const MOST_BYTES: usize = 2 * tenure_services::signals::MOST_SET_BYTES;

/// What a browser is known by until it is signed in.
const ATTEMPT: Cookie = Cookie::new("tenure-sso", "__Host-tenure-sso");

/// A page that sends the browser on by itself. A redirect would not do: the content policy lets forms lead to this
/// portal alone, and Chromium holds redirects of a form to that.
pub(in crate::web) fn forward(caller: &Caller, title: &str, words: &str, url: &str) -> Response {
    let mut response = Html(forward_page(title, words, url, caller.theme)).into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("0; url={url}")) {
        response.headers_mut().insert(REFRESH, value);
    }
    response
}

pub(super) async fn begin(
    State(web): State<Arc<Web>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Unbound(form): Unbound,
) -> Reply {
    let next = own_path(&form.text("next"));
    match begin_sign_in(&caller.ctx, &web.origin, key(&id)?, &known(&web, &headers), &next, None, &caller.came.network).await {
        Ok(found) => Ok(begun(&web, &caller, &found)),
        Err(no) => no_way(&web, &caller, next, no).await,
    }
}

/// What a browser is known by that has begun a sign-in.
pub(in crate::web) fn known(web: &Web, headers: &HeaderMap) -> String {
    ATTEMPT.of(web, headers)
}

/// The page that sends a browser on to a provider.
pub(in crate::web) fn begun(web: &Web, caller: &Caller, begun: &Begun) -> Response {
    let title = format!("On to {}", begun.provider);
    let words = format!("You sign in at {} and come back here.", begun.provider);
    let mut response = forward(caller, &title, &words, &begun.url);
    if let Some(value) = ATTEMPT.set(web, &begun.browser, ATTEMPT_MINUTES * 60) {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

pub(super) async fn finish(
    State(web): State<Arc<Web>>,
    caller: Caller,
    Path(id): Path<String>,
    session: Session,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let text = |name: &str| query.get(name).unwrap_or_default().to_owned();
    let given = |name: &str| query.get(name).map(str::to_owned);
    let answer = Answer { state: text("state"), code: text("code"), iss: given("iss"), error: given("error") };
    let browser = headers.get(USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let known = known(&web, &headers);
    match finish_sign_in(&caller.ctx, &web.origin, key(&id)?, &known, &answer, browser).await {
        Ok(finished) => {
            let next = own_path(&finished.next);
            let mut response = match finished.came {
                CameBack::In(step) => go_on(&caller, &session, step, next).await?,
                CameBack::Proved(confirmed) => {
                    proved(&caller, &session, confirmed).await?;
                    see_other(next)
                }
            };
            if let Some(value) = ATTEMPT.set(&web, "", 0) {
                response.headers_mut().append(SET_COOKIE, value);
            }
            Ok(response)
        }
        Err(no) => no_way(&web, &caller, no.next, no.why).await,
    }
}

/// The page of sign-in again, with why not: the other ways stand on it, and the password of the portal.
pub(in crate::web) async fn no_way(web: &Web, caller: &Caller, next: String, no: NoSignIn) -> Reply {
    let (status, words) = match no {
        NoSignIn::Refused(why) => {
            (StatusCode::FORBIDDEN, format!("You are not signed in: {why}. If you need help, show this to an administrator."))
        }
        NoSignIn::Down(why) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("You are not signed in: {why}. Try again in a moment, or sign in another way."))
        }
        NoSignIn::Failed(error) => return Err(error.into()),
    };
    let errors: FormErrors = [(String::new(), words)].into_iter().collect();
    let ways = ways(web).await?;
    Ok((
        status,
        Html(page(
            SignIn { next, errors, ways, passkeys: passkeys_work(&web.app), nonce: caller.nonce.clone(), ..SignIn::default() },
            caller.theme,
        )),
    )
        .into_response())
}

/// The providers, as the page of sign-in has them.
pub(in crate::web) async fn ways(web: &Web) -> Result<Vec<(String, String)>, ServiceError> {
    Ok(ways_of_sign_in(&web.app).await?.into_iter().map(|(id, name)| (id.to_string(), name)).collect())
}

/// Takes a logout token: 200 when it was taken, 400 with the reason (Back-Channel Logout 1.0, 2.8).
pub(super) async fn back_channel(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Whole(body): Whole<MOST_BYTES>,
) -> Reply {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_form = kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded");
    let form = std::str::from_utf8(&body).ok().filter(|_| is_form).map(Query::parse);
    let Some(token) = form.as_ref().and_then(|form| form.get("logout_token")) else {
        return Ok(not_taken("send logout_token in a form"));
    };
    match back_channel_logout(&web.app, key(&id)?, token, Utc::now()).await {
        Ok(_) => Ok(StatusCode::OK.into_response()),
        Err(NoSignIn::Refused(why) | NoSignIn::Down(why)) => Ok(not_taken(&why)),
        Err(NoSignIn::Failed(error)) => Err(Failure::from(error)),
    }
}

fn not_taken(why: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_request", "error_description": why }))).into_response()
}

/// Ends one session because a page of the provider asks in a frame. It is not shown in one: the content policy forbids
/// that, and the provider need not see it.
pub(super) async fn front_channel(State(web): State<Arc<Web>>, Path(id): Path<String>, RawQuery(query): RawQuery) -> Reply {
    let query = Query::parse(&query.unwrap_or_default());
    let text = |name: &str| query.get(name).unwrap_or_default();
    match front_channel_logout(&web.app, key(&id)?, text("iss"), text("sid"), Utc::now()).await {
        Ok(_) => Ok((StatusCode::OK, "signed out\n").into_response()),
        Err(NoSignIn::Refused(why) | NoSignIn::Down(why)) => Ok((StatusCode::BAD_REQUEST, format!("{why}\n")).into_response()),
        Err(NoSignIn::Failed(error)) => Err(Failure::from(error)),
    }
}
