//! The table of routes. The router is built from it, and so are the lists that the coverage tests
//! walk: a route that is not in the table does not exist.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::routing::MethodRouter;

use super::{Web, limits};
use crate::web;

/// Who may ask at all. What they may see or change the services decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Anybody.
    Public,
    /// Who is signed in.
    SignedIn,
}

/// A route, for tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteInfo {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// As axum writes it: `/identities/{id}`.
    pub path: &'static str,
    /// Who may ask at all.
    pub guard: Guard,
}

/// A route with its handler.
pub(crate) struct Route {
    info: RouteInfo,
    handler: MethodRouter<Arc<Web>>,
    upload: bool,
}

impl Route {
    /// Anybody may ask.
    pub(crate) fn public(mut self) -> Self {
        self.info.guard = Guard::Public;
        self
    }

    /// It takes files.
    pub(crate) fn upload(mut self) -> Self {
        self.upload = true;
        self
    }
}

/// A page.
pub(crate) fn get<H, T>(path: &'static str, handler: H) -> Route
where
    H: Handler<T, Arc<Web>>,
    T: 'static,
{
    Route { info: RouteInfo { method: "GET", path, guard: Guard::SignedIn }, handler: axum::routing::get(handler), upload: false }
}

/// A change.
pub(crate) fn post<H, T>(path: &'static str, handler: H) -> Route
where
    H: Handler<T, Arc<Web>>,
    T: 'static,
{
    Route { info: RouteInfo { method: "POST", path, guard: Guard::SignedIn }, handler: axum::routing::post(handler), upload: false }
}

fn all() -> Vec<Route> {
    let mut routes = web::routes();
    routes.extend(super::api::routes());
    routes
}

/// Every route there is.
pub fn route_list() -> Vec<RouteInfo> {
    all().into_iter().map(|r| r.info).collect()
}

/// Hangs all routes into a router.
pub(super) fn mount(mut router: Router<Arc<Web>>) -> Router<Arc<Web>> {
    for route in all() {
        let handler = if route.upload { route.handler.layer(DefaultBodyLimit::max(limits::UPLOAD)) } else { route.handler };
        router = router.route(route.info.path, handler);
    }
    router
}
