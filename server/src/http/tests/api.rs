//! REST: who may, which version, which page, and how it is said what went wrong.

use axum::body::Body;
use axum::http::header;
use serde_json::Value;
use tenure_domain::access::TokenScopes;
use tenure_domain::id::IdentityId;
use tenure_services::credentials::{NewToken, issue_token};
use tenure_services::identities::{NewIdentity, create_identity, find_identity};
use tenure_services::{accounts, testing};

use super::{Portal, Reply, portals};

impl Portal {
    /// The header of a token of the administrator.
    pub(super) async fn operator(&self, may_write: bool) -> String {
        let ctx = testing::admin_ctx(&self.app);
        accounts::first_administrator(&ctx).await.unwrap();
        let identity_id = find_identity(&ctx, "x", "admin").await.unwrap().expect("an administrator");
        let new = NewToken {
            identity_id,
            label: "t".to_owned(),
            purpose: "p".to_owned(),
            scopes: TokenScopes::before_scopes(may_write),
            networks: Default::default(),
            days: 1,
            once: None,
        };
        format!("Bearer {}", issue_token(&ctx, &new).await.unwrap().token.expose())
    }

    /// A request with a token, and JSON.
    pub(super) async fn ask(&mut self, token: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut all = vec![("authorization", token), ("content-type", "application/json")];
        all.extend(headers);
        self.send(method, path, &all, Body::from(body.to_owned())).await
    }

    async fn service(&self, name: &str, owner: IdentityId) -> IdentityId {
        let new = NewIdentity {
            kind: tenure_domain::identity::IdentityKind::Service,
            purpose: "builds".to_owned(),
            owner_id: Some(owner),
            ..NewIdentity::person(name, name)
        };
        create_identity(&testing::admin_ctx(&self.app), &new).await.unwrap()
    }
}

impl Reply {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect(&self.text)
    }
}

const NEW: &str = r#"{"kind":"person","user_name":"nadia","display_name":"Nadia"}"#;

#[tokio::test]
async fn who_may_not_and_who_may_only_read_change_nothing() {
    for mut portal in portals().await {
        let (reader, employee) = (portal.operator(false).await, portal.employee().await);
        for token in [&reader, &employee] {
            let reply = portal.ask(token, "POST", "/api/v1/identities", &[], NEW).await;
            assert_eq!((reply.status, reply.header(header::CONTENT_TYPE)), (403, "application/problem+json"), "{}", reply.text);
        }
        let list = portal.ask(&reader, "GET", "/api/v1/identities?q=nadia", &[], "").await;
        assert_eq!((list.status, list.json()["items"].as_array().unwrap().len()), (200, 0), "{}", portal.engine);
    }
}

#[tokio::test]
async fn a_session_may_look_and_a_change_needs_a_token() {
    for mut portal in portals().await {
        portal.administrator().await;
        assert_eq!(portal.get("/api/v1/identities").await.status, 200, "{}", portal.engine);
        let reply = portal.send("POST", "/api/v1/identities", &[("content-type", "application/json")], Body::from(NEW)).await;
        assert_eq!(reply.status, 401, "{}", reply.text);
        assert!(reply.text.contains("A session may only look here"), "{}", reply.text);
        assert_eq!(portal.get("/api/docs").await.status, 200, "{}", portal.engine);
        portal.cookie.clear();
        let reply = portal.get("/api/docs").await;
        assert_eq!((reply.status, reply.location()), (303, "/sign-in?next=%2Fapi%2Fdocs"));
    }
}

