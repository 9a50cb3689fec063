//! The table of routes. The router is built from it, and so are the lists that the coverage tests
//! walk: a route that is not in the table does not exist.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::routing::MethodRouter;

use super::api::Operation;
use super::{Web, limits};
use crate::{assets, web};

/// Who may ask at all. What they may see or change the services decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Anybody.
    Public,
    /// Who is signed in.
    SignedIn,
}

/// What a request passes on its way to a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passes {
    /// Everything: session, same origin, who asks, headers, compression.
    Everything,
    /// Headers and compression: it is for who watches the process, and needs no session.
    Headers,
    /// Nothing: the file has its own headers, may be kept for ever, and is compressed already.
    Nothing,
}

/// A route, for tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteInfo {
    /// `GET`, `POST`, and for programs `PUT`, `PATCH`, `DELETE`.
    pub method: &'static str,
    /// As axum writes it: `/identities/{id}`.
    pub path: &'static str,
    /// Who may ask at all.
    pub guard: Guard,
    /// What a request passes before.
    pub passes: Passes,
}

/// A route with its handler.
pub(crate) struct Route {
    info: RouteInfo,
    handler: MethodRouter<Arc<Web>>,
    upload: bool,
    /// What a program can read of it.
    operation: Option<Operation>,
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

    /// It is an operation of the API.
    pub(super) fn operation(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// It needs no session.
    pub(crate) fn plain(mut self) -> Self {
        self.info.passes = Passes::Headers;
        self
    }

    /// It is a file that is served as it is.
    pub(crate) fn file(mut self) -> Self {
        self.info.passes = Passes::Nothing;
        self
    }
}

/// Functions that make a route of a path and what answers there, each named by its method.
macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident: $method:literal,)*) => {
        $(
            $(#[$doc])*
            pub(crate) fn $name<H, T>(path: &'static str, handler: H) -> Route
            where
                H: Handler<T, Arc<Web>>,
                T: 'static,
            {
                let info = RouteInfo { method: $method, path, guard: Guard::SignedIn, passes: Passes::Everything };
                Route { info, handler: axum::routing::$name(handler), upload: false, operation: None }
            }
        )*
    };
}

methods! {
    /// A page.
    get: "GET",
    /// A change.
    post: "POST",
    /// A replacement.
    put: "PUT",
    /// A change of parts.
    patch: "PATCH",
    /// An end.
    delete: "DELETE",
}

fn all() -> Vec<Route> {
    let mut routes = web::routes();
    routes.extend(super::api::routes());
    routes.extend(super::scim::routes());
    routes.extend(super::ssf::routes());
    routes.extend(super::ssh::routes());
    routes.extend(super::palette::routes());
    routes.extend(super::health::routes());
    routes.push(get(assets::PATH, assets::serve).public().file());
    routes
}

/// Every operation of the API, with its route.
pub(super) fn operations() -> Vec<(RouteInfo, Operation)> {
    all().into_iter().filter_map(|route| Some((route.info, route.operation?))).collect()
}

/// Every route there is.
pub fn route_list() -> Vec<RouteInfo> {
    all().into_iter().map(|r| r.info).collect()
}

/// A router of the routes that pass the same.
pub(super) fn mount(passes: Passes) -> Router<Arc<Web>> {
    let mut router = Router::new();
    for route in all().into_iter().filter(|route| route.info.passes == passes) {
        let handler = if route.upload { route.handler.layer(DefaultBodyLimit::max(limits::UPLOAD)) } else { route.handler };
        router = router.route(route.info.path, handler);
    }
    router
}

/// The page at an address of ours, or the nearest one above it: an address to which forms are sent need
/// not be one that can be looked at.
pub(crate) fn page_at(address: &str) -> String {
    static ROUTES: LazyLock<Vec<RouteInfo>> = LazyLock::new(route_list);
    let (path, _) = address.split_once('?').unwrap_or((address, ""));
    if is_page(&ROUTES, path) {
        return address.to_owned();
    }
    let mut above = path;
    while let Some((parent, _)) = above.rsplit_once('/') {
        if is_page(&ROUTES, parent) {
            return parent.to_owned();
        }
        above = parent;
    }
    "/".to_owned()
}

fn is_page(routes: &[RouteInfo], path: &str) -> bool {
    // Of several that fit, the router takes the one whose words are its own for the longest.
    let best = routes.iter().filter_map(|route| Some((fit(route.path, path)?, route))).max_by_key(|(fit, _)| fit.clone());
    let Some((_, best)) = best else { return false };
    let looked_at = |route: &&RouteInfo| route.path == best.path && route.method == "GET" && route.passes == Passes::Everything;
    routes.iter().any(|route| looked_at(&route)) && !path.starts_with("/api/") && !super::scim::is_scim(path)
}

/// Which parts of the path are the pattern's own words; None when it does not fit.
fn fit(pattern: &str, path: &str) -> Option<Vec<bool>> {
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    if pattern.len() != path.len() {
        return None;
    }
    pattern
        .iter()
        .zip(&path)
        .map(|(own, part)| if own.starts_with('{') { (!part.is_empty()).then_some(false) } else { (own == part).then_some(true) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_only_forms_are_sent_the_page_above_is_come_back_to() {
        for (address, page) in [
            ("/identities?state=active&after=x", "/identities?state=active&after=x"),
            ("/identities/018f/end", "/identities/018f/end"),
            ("/roles/new", "/roles/new"),
            ("/roles/plan", "/roles"),
            ("/rules/match?x=1", "/rules"),
            ("/imports/018f/apply", "/imports/018f"),
            ("/views", "/"),
            ("/", "/"),
            ("", "/"),
            ("/nowhere/at/all", "/"),
            ("/api/v1/me", "/"),
            ("/scim/v2/Users", "/"),
            ("/metrics", "/"),
            ("/assets/x.css", "/"),
        ] {
            assert_eq!(page_at(address), page, "{address}");
        }
    }

    #[test]
    fn what_no_page_is_stands_in_the_table_too() {
        let all = route_list();
        for path in ["/healthz", "/readyz", "/metrics", "/assets/{file}", "/api/fn/{*name}"] {
            assert!(all.iter().any(|route| route.path == path), "{path}");
        }
    }
}
