//! Bodies that are read whole. Anybody may send one: byte by byte it would keep its connection from others for hours.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::{Failure, Web};

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It is longer than may be.
    TooLarge,
    /// It did not come in time.
    TooSlow,
    /// It broke off.
    CutOff,
}

impl From<Unread> for Failure {
    fn from(why: Unread) -> Self {
        match why {
            Unread::TooLarge => Self::too_large(),
            Unread::TooSlow | Unread::CutOff => Self::cut_off(),
        }
    }
}

impl IntoResponse for Unread {
    fn into_response(self) -> Response {
        Failure::from(self).into_response()
    }
}

/// Reads a body within the time of a form, and within the limit of its route.
///
/// # Errors
/// [`Unread`].
pub(crate) async fn read_whole(request: Request, web: &Arc<Web>) -> Result<Bytes, Unread> {
    let read = tokio::time::timeout(web.form_time, Bytes::from_request(request, web)).await;
    read.map_err(|_| Unread::TooSlow)?.map_err(|refused| match refused.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Unread::TooLarge,
        _ => Unread::CutOff,
    })
}

/// A body of at most so many bytes, for what programs send without being signed in.
#[derive(Debug)]
pub(crate) struct Whole<const MOST: usize>(pub Bytes);

impl<const MOST: usize> FromRequest<Arc<Web>> for Whole<MOST> {
    type Rejection = Unread;
    async fn from_request(mut request: Request, web: &Arc<Web>) -> Result<Self, Unread> {
        DefaultBodyLimit::max(MOST).apply(&mut request);
        Ok(Self(read_whole(request, web).await?))
    }
}
