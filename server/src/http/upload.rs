//! A form that carries a file. The parts are read one after the other and counted while they come,
//! so that nothing larger than the limit is ever held.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tenure_app::components::Query;
use tenure_domain::access::{Action, Portal, Resource, TargetName};
use tokio::sync::OwnedSemaphorePermit;

use super::csrf::check_token;
use super::{Caller, Failure, Posted, Web, limits};

/// The file of a form.
#[derive(Debug, Default)]
pub(crate) struct UploadedFile {
    /// What it is called, without folders.
    pub name: String,
    /// What is in it; empty when it was larger than the limit.
    pub content: Vec<u8>,
    /// Whether it was larger than the limit.
    pub too_large: bool,
}

/// A form with a file that was sent by somebody who may do `A`: that is checked before the body is read,
/// and the form's token before anything else of the body.
#[derive(Debug)]
pub(crate) struct Upload<A> {
    /// The fields.
    pub form: Posted,
    /// The file; empty when none was chosen.
    pub file: UploadedFile,
    /// Held while the file is in memory.
    _place: OwnedSemaphorePermit,
    _action: PhantomData<A>,
}

impl<A> FromRequest<Arc<Web>> for Upload<A>
where
    A: Action<Target = <Portal as Resource>::Key> + Send,
    A::Target: TargetName,
{
    type Rejection = Response;
    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Response> {
        let caller = request.extensions().get::<Caller>().cloned().ok_or_else(|| Failure::unavailable().into_response())?;
        caller.ctx.authorize::<A, _>(&Portal).await.map_err(|refused| Failure::from(refused).into_response())?;
        let (form, file, place) = read_upload(request, web, &caller, tenure_services::people::MAX_UPLOAD).await?;
        Ok(Self { form, file, _place: place, _action: PhantomData })
    }
}

/// Reads a form with a file of so many bytes at most, sent by somebody of whom it is known that they may. The place is
/// to be held while the file is in memory.
pub(crate) async fn read_upload(
    request: Request,
    web: &Arc<Web>,
    caller: &Caller,
    largest: usize,
) -> Result<(Posted, UploadedFile, OwnedSemaphorePermit), Response> {
    // Each may hold a whole file in memory.
    let place = Arc::clone(&web.uploads).try_acquire_owned().map_err(|_| Failure::uploads_busy().into_response())?;
    let mut parts = Multipart::from_request(request, web).await.map_err(|_| Failure::stale_form().into_response())?;
    let mut fields = Vec::new();
    let mut file = UploadedFile::default();
    // A token of an API needs no token of a form.
    let mut checked = check_token(web, caller, None).is_ok();
    while let Some(part) = parts.next_field().await.map_err(|e| refuse(&e))? {
        let name = part.name().unwrap_or_default().to_owned();
        if let Some(file_name) = part.file_name().map(base_name) {
            if !checked {
                return Err(Failure::stale_form().into_response());
            }
            file = take(part, largest).await?;
            file.name = file_name;
            continue;
        }
        let value = take(part, limits::FIELD).await?;
        if value.too_large || fields.len() >= limits::FIELDS {
            return Err(Failure::too_large().into_response());
        }
        let value = String::from_utf8_lossy(&value.content).into_owned();
        if name == "_token" {
            check_token(web, caller, Some(&value)).map_err(IntoResponse::into_response)?;
            checked = true;
        } else if !checked {
            // Our forms send it first.
            return Err(Failure::stale_form().into_response());
        } else {
            fields.push((name, value));
        }
    }
    if checked { Ok((Posted(fields.into_iter().collect::<Query>()), file, place)) } else { Err(Failure::stale_form().into_response()) }
}

/// Reads a part. What is beyond the limit is read too and let go, since a browser shows an answer
/// only when it could send everything.
async fn take(mut part: Field<'_>, limit: usize) -> Result<UploadedFile, Response> {
    let mut taken = UploadedFile::default();
    while let Some(chunk) = part.chunk().await.map_err(|e| refuse(&e))? {
        if taken.content.len() + chunk.len() > limit {
            taken.too_large = true;
            taken.content = Vec::new();
        }
        if !taken.too_large {
            taken.content.extend_from_slice(&chunk);
        }
    }
    Ok(taken)
}

fn refuse(error: &MultipartError) -> Response {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Failure::too_large().into_response() } else { Failure::cut_off().into_response() }
}

/// Some browsers send the folders too.
fn base_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}