#[tokio::test]
async fn a_change_names_the_version_that_was_read() {
    for mut portal in portals().await {
        let admin = portal.operator(true).await;
        let owner = portal.person("olga").await;
        let path = format!("/api/v1/identities/{}", portal.service("svc.build", owner).await);
        let change = r#"{"display_name":"Renamed"}"#;
        let reply = portal.ask(&admin, "PATCH", &path, &[], change).await;
        assert_eq!((reply.status, &reply.json()["errors"][0]["parameter"]), (428, &Value::from("If-Match")), "{}", reply.text);
        let read = portal.ask(&admin, "GET", &path, &[], "").await;
        assert_eq!(read.header(header::ETAG), "\"1\"");
        let again = portal.ask(&admin, "GET", &path, &[("if-none-match", "\"1\"")], "").await;
        assert_eq!((again.status, again.text.as_str()), (304, ""));
        for wrong in ["\"7\"", "W/\"1\"", "1", ""] {
            let reply = portal.ask(&admin, "PATCH", &path, &[("if-match", wrong)], change).await;
            assert_eq!(reply.status, 412, "{wrong}: {}", reply.text);
        }
        let done = portal.ask(&admin, "PATCH", &path, &[("if-match", "\"0\", \"1\"")], change).await;
        assert_eq!((done.status, done.header(header::ETAG)), (200, "\"2\""), "{}", done.text);
        assert_eq!((&done.json()["display_name"], &done.json()["purpose"]), (&Value::from("Renamed"), &Value::from("builds")));
        assert_eq!(portal.ask(&admin, "PATCH", &path, &[("if-match", "\"1\"")], change).await.status, 412);
        // What is left out stays, null takes away.
        let (on, off) = (r#"{"end_on":"2099-12-31"}"#, r#"{"end_on":null}"#);
        for (change, day) in [(on, "2099-12-31".into()), (change, "2099-12-31".into()), (off, Value::Null)] {
            let reply = portal.ask(&admin, "PATCH", &path, &[("if-match", "*")], change).await;
            assert_eq!((reply.status, &reply.json()["end_on"]), (200, &day), "{}", reply.text);
        }
    }
}

#[tokio::test]
async fn a_list_is_read_page_by_page_and_a_place_that_is_none_is_refused() {
    for mut portal in portals().await {
        let admin = portal.operator(true).await;
        for name in ["ann", "ben", "cid"] {
            portal.person(name).await;
        }
        let mut names = Vec::new();
        let mut path = "/api/v1/identities?kind=person&limit=1".to_owned();
        let first = portal.ask(&admin, "GET", &path, &[], "").await.json()["next"].as_str().unwrap().to_owned();
        loop {
            let reply = portal.ask(&admin, "GET", &path, &[], "").await;
            assert_eq!(reply.status, 200, "{}", reply.text);
            names.extend(reply.json()["items"].as_array().unwrap().iter().map(|item| item["user_name"].as_str().unwrap().to_owned()));
            let link = reply.header(header::LINK).to_owned();
            assert_eq!(link.is_empty(), reply.json()["next"].is_null());
            match link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")) {
                Some(next) => path = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(names, ["admin", "ann", "ben", "cid"], "{}", portal.engine);
        for (query, name) in [
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=ten", "limit"),
            ("after=x", "after"),
            ("state=gone", "state"),
            ("size=3", "size"),
            // Of another list.
            (&format!("kind=service&after={first}"), "after"),
            (&format!("kind=person&after={first}0"), "after"),
        ] {
            let reply = portal.ask(&admin, "GET", &format!("/api/v1/identities?{query}"), &[], "").await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["parameter"]), (422, &Value::from(name)), "{query}: {}", reply.text);
        }
        // Another limit is the same list.
        let reply = portal.ask(&admin, "GET", &format!("/api/v1/identities?kind=person&limit=2&after={first}"), &[], "").await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_by_its_place() {
    for mut portal in portals().await {
        let admin = portal.operator(true).await;
        for (body, pointer) in [
            (r#"{"kind":"robot","user_name":"x","display_name":"X"}"#, "/kind"),
            (r#"{"kind":"person","user_name":"a b","display_name":"X"}"#, "/user_name"),
            (r#"{"kind":"person","user_name":"a\u0000b","display_name":"X"}"#, "/user_name"),
            (r#"{"kind":"service","user_name":"svc","display_name":"S","purpose":"p"}"#, "/owner_id"),
        ] {
            let reply = portal.ask(&admin, "POST", "/api/v1/identities", &[], body).await;
            let problem = reply.json();
            assert_eq!((reply.status, &problem["errors"][0]["pointer"]), (422, &Value::from(pointer)), "{body}: {problem}");
            assert_eq!((&problem["instance"], &problem["status"]), (&Value::from("/api/v1/identities"), &Value::from(422)));
        }
        for (method, path, kind, body, status) in [
            ("POST", "/api/v1/identities", "text/plain", NEW, 415),
            ("POST", "/api/v1/identities", "application/json", "{", 400),
            ("PUT", "/api/v1/identities", "application/json", "{}", 405),
            ("GET", "/api/v1/nowhere", "application/json", "", 404),
            ("GET", "/api/v1/identities/x", "application/json", "", 404),
        ] {
            let headers = [("authorization", admin.as_str()), ("content-type", kind)];
            let reply = portal.send(method, path, &headers, Body::from(body)).await;
            assert_eq!(
                (reply.status, reply.header(header::CONTENT_TYPE)),
                (status, "application/problem+json"),
                "{method} {path}: {}",
                reply.text
            );
            assert_eq!(reply.header(header::ALLOW).is_empty(), status != 405, "{method} {path}");
        }
        let large = format!(r#"{{"kind":"person","user_name":"{}","display_name":"X"}}"#, "x".repeat(1 << 20));
        assert_eq!(portal.ask(&admin, "POST", "/api/v1/identities", &[], &large).await.status, 413);
    }
}

#[tokio::test]
async fn the_document_is_for_everybody_and_is_not_sent_twice() {
    for mut portal in portals().await {
        let reply = portal.get("/api/openapi.json").await;
        assert_eq!((reply.status, &reply.json()["openapi"]), (200, &Value::from("3.1.0")));
        let tag = reply.header(header::ETAG).to_owned();
        let again = portal.send("GET", "/api/openapi.json", &[("if-none-match", &tag)], Body::empty()).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""), "{}", portal.engine);
    }
}
