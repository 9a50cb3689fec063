//! Requests through the whole router, in process, on both engines.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, header};
use metrics_exporter_prometheus::PrometheusBuilder;
use tenure_domain::access::TokenScopes;
use tenure_domain::id::IdentityId;
use tenure_services::credentials::{NewToken, issue_token};
use tenure_services::identities::{NewIdentity, create_identity};
use tenure_services::{App, accounts, testing};
use tower::ServiceExt as _;

use super::{Web, router};

mod api;
mod door;
mod factors;
mod idempotency;
mod live;
mod rest_more;

const HOST: &str = "tenure.test";
const PASSWORD: &str = "kettle marsh violin 27";

/// A server, and a browser that keeps its cookie.
struct Portal {
    engine: String,
    app: Arc<App>,
    web: Arc<Web>,
    router: Router,
    cookie: String,
}

struct Reply {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Reply {
    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn location(&self) -> &str {
        self.header(header::LOCATION)
    }

    /// The token of the page's first form.
    fn token(&self) -> String {
        let (_, rest) = self.text.split_once("name=\"_token\" value=\"").expect(&self.text);
        rest.split('"').next().unwrap().to_owned()
    }
}

async fn portals() -> Vec<Portal> {
    portals_with(|_| ()).await
}

async fn portals_with(change: impl Fn(&mut Web)) -> Vec<Portal> {
    let portal = |(engine, app): (String, Arc<App>)| {
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let mut web = Web::new(Arc::clone(&app), format!("http://{HOST}"), Vec::new(), metrics);
        change(&mut web);
        let web = Arc::new(web);
        Portal { engine, app, router: router(Arc::clone(&web)), web, cookie: String::new() }
    };
    testing::apps().await.into_iter().map(portal).collect()
}

fn form(fields: &[(&str, &str)]) -> Body {
    Body::from(tenure_app::components::Query::from_iter(fields.iter().copied()).to_string())
}

impl Portal {
    async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Reply {
        let mut request = Request::builder().method(method).uri(path).header("host", HOST);
        if method == "POST" {
            request = request.header("origin", &self.web.origin).header("sec-fetch-site", "same-origin");
        }
        if !self.cookie.is_empty() {
            request = request.header("cookie", &self.cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 9))));
        let response = self.router.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let session = cookie.to_str().unwrap().split(';').next().filter(|cookie| cookie.starts_with("tenure="));
            self.cookie = session.map_or_else(|| self.cookie.clone(), str::to_owned);
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Reply { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    async fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, &[], Body::empty()).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.send("POST", path, &[], form(fields)).await
    }

    /// Sets the administrator's password and signs in. Gives the token of the link that was used.
    async fn administrator(&mut self) -> String {
        let ctx = testing::admin_ctx(&self.app);
        let link = accounts::first_administrator(&ctx).await.unwrap().unwrap().token.expose().to_owned();
        self.post("/set-up", &[("token", &link), ("password", PASSWORD), ("repeated", PASSWORD)]).await;
        let reply = self.post("/sign-in", &[("user_name", "admin"), ("password", PASSWORD), ("next", "/")]).await;
        assert_eq!(reply.status, 303, "{}: {}", self.engine, reply.text);
        link
    }

    async fn person(&self, name: &str) -> IdentityId {
        let new = NewIdentity::person(name, name);
        create_identity(&testing::admin_ctx(&self.app), &new).await.unwrap()
    }

    /// The header of a token of an employee.
    async fn employee(&self) -> String {
        let identity_id = self.person("emil").await;
        let new = NewToken {
            identity_id,
            label: "t".to_owned(),
            purpose: "p".to_owned(),
            scopes: TokenScopes::all(),
            networks: Default::default(),
            days: 1,
            once: None,
        };
        format!("Bearer {}", issue_token(&testing::admin_ctx(&self.app), &new).await.unwrap().token.expose())
    }
}

