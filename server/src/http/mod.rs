//! HTTP: what every request passes, whatever page it asks for.

pub(crate) mod address;
mod again;
mod api;
mod auth;
mod body;
pub(crate) mod certificate;
pub(crate) mod connections;
mod cookies;
mod csrf;
mod error;
mod health;
mod late;
mod limits;
mod metrics;
mod palette;
mod paper;
mod problem;
mod request_id;
mod routes;
mod scim;
mod security;
mod session_store;
mod ssf;
mod ssh;
mod stand;
mod state;
#[cfg(test)]
mod tests;
mod upload;

pub(crate) use again::CameBy;
pub(crate) use auth::{Caller, SignedIn};
pub(crate) use body::{Unread, Whole, read_whole};
pub(crate) use cookies::{A_YEAR, Cookie, DENSITY, THEME};
pub(crate) use csrf::{Posted, Unbound, form_token};
pub(crate) use error::{Failure, Reply, key};
pub(crate) use paper::record_paper;
pub use routes::{Guard, Passes, RouteInfo, route_list};
pub(crate) use routes::{Route, get, page_at, post};
pub(crate) use session_store::{HALF, HalfIn, WHO, Who};
pub(crate) use state::Web;
pub(crate) use upload::{Upload, read_upload};

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

/// The whole of it.
pub(crate) fn router(web: Arc<Web>) -> Router {
    let sessions = SessionManagerLayer::new(session_store::Sessions::new(Arc::clone(&web)))
        .with_name(cookies::SESSION.name(&web))
        .with_secure(web.is_secure())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnSessionEnd);
    let pages = routes::mount(Passes::Everything)
        .fallback(error::not_found)
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(DefaultBodyLimit::max(limits::FORM))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&web), api::once))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&web), auth::resolve))
        .layer(sessions)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&web), csrf::same_origin));
    let outside = Arc::clone(&web);
    Router::new()
        .merge(pages)
        .merge(routes::mount(Passes::Headers))
        .layer(axum::middleware::from_fn(security::headers))
        .layer(CompressionLayer::new().gzip(true))
        // After compression: these are compressed already.
        .merge(routes::mount(Passes::Nothing))
        .with_state(web)
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(axum::middleware::from_fn(error::for_programs))
        .layer(axum::middleware::from_fn(metrics::measure))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&outside), request_id::give))
        .layer(axum::middleware::from_fn_with_state(outside, security::everywhere))
}
