//! The portal's own door: scopes and networks of tokens, sealed accounts, limits of sessions, forms that come too late.

use axum::body::Body;
use axum::http::header;
use tenure_domain::id::IdentityId;
use tenure_services::credentials::{NewToken, issue_token};
use tenure_services::identities::find_identity;
use tenure_services::{accounts, testing};
use tenure_store::testing::execute_raw;

use super::{HOST, PASSWORD, Portal, form, portals};

const REASON: &str = "both providers are down";

impl Portal {
    async fn administrators_id(&self) -> IdentityId {
        find_identity(&testing::admin_ctx(&self.app), "x", "admin").await.unwrap().expect("an administrator")
    }

    async fn token_for(&self, scopes: &str, networks: &str) -> String {
        accounts::first_administrator(&testing::admin_ctx(&self.app)).await.unwrap();
        let new = NewToken {
            identity_id: self.administrators_id().await,
            label: "t".to_owned(),
            purpose: "p".to_owned(),
            scopes: scopes.parse().unwrap(),
            networks: networks.parse().unwrap(),
            days: 1,
            once: None,
        };
        format!("Bearer {}", issue_token(&testing::admin_ctx(&self.app), &new).await.unwrap().token.expose())
    }

    /// Sets a column of all sessions so many minutes back.
    async fn sessions_back(&self, column: &str, minutes: u32) {
        let then = match self.app.store.engine() {
            tenure_store::Engine::Sqlite => format!("strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-{minutes} minutes')"),
            tenure_store::Engine::Postgres => format!("now() - INTERVAL '{minutes} minutes'"),
        };
        execute_raw(&self.app.store, &format!("UPDATE portal_sessions SET {column} = {then}")).await.unwrap();
    }

    /// Makes and seals a break-glass account.
    async fn sealed(&mut self) {
        let token = self.get("/settings/break-glass").await.token();
        let fields = [("_token", token.as_str()), ("user_name", "glass-1"), ("display_name", "Glass 1"), ("minutes", "30")];
        let made = self.post("/settings/break-glass", &fields).await;
        assert_eq!((made.status, made.location()), (303, "/settings/break-glass?said=made"), "{}", made.text);
        let id = find_identity(&testing::admin_ctx(&self.app), "x", "glass-1").await.unwrap().expect("it is made");
        let page = self.post(&format!("/settings/break-glass/{id}/seal"), &[("_token", &token)]).await;
        let (_, rest) = page.text.split_once("/set-up?token=").expect(&page.text);
        let link = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap();
        let set = self.post("/set-up", &[("token", link), ("password", PASSWORD), ("repeated", PASSWORD)]).await;
        assert_eq!(set.status, 303, "{}", set.text);
    }
}