#[tokio::test]
async fn an_address_for_forms_says_so_when_it_is_looked_at() {
    for mut portal in portals().await {
        for path in ["/roles/plan", "/imports/0190/apply", "/views", "/sign-out"] {
            let reply = portal.get(path).await;
            assert_eq!((reply.status, reply.header(header::ALLOW)), (405, "POST"), "{}: {path}", portal.engine);
            assert!(reply.text.contains("<h1>") && reply.text.contains("href=\"/\""), "{path}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn a_program_is_told_what_is_wrong_in_its_own_language() {
    for mut portal in portals().await {
        for (method, path, status) in
            [("GET", "/api/v1/me", 401), ("GET", "/api/v1/identities/x", 401), ("GET", "/api/v2", 404), ("POST", "/api/v1/me", 405)]
        {
            let reply = portal.send(method, path, &[("accept-encoding", "gzip")], Body::empty()).await;
            assert_eq!(reply.status, status, "{path}");
            assert_eq!(reply.header(header::CONTENT_TYPE), "application/problem+json", "{path}");
            let problem: serde_json::Value = serde_json::from_str(&reply.text).expect(&reply.text);
            assert_eq!(problem["status"], status, "{path}: {problem}");
            assert!(!problem["detail"].as_str().unwrap().is_empty(), "{path}");
            assert_eq!(reply.header(header::WWW_AUTHENTICATE).starts_with("Bearer"), status == 401, "{path}");
        }
        // Also where a layer below refuses it, which says nothing of ours.
        let token = portal.employee().await;
        let reply = portal.send("GET", "/api/v1/identities/%ff", &[("authorization", &token)], Body::empty()).await;
        assert_eq!((reply.status, reply.header(header::CONTENT_TYPE)), (400, "application/problem+json"), "{}", reply.text);
        // The palette's functions are among the routes, and find for whom may look.
        let found = async |portal: &mut Portal, headers: &[(&str, &str)]| {
            let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
            all.extend(headers);
            portal.send("POST", "/api/fn/search_palette", &all, form(&[("_token", ""), ("query", "emil")])).await
        };
        let reply = found(&mut portal, &[("authorization", &token)]).await;
        assert!(reply.status == 200 && reply.text.contains("/identities/"), "{}: {}", reply.status, reply.text);
        let reply = found(&mut portal, &[]).await;
        assert_eq!((reply.status, reply.header(header::CONTENT_TYPE)), (401, "application/problem+json"));
        // A person is told in theirs.
        let reply = portal.get("/nowhere").await;
        assert!(reply.header(header::CONTENT_TYPE).starts_with("text/html"));
    }
}

#[tokio::test]
async fn who_may_not_import_is_refused_before_the_file_is_read() {
    for mut portal in portals().await {
        let token = portal.employee().await;
        let headers = [("authorization", token.as_str()), ("content-type", "multipart/form-data; boundary=x")];
        // Whoever reads it waits for ever.
        let endless = Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        let asked = portal.send("POST", "/imports/new", &headers, endless);
        let reply = tokio::time::timeout(std::time::Duration::from_secs(20), asked).await.expect("it was read");
        assert_eq!(reply.status, 403, "{}", portal.engine);
    }
}

#[tokio::test]
async fn a_form_that_comes_byte_by_byte_is_cut_off() {
    for mut portal in portals_with(|web| web.form_time = std::time::Duration::from_millis(40)).await {
        let logout = format!("/sign-in/providers/{}/logout", uuid::Uuid::nil());
        for (path, kind) in [
            ("/sign-in", "application/x-www-form-urlencoded"),
            (logout.as_str(), "application/x-www-form-urlencoded"),
            ("/api/ssf/v1/events", "application/secevent+jwt"),
        ] {
            // Each byte comes, so nothing else would ever end it.
            let drops = futures::stream::unfold((), async |()| {
                tokio::task::yield_now().await;
                Some((Ok::<_, std::io::Error>(Vec::new()), ()))
            });
            let reply = portal.send("POST", path, &[("content-type", kind)], Body::from_stream(drops)).await;
            assert_eq!(reply.status, 400, "{}: {path}", portal.engine);
            assert!(reply.text.contains("Not all of it arrived"), "{path}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn as_many_files_are_taken_at_once_as_there_is_room_for() {
    for mut portal in portals().await {
        portal.administrator().await;
        let token = portal.get("/imports/new").await.token();
        let field = |name: &str, value: &str| format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        let headers = [("content-type", "multipart/form-data; boundary=x")];
        let body = |more: &str| Body::from(format!("{}{more}--x--\r\n", field("_token", &token)));

        let places = Arc::clone(&portal.web.uploads);
        let taken = places.acquire_many(u32::try_from(super::limits::UPLOADS).unwrap()).await.unwrap();
        let reply = portal.send("POST", "/imports/new", &headers, body("")).await;
        assert_eq!(reply.status, 503, "{}", portal.engine);
        assert!(reply.text.contains("Others are sending files") && !reply.header(header::RETRY_AFTER).is_empty(), "{}", reply.text);
        drop(taken);
        // The form is there again, with what is missing.
        assert_eq!(portal.send("POST", "/imports/new", &headers, body("")).await.status, 422, "{}", portal.engine);
        let large = field("source", &"x".repeat(super::limits::FIELD + 1));
        assert_eq!(portal.send("POST", "/imports/new", &headers, body(&large)).await.status, 413, "{}", portal.engine);
        let many = field("source", "x").repeat(super::limits::FIELDS + 1);
        assert_eq!(portal.send("POST", "/imports/new", &headers, body(&many)).await.status, 413, "{}", portal.engine);
    }
}

#[tokio::test]
async fn a_form_that_comes_after_the_session_leads_back_to_its_page_and_says_that_nothing_was_changed() {
    for mut portal in portals().await {
        let from = format!("http://{HOST}/identities/new?kind=service");
        let reply = portal.send("POST", "/identities/new", &[("referer", &from)], form(&[("user_name", "x")])).await;
        assert_eq!((reply.status, reply.location()), (303, "/sign-in?next=%2Fidentities%2Fnew%3Fkind%3Dservice&lost=1"));
        let page = portal.get(reply.location()).await;
        assert!(page.text.contains("You were signed out.") && page.text.contains("Your change was not made."), "{}", page.text);
        // From an address that cannot be looked at, to the one above it.
        let from = format!("http://{HOST}/roles/plan");
        let reply = portal.send("POST", "/roles/apply", &[("referer", &from)], form(&[])).await;
        assert_eq!(reply.location(), "/sign-in?next=%2Froles&lost=1");
    }
}

#[tokio::test]
async fn a_link_works_in_a_browser_in_which_somebody_is_signed_in_and_says_afterwards_that_it_was_used() {
    for mut portal in portals().await {
        let used = portal.administrator().await;
        let nadia = portal.person("nadia").await;
        let link = accounts::invite(&testing::admin_ctx(&portal.app), nadia).await.unwrap().expose().to_owned();
        let fields = [("_token", ""), ("token", link.as_str()), ("password", PASSWORD), ("repeated", PASSWORD)];
        let reply = portal.post("/set-up", &fields).await;
        assert_eq!((reply.status, reply.location()), (303, "/sign-in"), "{}: {}", portal.engine, reply.text);
        // The second click, and a look at the link.
        for reply in [portal.post("/set-up", &fields).await, portal.get(&format!("/set-up?token={used}")).await] {
            assert_eq!(reply.status, 200, "{}", portal.engine);
            assert!(reply.text.contains("Your password is set") && reply.text.contains("href=\"/sign-in\""), "{}", reply.text);
        }
        assert_eq!(portal.get("/set-up?token=tnl_wrong").await.status, 422);
    }
}

#[tokio::test]
async fn a_second_click_issues_no_second_token_and_a_second_end_shows_what_the_first_did() {
    for mut portal in portals().await {
        portal.administrator().await;
        let token = portal.get("/account/tokens/new").await.token();
        let fields = [("_token", token.as_str()), ("label", "nightly"), ("purpose", "reports"), ("access", "read"), ("days", "30")];
        assert_eq!(portal.post("/account/tokens/new", &fields).await.status, 200, "{}", portal.engine);
        let again = portal.post("/account/tokens/new", &fields).await;
        assert_eq!(again.status, 422, "{}", portal.engine);
        assert!(again.text.contains("its token was made then"), "{}", again.text);

        let nadia = portal.person("nadia").await;
        let (end, ended) = (format!("/identities/{nadia}/end"), format!("/identities/{nadia}/ended"));
        let fields = [("_token", token.as_str()), ("reason", "left"), ("confirm", "nadia")];
        for click in 1..=2 {
            let reply = portal.post(&end, &fields).await;
            assert_eq!((reply.status, reply.location()), (303, ended.as_str()), "{} click {click}: {}", portal.engine, reply.text);
        }
        assert_eq!(portal.get(&end).await.location(), ended);
    }
}

/// SQL that makes all sessions look as if they had not been used for a while.
fn long_ago(app: &App) -> &'static str {
    match app.store.engine() {
        tenure_store::Engine::Sqlite => {
            "UPDATE portal_sessions SET last_seen_at = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-10 minutes')"
        }
        tenure_store::Engine::Postgres => "UPDATE portal_sessions SET last_seen_at = now() - INTERVAL '10 minutes'",
    }
}

#[tokio::test]
async fn a_page_is_served_while_somebody_else_writes() {
    for mut portal in portals().await {
        portal.administrator().await;
        // As if the session had not been used for a while.
        tenure_store::testing::execute_raw(&portal.app.store, long_ago(&portal.app)).await.unwrap();
        let import = portal.app.store.write().await.unwrap();
        let reply = tokio::time::timeout(std::time::Duration::from_secs(20), portal.get("/api/v1/me")).await.expect("nobody waits");
        assert_eq!(reply.status, 200, "{}", portal.engine);
        drop(import);
    }
}

#[tokio::test]
async fn every_answer_asks_for_tls_alone_and_is_shown_in_no_frame() {
    let secured = |web: &mut Web| web.origin = format!("https://{HOST}");
    let known = crate::assets::href("icons.svg");
    for mut portal in portals_with(secured).await {
        for path in ["/sign-in", "/identities", "/nowhere", "/healthz", "/api/v1/me", "/scim/v2/Users", "/assets/nothing.css", known] {
            let reply = portal.get(path).await;
            assert_eq!(reply.header(header::STRICT_TRANSPORT_SECURITY), "max-age=63072000; includeSubDomains", "{path}");
            assert_eq!(reply.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
            let policy = reply.header(header::CONTENT_SECURITY_POLICY);
            for part in ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
                assert!(policy.contains(part), "{path}: {policy}");
            }
        }
        let reply = portal.get(known).await;
        assert!(reply.header(header::CACHE_CONTROL).contains("immutable"), "a file keeps what it says of itself");
    }
    for mut portal in portals().await {
        let reply = portal.get("/sign-in").await;
        assert_eq!(reply.header(header::STRICT_TRANSPORT_SECURITY), "", "without TLS nothing is asked for");
    }
}

#[tokio::test]
async fn a_choice_of_colours_comes_back_to_a_page() {
    for mut portal in portals().await {
        portal.administrator().await;
        let token = portal.get("/account").await.token();
        for (back, page) in [("/roles/plan", "/roles"), ("/identities?state=active", "/identities?state=active"), ("//evil.example", "/")] {
            let reply = portal.post("/preferences", &[("_token", &token), ("theme", "dark"), ("back", back)]).await;
            assert_eq!((reply.status, reply.location()), (303, page), "{}", portal.engine);
        }
    }
}

#[tokio::test]
async fn a_cookie_of_colours_is_of_this_host_alone_where_there_is_tls() {
    let secured = |web: &mut Web| web.origin = format!("https://{HOST}");
    for mut portal in portals_with(secured).await {
        let token = portal.employee().await;
        let fields = form(&[("theme", "dark"), ("density", "compact"), ("back", "/")]);
        let reply = portal.send("POST", "/preferences", &[("authorization", token.as_str())], fields).await;
        let set: Vec<&str> = reply.headers.get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap()).collect();
        assert_eq!(set.len(), 2, "{}: {set:?} {}", portal.engine, reply.text);
        for cookie in set {
            assert!(cookie.starts_with("__Host-") && cookie.contains("; HttpOnly") && cookie.ends_with("; Secure"), "{cookie}");
        }
        let sent = [("authorization", token.as_str()), ("cookie", "__Host-theme=dark; theme=light")];
        let page = portal.send("GET", "/account", &sent, Body::empty()).await;
        assert!(page.text.contains("data-theme=\"dark\""), "{}: the choice is found again", portal.engine);
    }
}

#[tokio::test]
async fn a_shown_column_can_be_hidden_again_and_the_file_has_the_columns_of_the_view() {
    for mut portal in portals().await {
        portal.administrator().await;
        for (list, file, column, head) in
            [("/identities", "/identities.csv", "email", "email"), ("/credentials", "/credentials.csv", "rotated", "rotated_at")]
        {
            let page = portal.get(&format!("{list}?col={column}")).await;
            assert!(!page.text.contains("type=\"hidden\" name=\"col\""), "a box that is unticked would be sent all the same");
            let with = portal.get(&format!("{file}?col={column}")).await.text;
            let without = portal.get(file).await.text;
            let heads = |csv: &str| csv.lines().next().unwrap().split(',').any(|name| name == head);
            assert!(heads(&with) && !heads(&without), "{}: {with}", portal.engine);
        }
    }
}

/// An identity provider: a service with the role of a provisioner. Gives the header of its token.
async fn provider(portal: &Portal) -> String {
    let ctx = testing::admin_ctx(&portal.app);
    let owner = portal.person("otto").await;
    let service = tenure_domain::identity::IdentityKind::Service;
    let new = NewIdentity { kind: service, purpose: "p".to_owned(), owner_id: Some(owner), ..NewIdentity::person("idp", "IdP") };
    let identity_id = create_identity(&ctx, &new).await.unwrap();
    accounts::set_portal_role(&ctx, identity_id, tenure_domain::access::PortalRole::Provisioner, true).await.unwrap();
    let new = NewToken {
        identity_id,
        label: "t".to_owned(),
        purpose: "p".to_owned(),
        scopes: TokenScopes::all(),
        networks: Default::default(),
        days: 1,
        once: None,
    };
    format!("Bearer {}", issue_token(&ctx, &new).await.unwrap().token.expose())
}

#[tokio::test]
async fn an_identity_provider_makes_reads_and_ends_a_user_and_is_told_everything_in_scim() {
    for mut portal in portals().await {
        let token = provider(&portal).await;
        let scim = [("authorization", token.as_str()), ("content-type", "application/scim+json"), ("accept-encoding", "gzip")];
        let send = async |portal: &mut Portal, method: &str, path: &str, headers: &[(&str, &str)], body: &str| {
            let reply = portal.send(method, &format!("/scim/v2{path}"), headers, Body::from(body.to_owned())).await;
            let kind = reply.header(header::CONTENT_TYPE);
            assert!(reply.text.is_empty() || kind == "application/scim+json", "{method} {path}: {kind} {}", reply.text);
            reply
        };
        let plain = &scim[..2];
        let made = send(&mut portal, "POST", "/Users", plain, r#"{"userName":"ann","password":"x"}"#).await;
        assert_eq!(made.status, 201, "{}: {}", portal.engine, made.text);
        let id = serde_json::from_str::<serde_json::Value>(&made.text).unwrap()["id"].as_str().unwrap().to_owned();
        assert!(made.location().ends_with(&format!("/scim/v2/Users/{id}")), "{}", made.location());
        let tag = made.header(header::ETAG).to_owned();
        let same = send(&mut portal, "GET", &format!("/Users/{id}"), &[plain[0], ("if-none-match", &tag)], "").await;
        assert_eq!((same.status, same.text.as_str()), (304, ""));
        for (method, path, headers, body, status) in [
            ("GET", "/Users".to_owned(), &[][..], "", 401),
            ("GET", "/Users".to_owned(), &[("authorization", "Bearer tnr_wrong")], "", 401),
            ("GET", "/Nothing".to_owned(), plain, "", 404),
            ("PUT", "/Users".to_owned(), plain, "{}", 405),
            ("POST", "/Users".to_owned(), plain, "{", 400),
            ("POST", "/Users".to_owned(), plain, r#"{"userName":"ANN"}"#, 409),
            ("POST", "/Users".to_owned(), &[plain[0], ("content-type", "text/xml")], "<x/>", 415),
            // The only one of a source: the limit of an import holds.
            ("DELETE", format!("/Users/{id}"), plain, "", 403),
            ("DELETE", format!("/Users/{id}"), &[plain[0], ("if-match", "W/\"9\"")], "", 412),
        ] {
            let reply = send(&mut portal, method, &path, headers, body).await;
            assert_eq!(reply.status, status, "{method} {path}: {}", reply.text);
            let error: serde_json::Value = serde_json::from_str(&reply.text).unwrap();
            assert_eq!(error["status"], status.to_string(), "{method} {path}");
            assert_eq!(reply.header(header::WWW_AUTHENTICATE).starts_with("Bearer"), status == 401, "{method} {path}");
        }
        // A session is not enough: no other site may make a browser provision.
        portal.administrator().await;
        assert_eq!(send(&mut portal, "GET", "/Users", &[], "").await.status, 401, "{}", portal.engine);
    }
}
