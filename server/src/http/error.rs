//! What went wrong, as an answer: a page for people, problem details (RFC 9457) for programs.

use std::any::Any;

use axum::Extension;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use tenure_app::layout::Theme;
use tenure_domain::access::{Denied, TokenScope};
use tenure_services::ServiceError;

use super::problem::{Fault, Problem};
use super::{Caller, scim, ssf};

/// An answer that is not what was asked for.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    title: &'static str,
    words: String,
    faults: Vec<Fault>,
    /// The scope that a token lacks.
    lacks: Option<TokenScope>,
    /// It is not refused: a person must first show anew that it is them.
    proof: bool,
}

/// That a person must first show anew that it is them: [`super::stand`] asks for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AsksForProof;

/// What handlers return.
pub(crate) type Reply = Result<Response, Failure>;

impl Failure {
    pub(super) fn new(status: StatusCode, title: &'static str, words: impl Into<String>) -> Self {
        Self { status, title, words: words.into(), faults: Vec::new(), lacks: None, proof: false }
    }

    /// With the places that are at fault, for programs.
    pub(super) fn at(mut self, faults: Vec<Fault>) -> Self {
        self.faults = faults;
        self
    }

    /// Nothing is there.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found", "There is nothing at this address, or nothing that you may see.")
    }

    /// Nobody is signed in, and a program asks.
    pub(crate) fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Not signed in", "The token is missing, wrong, over, or its identity has ended.")
    }

    /// A session wants to change something at an address for programs.
    pub(super) fn needs_token() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "A token is needed",
            "A session may only look here. Send `Authorization: Bearer …` with an API token that may change something.",
        )
    }

    /// A host asks by the token of none.
    pub(crate) fn unknown_host() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Not a known host", "The token of the host is missing, wrong or over.")
    }

    /// A host asks more often than it may.
    pub(crate) fn too_often() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too often", "This host asked as often as it may within a minute. Ask again in a moment.")
    }

    /// A form came from elsewhere.
    pub(crate) fn foreign_form() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Not from here",
            "This change did not come from a page of Tenure, so it was not made. Open the page here and try again.",
        )
    }

    /// A form of an older session.
    pub(crate) fn stale_form() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "This form is too old",
            "You signed in again since the page was opened, so nothing was changed. Go back, load the page again and repeat.",
        )
    }

    /// An address that is not asked this way.
    fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "Nothing to see here",
            "This address only takes forms that are sent to it. Go back to the page with the form.",
        )
    }

    /// As many files as can be taken at once are on their way.
    pub(crate) fn uploads_busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Busy",
            "Others are sending files just now. Yours was not taken, and nothing was changed. Send it again in a moment.",
        )
    }

    /// As many pages move by themselves as the process can keep up with.
    pub(crate) fn live_busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Busy",
            "Too many records are watched just now, so this page does not move by itself. Refresh it to see what has changed.",
        )
    }

    /// As many pages of one session move by themselves as one may have.
    pub(crate) fn live_enough() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "Enough pages are open",
            "You watch as many records at once as one may. Close another one, or refresh this page to see what has changed.",
        )
    }

    /// More than is taken.
    pub(crate) fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Too large", "This is more than can be taken at once; nothing was changed.")
    }

    /// A form of which only a part arrived.
    pub(crate) fn cut_off() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "Not all of it arrived",
            "The file or form was cut off on its way; nothing was changed. Send it again.",
        )
    }

    /// The database or a key does not answer.
    pub(crate) fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Not available",
            "Tenure cannot reach its database now. Nothing was changed. Try again in a moment.",
        )
    }

    /// The words of the answer.
    pub(crate) fn words(&self) -> &str {
        &self.words
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Denied(Denied { lacks: lacks @ Some(_), .. }) => Self {
                lacks,
                ..Self::new(StatusCode::FORBIDDEN, "Not within its scopes", format!("{error}. Use a token that was issued with it."))
            },
            ServiceError::Elsewhere(elsewhere) => Self::new(
                StatusCode::FORBIDDEN,
                "Not from there",
                format!("{elsewhere}. Whoever issued it named the networks from which it may be used."),
            ),
            ServiceError::Denied(denied) => {
                // A list that is refused as a whole leaves no event of its own.
                tracing::warn!(refused = "action", action = denied.action.as_str(), "somebody who may not asked for something");
                Self::new(StatusCode::FORBIDDEN, "Not allowed", format!("{denied}. If you need this, ask an administrator."))
            }
            ServiceError::Proof => Self {
                proof: true,
                ..Self::new(
                    StatusCode::FORBIDDEN,
                    "Is it you?",
                    "Nothing was changed: this asks for a fresh proof that it is you. Sign in again, and repeat it.",
                )
            },
            ServiceError::NotFound(what) => {
                Self::new(StatusCode::NOT_FOUND, "Not found", format!("There is no such {what}, or none that you may see."))
            }
            ServiceError::Conflict(words) => Self::new(StatusCode::CONFLICT, "Changed in the meantime", words),
            ServiceError::Over(error) => Self::new(StatusCode::UNAUTHORIZED, "Signed out", format!("{error}.")),
            ServiceError::Busy => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "Busy", "Too much at once. Nothing was changed. Try again in a moment.")
            }
            ServiceError::Store(error) => {
                tracing::error!(%error, "the store failed");
                Self::unavailable()
            }
            ServiceError::Vault(error) => {
                tracing::error!(%error, "the vault failed");
                Self::unavailable()
            }
            ServiceError::Invalid(ref faults) => {
                let places = faults.iter().map(|f| Fault::pointer(format!("/{}", f.field), f.message.clone())).collect();
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Not done", error.to_string()).at(places)
            }
            other => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Not done", other.to_string()),
        }
    }
}

