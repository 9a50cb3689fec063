//! From a caller to the frame of a page, and small answers that all handlers give.

use axum::body::Body;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use futures::{Stream, TryStreamExt as _};
use tenure_app::components::{FormErrors, Query};
use tenure_app::layout::{NavItem, ShellUser};
use tenure_app::page::Frame;
use tenure_domain::access::{Portal, actions, authorize};
use tenure_services::{Asked, FieldError, ServiceError};

use crate::assets;
use crate::http::{Caller, Web, form_token};

/// The frame of a page for a caller. `said` is what they just did; empty for nothing.
pub(crate) fn frame(web: &Web, caller: &Caller, said: &str) -> Frame {
    let who = &caller.ctx.principal;
    let sees_access = authorize::<actions::ViewAccess, _>(who, &Portal).is_ok();
    let sees_audit = authorize::<actions::ViewAudit, _>(who, &Portal).is_ok();
    let nav = NavItem::ALL
        .into_iter()
        .filter(|item| match item {
            NavItem::Access => sees_access,
            NavItem::Audit => sees_audit,
            _ => true,
        })
        .collect();
    let note = who.roles.iter().next().map(|role| role.label()).unwrap_or_default();
    Frame {
        user: ShellUser {
            name: who.label.clone(),
            note: capital(note),
            token: form_token(web, &caller.session_key),
            back: caller.here.clone(),
        },
        nav,
        theme: caller.theme,
        density: caller.density,
        nonce: caller.nonce.clone(),
        islands: assets::islands_present(),
        said: said.to_owned(),
        held: caller.held && authorize::<actions::SettleRestore, _>(who, &Portal).is_ok(),
        alarm: caller.alarm && authorize::<actions::ViewBreakGlass, _>(who, &Portal).is_ok(),
        ends: caller.ends.map(|ends| (ends.idle, ends.overall)),
        now: caller.ctx.now,
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Which page of a list the address asks for.
pub(crate) fn page_request(query: &tenure_app::components::Query) -> tenure_store::PageRequest {
    use tenure_store::Cursor;
    tenure_store::PageRequest {
        after: query.get("after").and_then(Cursor::decode),
        before: query.get("before").and_then(Cursor::decode),
        limit: 50,
    }
}

/// A page.
pub(crate) fn html(page: String) -> Response {
    Html(page).into_response()
}

/// A page that shows a form again, with what was typed and what was wrong.
pub(crate) fn again(page: String) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Html(page)).into_response()
}

/// On to another page, after a change.
pub(crate) fn see_other(path: impl AsRef<str>) -> Response {
    Redirect::to(path.as_ref()).into_response()
}

/// What a list as CSV is.
pub(crate) const CSV: &str = "text/csv; charset=utf-8";

/// A file to keep.
pub(crate) fn download(name: &str, kind: &'static str, content: Vec<u8>) -> Response {
    (file(name, kind), content).into_response()
}

/// A file to keep, sent piece by piece, however long it is. Breaks off, and so shows in the browser as a
/// failed download, when a piece cannot be read.
pub(crate) fn download_pieces(
    name: &str,
    kind: &'static str,
    pieces: impl Stream<Item = Result<Vec<u8>, ServiceError>> + Send + 'static,
) -> Response {
    let pieces = pieces.inspect_err(|error| tracing::error!(%error, "a download broke off"));
    (file(name, kind), Body::from_stream(pieces)).into_response()
}

fn file(name: &str, kind: &'static str) -> [(HeaderName, String); 2] {
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
    [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))]
}

/// What a view of a list asks for, as an export keeps it.
pub(crate) fn asked(query: &Query) -> Asked {
    let view = query.first_page().without("col").to_string();
    Asked { view, columns: query.all("col").map(str::to_owned).collect() }
}

/// What was wrong with a form, for its page; Err for what no form can mend.
pub(crate) fn errors(error: ServiceError) -> Result<FormErrors, ServiceError> {
    match error {
        ServiceError::Invalid(faults) => {
            Ok(faults.into_iter().map(|FieldError { field, message }| (field.to_owned(), capital(&message))).collect())
        }
        ServiceError::Refused(words) | ServiceError::Conflict(words) => Ok([(String::new(), capital(&words))].into_iter().collect()),
        error @ (ServiceError::Lifecycle(_) | ServiceError::Credential(_) | ServiceError::Limit(_) | ServiceError::File(_)) => {
            Ok([(String::new(), capital(&error.to_string()))].into_iter().collect())
        }
        other => Err(other),
    }
}