#[tokio::test]
async fn a_token_without_the_scope_is_told_which_one_it_lacks() {
    for mut portal in portals().await {
        let token = portal.token_for("identities:read", "").await;
        assert_eq!(portal.ask(&token, "GET", "/api/v1/identities", &[], "").await.status, 200, "{}", portal.engine);
        let me = portal.ask(&token, "GET", "/api/v1/me", &[], "").await.json();
        assert_eq!((me["scopes"][0].as_str(), me["may_write"].as_bool()), (Some("identities:read"), Some(false)), "{me}");
        for (method, path, scope, body) in [
            ("GET", "/api/v1/credentials", "credentials:read", ""),
            ("POST", "/api/v1/identities", "identities:write", r#"{"kind":"person","user_name":"nadia","display_name":"Nadia"}"#),
            ("GET", "/api/v1/audit/events", "audit:read", ""),
        ] {
            let reply = portal.ask(&token, method, path, &[], body).await;
            assert_eq!((reply.status, reply.header(header::CONTENT_TYPE)), (403, "application/problem+json"), "{path}: {}", reply.text);
            assert!(reply.json()["detail"].as_str().unwrap().contains(&format!("lacks the scope {scope}")), "{}", reply.text);
            let challenge = format!("Bearer realm=\"Tenure\", error=\"insufficient_scope\", scope=\"{scope}\"");
            assert_eq!(reply.header(header::WWW_AUTHENTICATE), challenge, "{path}");
        }
    }
}

#[tokio::test]
async fn a_token_from_elsewhere_is_refused_in_words() {
    for mut portal in portals().await {
        // All requests of these tests come from 127.0.0.1.
        let here = portal.token_for("identities:read", "127.0.0.0/8").await;
        assert_eq!(portal.ask(&here, "GET", "/api/v1/me", &[], "").await.status, 200, "{}", portal.engine);
        let elsewhere = portal.token_for("identities:read", "10.0.0.0/8").await;
        let reply = portal.ask(&elsewhere, "GET", "/api/v1/me", &[], "").await;
        assert_eq!((reply.status, reply.header(header::CONTENT_TYPE)), (403, "application/problem+json"), "{}", reply.text);
        assert!(reply.json()["detail"].as_str().unwrap().contains("may not be used from 127.0.0.1"), "{}", reply.text);
        // Who is no trusted proxy is not believed.
        let forwarded = [("x-forwarded-for", "10.0.0.7")];
        assert_eq!(portal.ask(&elsewhere, "GET", "/api/v1/me", &forwarded, "").await.status, 403, "{}", portal.engine);
    }
}

#[tokio::test]
async fn scopes_and_networks_are_chosen_on_the_page_and_shown_in_the_list() {
    for mut portal in portals().await {
        portal.administrator().await;
        let token = portal.get("/account/tokens/new").await.token();
        let issue = [("_token", token.as_str()), ("label", "nightly"), ("purpose", "reports"), ("days", "30"), ("access", "chosen")];
        let with = |more: &[(&'static str, &'static str)]| [&issue[..], more].concat();
        let none = portal.post("/account/tokens/new", &with(&[("networks", "10.0.0.0/8")])).await;
        assert_eq!(none.status, 422, "{}", portal.engine);
        assert!(none.text.contains("Choose at least one thing") && none.text.contains("10.0.0.0/8"), "{}", none.text);
        let wrong = portal.post("/account/tokens/new", &with(&[("scope", "audit:read"), ("networks", "10.0.0.0/99")])).await;
        assert!(wrong.status == 422 && wrong.text.contains("is no address and no network"), "{}", wrong.text);
        let fields = with(&[("scope", "audit:read"), ("scope", "identities:read"), ("networks", "10.0.0.0/8\nfd00::/8")]);
        assert_eq!(portal.post("/account/tokens/new", &fields).await.status, 200, "{}", portal.engine);
        let list = portal.get("/account").await.text;
        assert!(list.contains("identities:read, audit:read") && list.contains("From 10.0.0.0/8 fd00::/8"), "{list}");
    }
}

#[tokio::test]
async fn a_sealed_account_opens_once_with_a_reason_and_all_administrators_see_it() {
    for mut portal in portals().await {
        portal.administrator().await;
        portal.sealed().await;
        let administrator = portal.cookie.clone();
        assert!(!portal.get("/").await.text.contains("A break-glass account is in use."), "{}", portal.engine);
        portal.cookie.clear();
        let usual = portal.post("/sign-in", &[("user_name", "glass-1"), ("password", PASSWORD), ("next", "/")]).await;
        assert_eq!(usual.status, 422, "{}: it has a form of its own", portal.engine);
        let fields = |reason: &'static str| [("user_name", "glass-1"), ("password", PASSWORD), ("reason", reason)];
        let short = portal.post("/sign-in/break-glass", &fields("hurry")).await;
        assert!(short.status == 422 && short.text.contains("hurry"), "{}", short.text);
        let opened = portal.post("/sign-in/break-glass", &fields(REASON)).await;
        assert_eq!(opened.status, 303, "{}", opened.text);
        let inside = portal.get("/settings/break-glass").await;
        assert!(inside.status == 200 && inside.text.contains(REASON), "{}", inside.text);
        portal.cookie = administrator;
        let home = portal.get("/").await.text;
        assert!(home.contains("A break-glass account is in use.") && home.contains("waits for review"), "{home}");
        let page = portal.get("/settings/break-glass").await.text;
        assert!(page.contains("In use") && page.contains("Used: seal it anew") && page.contains("another administrator closes"), "{page}");
        portal.cookie.clear();
        assert_eq!(portal.post("/sign-in/break-glass", &fields(REASON)).await.status, 422, "{}: once", portal.engine);
    }
}

#[tokio::test]
async fn limits_of_sessions_are_planned_and_hold_at_once_for_those_that_live() {
    for mut portal in portals().await {
        portal.administrator().await;
        let page = portal.get("/settings/sessions").await;
        assert!(page.text.contains("you are signed out at"), "{}", page.text);
        let token = page.token();
        portal.sessions_back("last_seen_at", 20).await;
        let wanted = |to: &'static str| {
            let keep = [("employee_preset", "aal2"), ("manager_preset", "aal2"), ("auditor_preset", "aal2"), ("admin_preset", "aal3")];
            [&keep[..], &[("do", to)][..]].concat()
        };
        let plan = portal.post("/settings/sessions", &[&[("_token", token.as_str())][..], wanted("plan").as_slice()].concat()).await;
        assert!(plan.status == 200 && plan.text.contains("12 hours, 15 minutes without use"), "{}", plan.text);
        let bad = [("_token", token.as_str()), ("admin_preset", "own"), ("admin_overall", "10"), ("admin_idle", "x"), ("do", "plan")];
        let bad = portal.post("/settings/sessions", &bad).await;
        assert!(bad.status == 422 && bad.text.contains("value=\"10\""), "{}", bad.text);
        assert_eq!(portal.get("/account").await.status, 200, "{}: nothing was changed yet", portal.engine);
        portal.post("/settings/sessions", &[&[("_token", token.as_str())][..], wanted("apply").as_slice()].concat()).await;
        let mut reply = portal.get("/account").await;
        for _ in 0..100 {
            // That somebody was there is noted beside what they asked for, and may be noted after this.
            portal.sessions_back("last_seen_at", 20).await;
            reply = portal.get("/account").await;
            if reply.status == 303 {
                break;
            }
        }
        assert!(reply.status == 303 && reply.location().starts_with("/sign-in"), "{}: {}", portal.engine, reply.text);
    }
}