impl Failure {
    /// The page of it. It carries its words along, for [`for_programs`].
    fn page(self, theme: Theme) -> Response {
        let mut response = (self.status, Html(tenure_app::pages::error::page(self.title, &self.words, "", theme))).into_response();
        let headers = response.headers_mut();
        match self.status {
            // What a program has to show.
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Tenure\""));
            }
            // As RFC 6750, 3.1, has it.
            StatusCode::FORBIDDEN => {
                let challenge = self.lacks.map(|scope| format!("Bearer realm=\"Tenure\", error=\"insufficient_scope\", scope=\"{scope}\""));
                if let Some(Ok(challenge)) = challenge.map(HeaderValue::try_from) {
                    headers.insert(header::WWW_AUTHENTICATE, challenge);
                }
            }
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        if self.proof {
            response.extensions_mut().insert(AsksForProof);
        }
        response.extensions_mut().insert(Said { title: self.title, words: self.words, faults: self.faults });
        response
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.page(Theme::default())
    }
}

/// The words of a failure, beside its page.
#[derive(Debug, Clone)]
struct Said {
    title: &'static str,
    words: String,
    faults: Vec<Fault>,
}

/// Whether a program asks.
fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/")
}

/// Turns the page of a failure into problem details where a program asked, whichever part of the server
/// refused it.
pub(crate) async fn for_programs(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let program = is_for_programs(&path);
    let response = next.run(request).await;
    if scim::is_scim(&path) {
        let failed = response.status().is_client_error() || response.status().is_server_error();
        let words = response.extensions().get::<Said>().map_or_else(|| UNREAD.to_owned(), |said| said.words.clone());
        return if failed { scim::refused(response, &words) } else { response };
    }
    if !program || response.extensions().get::<ssf::Said>().is_some() {
        return response;
    }
    let said = response.extensions().get::<Said>().cloned().or_else(|| unsaid(&path, &response));
    match said {
        Some(said) => problem(response, said, path),
        None => response,
    }
}

const UNREAD: &str = "The request was refused before it was read; nothing was changed.";

/// What is said of a failure that is none of ours: a layer below refused the request. The palette's
/// functions have a language of their own.
fn unsaid(path: &str, response: &Response) -> Option<Said> {
    let status = response.status();
    let failed = (status.is_client_error() || status.is_server_error()) && !path.starts_with("/api/fn/");
    let title = status.canonical_reason().unwrap_or("Failed");
    failed.then(|| Said { title, words: UNREAD.to_owned(), faults: Vec::new() })
}

fn problem(mut response: Response, said: Said, instance: String) -> Response {
    let problem = Problem {
        r#type: "about:blank".to_owned(),
        title: said.title.to_owned(),
        status: response.status().as_u16(),
        detail: said.words,
        instance,
        errors: said.faults,
    };
    *response.body_mut() = Body::from(serde_json::to_vec(&problem).unwrap_or_default());
    let headers = response.headers_mut();
    // They spoke of the page.
    for name in [header::CONTENT_LENGTH, header::CONTENT_ENCODING] {
        headers.remove(name);
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

fn theme(caller: Option<Extension<Caller>>) -> Theme {
    caller.map(|c| c.0.theme).unwrap_or_default()
}

/// Answers for addresses that are nobody's.
pub(crate) async fn not_found(caller: Option<Extension<Caller>>) -> Response {
    Failure::not_found().page(theme(caller))
}

/// Answers for addresses that are not asked this way. The router adds how they are.
pub(crate) async fn method_not_allowed(caller: Option<Extension<Caller>>) -> Response {
    Failure::method_not_allowed().page(theme(caller))
}

/// Answers for a panic: a fault of ours, and the person is told so.
pub(crate) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    let words = "Something is wrong in Tenure itself. The log says more; nothing half-done was kept.";
    Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "A fault of ours", words).into_response()
}

/// A key in an address. One that is none is nobody's.
pub(crate) fn key<T: std::str::FromStr>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| Failure::not_found())
}
