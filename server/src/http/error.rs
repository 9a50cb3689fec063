//! What went wrong, as an answer: a page for people, problem details (RFC 9457) for programs.

use std::any::Any;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use tenure_app::layout::Theme;
use tenure_services::ServiceError;

use super::Caller;

/// An answer that is not what was asked for.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    title: &'static str,
    words: String,
}

/// What handlers return.
pub(crate) type Reply = Result<Response, Failure>;

impl Failure {
    fn new(status: StatusCode, title: &'static str, words: impl Into<String>) -> Self {
        Self { status, title, words: words.into() }
    }

    /// Nothing is there.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found", "There is nothing at this address, or nothing that you may see.")
    }

    /// Nobody is signed in, and a program asks.
    pub(crate) fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Not signed in", "The token is missing, wrong, over, or its identity has ended.")
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

    /// The status of the answer.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The words of the answer.
    pub(crate) fn words(&self) -> &str {
        &self.words
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Denied(denied) => {
                Self::new(StatusCode::FORBIDDEN, "Not allowed", format!("{denied}. If you need this, ask an administrator."))
            }
            ServiceError::NotFound(what) => {
                Self::new(StatusCode::NOT_FOUND, "Not found", format!("There is no such {what}, or none that you may see."))
            }
            ServiceError::Conflict(words) => Self::new(StatusCode::CONFLICT, "Changed in the meantime", words),
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
            other => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Not done", other.to_string()),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        let page = tenure_app::pages::error::page(self.title, &self.words, "", Theme::default());
        *response.body_mut() = axum::body::Body::from(page);
        response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html; charset=utf-8"));
        response
    }
}

/// Answers for addresses that are nobody's.
pub(crate) async fn not_found(caller: Option<axum::Extension<Caller>>) -> Response {
    let theme = caller.map(|c| c.0.theme).unwrap_or_default();
    let failure = Failure::not_found();
    (failure.status, Html(tenure_app::pages::error::page(failure.title, &failure.words, "", theme))).into_response()
}

/// Answers for a panic: a fault of ours, and the person is told so.
pub(crate) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    let words = "Something is wrong in Tenure itself. The log says more; nothing half-done was kept.";
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        HeaderMap::new(),
        Html(tenure_app::pages::error::page("A fault of ours", words, "", Theme::default())),
    )
        .into_response()
}