#[tokio::test]
async fn a_form_that_comes_too_late_is_kept_for_who_sent_it_and_sent_with_a_click() {
    for mut portal in portals().await {
        portal.administrator().await;
        let token = portal.get("/identities/new").await.token();
        let lapse = async |portal: &Portal| {
            for column in ["last_seen_at", "expires_at"] {
                portal.sessions_back(column, 90).await;
            }
        };
        lapse(&portal).await;
        let typed =
            [("kind", "service"), ("user_name", "svc.late"), ("display_name", "Late"), ("purpose", "builds"), ("owner_id", "admin")];
        let fields = [&[("_token", token.as_str())][..], &typed[..]].concat();
        let late = portal.post("/identities/new", &fields).await;
        assert_eq!((late.status, late.location()), (303, "/sign-in?next=%2Faccount%2Fdraft&kept=1"), "{}", portal.engine);
        assert!(portal.get(late.location()).await.text.contains("it is kept for ten minutes"), "{}", portal.engine);
        // Somebody else at the same browser does not get it.
        let nadia = portal.person("nadia").await;
        let link = accounts::invite(&testing::admin_ctx(&portal.app), nadia).await.unwrap().expose().to_owned();
        portal.post("/set-up", &[("token", &link), ("password", PASSWORD), ("repeated", PASSWORD)]).await;
        let sign_in = |name: &'static str| [("user_name", name), ("password", PASSWORD), ("next", "/account/draft")];
        assert_eq!(portal.post("/sign-in", &sign_in("nadia")).await.location(), "/account/draft");
        assert!(portal.get("/account/draft").await.text.contains("Nothing is kept"), "{}", portal.engine);
        portal.cookie.clear();
        portal.post("/sign-in", &sign_in("admin")).await;
        let page = portal.get("/account/draft").await;
        assert!(page.text.contains("value=\"svc.late\"") && page.text.contains("action=\"/identities/new\""), "{}", page.text);
        let token = page.token();
        let sent = portal.post("/identities/new", &[&[("_token", token.as_str())][..], &typed[..]].concat()).await;
        assert_eq!(sent.status, 303, "{}: {}", portal.engine, sent.text);
        assert_eq!(portal.post("/account/draft/discard", &[("_token", &token)]).await.status, 303);
        assert!(portal.get("/account/draft").await.text.contains("Nothing is kept"), "{}", portal.engine);
        // A form without the token of that session, and one with a secret, are lost as ever.
        lapse(&portal).await;
        for fields in [&[("_token", "x.y"), ("user_name", "x")][..], &[("_token", token.as_str()), ("current_password", "x")]] {
            let lost = portal.send("POST", "/identities/new", &[("referer", &format!("http://{HOST}/roles"))], form(fields)).await;
            assert_eq!(lost.location(), "/sign-in?next=%2Froles&lost=1", "{}", portal.engine);
        }
        let files = portal.send("POST", "/identities/new", &[("content-type", "multipart/form-data; boundary=x")], Body::empty()).await;
        assert!(files.location().ends_with("lost=1"), "{}", files.location());
    }
}
