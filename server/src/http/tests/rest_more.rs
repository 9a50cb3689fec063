//! REST: views, search, whole lists, the mapping of an import, timelines.

use axum::body::Body;
use axum::http::header;
use serde_json::Value;

use super::{Web, portals, portals_with};

const PEOPLE: &str = "nr,user_name,given_name,family_name,email,department,title,manager_id,start_date\n\
                      E1,ann,Ann,Ash,ann@example.com,Sales,Clerk,,2024-01-01\n";

#[tokio::test]
async fn a_view_is_kept_listed_and_let_go_by_whose_it_is() {
    for mut portal in portals().await {
        let (admin, employee) = (portal.operator(true).await, portal.employee().await);
        let view = r#"{"list":"identities","name":" Legal ","query":"department=legal"}"#;
        let kept = portal.ask(&admin, "POST", "/api/v1/views", &[], view).await;
        assert_eq!((kept.status, kept.header(header::LOCATION)), (201, "/api/v1/views?list=identities"), "{}", kept.text);
        let list = portal.ask(&admin, "GET", "/api/v1/views", &[], "").await.json();
        assert_eq!(kept.json()["id"], list["items"][0]["id"]);
        assert_eq!((&list["items"][0]["name"], &list["items"][0]["query"]), (&Value::from("Legal"), &Value::from("department=legal")));
        assert!(portal.ask(&employee, "GET", "/api/v1/views", &[], "").await.json()["items"].as_array().unwrap().is_empty());
        let path = format!("/api/v1/views/{}", list["items"][0]["id"].as_str().unwrap());
        assert_eq!(portal.ask(&employee, "DELETE", &path, &[], "").await.status, 404, "{}", portal.engine);
        assert_eq!(portal.ask(&admin, "DELETE", &path, &[], "").await.status, 204, "{}", portal.engine);
        assert_eq!(portal.ask(&admin, "DELETE", &path, &[], "").await.status, 404, "a second time");
        let other = portal.ask(&admin, "POST", "/api/v1/views", &[], r#"{"list":"roles","name":"x","query":""}"#).await;
        assert_eq!((other.status, &other.json()["errors"][0]["pointer"]), (422, &Value::from("/list")), "{}", other.text);
    }
}

#[tokio::test]
async fn a_search_finds_what_one_may_see_and_says_what_is_wrong_with_its_words() {
    for mut portal in portals().await {
        let admin = portal.operator(true).await;
        portal.person("nadia").await;
        let employee = portal.employee().await;
        let find = "/api/v1/search?q=nad";
        let found = portal.ask(&admin, "GET", find, &[], "").await.json();
        let hit = &found["items"][0];
        assert_eq!((&hit["kind"], &hit["name"]), (&Value::from("identity"), &Value::from("nadia")), "{found}");
        assert!(hit["page"].as_str().unwrap().starts_with("/identities/"));
        assert!(portal.ask(&employee, "GET", find, &[], "").await.json()["items"].as_array().unwrap().is_empty());
        for path in ["/api/v1/search?q=%20", "/api/v1/search", &format!("/api/v1/search?q={}", "a".repeat(201))] {
            let reply = portal.ask(&admin, "GET", path, &[], "").await;
            assert_eq!((reply.status, &reply.json()["errors"][0]["parameter"]), (422, &Value::from("q")), "{path}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn a_whole_list_is_a_sheet_and_that_it_was_taken_stands_in_the_log() {
    for mut portal in portals().await {
        let admin = portal.operator(true).await;
        portal.person("nadia").await;
        for (list, event) in [("identities", "identities.exported"), ("credentials", "credentials.exported"), ("roles", "roles.exported")] {
            let sheet = portal.ask(&admin, "GET", &format!("/api/v1/{list}/export"), &[], "").await;
            assert_eq!((sheet.status, sheet.header(header::CONTENT_TYPE)), (200, "text/csv; charset=utf-8"), "{}", sheet.text);
            let log = portal.ask(&admin, "GET", &format!("/api/v1/audit/events?action={event}"), &[], "").await;
            assert_eq!(log.json()["items"].as_array().unwrap().len(), 1, "{list}: {}", log.text);
        }
        let sheet = portal.ask(&admin, "GET", "/api/v1/identities/export?q=nad&state=active", &[], "").await;
        let rows: Vec<&str> = sheet.text.lines().collect();
        assert_eq!((rows.len(), rows[1].starts_with("nadia,nadia,person,active")), (2, true), "{}", sheet.text);
        let wrong = portal.ask(&admin, "GET", "/api/v1/identities/export?limit=1", &[], "").await;
        assert_eq!(wrong.status, 422, "a whole list has no pages: {}", wrong.text);
    }
}

#[tokio::test]
async fn a_staged_list_is_read_otherwise_and_only_while_it_is_staged() {
    for mut portal in portals().await {
        let admin = portal.operator(true).await;
        let kind = [("authorization", admin.as_str()), ("content-type", "text/csv")];
        let path = "/api/v1/imports/people?source=HR&as_of=2024-03-01";
        let staged = portal.send("POST", path, &kind, Body::from(PEOPLE)).await;
        assert_eq!(staged.status, 201, "{}", staged.text);
        let at = format!("/api/v1/imports/{}", staged.json()["id"].as_str().unwrap());
        let mut mapping = portal.ask(&admin, "GET", &format!("{at}/mapping"), &[], "").await.json();
        mapping["employee_id"] = Value::from("nr");
        let put = |mapping: &Value| serde_json::json!({ "as_of": "2024-03-02", "mapping": mapping }).to_string();
        let reply = portal.ask(&admin, "PUT", &format!("{at}/mapping"), &[], &put(&mapping)).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(portal.ask(&admin, "GET", &format!("{at}/mapping"), &[], "").await.json(), mapping);
        let mut wrong = mapping.clone();
        wrong["default_time_zone"] = Value::from("Mars/Olympus");
        let reply = portal.ask(&admin, "PUT", &format!("{at}/mapping"), &[], &put(&wrong)).await;
        assert_eq!(reply.status, 422, "{}", reply.text);
        assert_eq!(portal.ask(&admin, "POST", &format!("{at}/discard"), &[], "").await.status, 204);
        let reply = portal.ask(&admin, "PUT", &format!("{at}/mapping"), &[], &put(&mapping)).await;
        assert_eq!(reply.status, 409, "{}", reply.text);
    }
}

#[tokio::test]
async fn a_timeline_has_pages() {
    for mut portal in portals().await {
        let admin = portal.operator(true).await;
        let path = format!("/api/v1/identities/{}", portal.person("nadia").await);
        for day in ["2099-01-01", "2099-01-02"] {
            let change = format!(r#"{{"end_on":"{day}"}}"#);
            assert_eq!(portal.ask(&admin, "PATCH", &path, &[("if-match", "*")], &change).await.status, 200);
        }
        let first = portal.ask(&admin, "GET", &format!("{path}/timeline?limit=2"), &[], "").await.json();
        assert_eq!(first["items"].as_array().unwrap().len(), 2, "{first}");
        let next = first["next"].as_str().unwrap();
        let last = portal.ask(&admin, "GET", &format!("{path}/timeline?limit=2&after={next}"), &[], "").await.json();
        assert_eq!((&last["items"][0]["action"], &last["next"]), (&Value::from("identity.created"), &Value::Null), "{last}");
    }
}

#[tokio::test]
async fn a_host_behind_a_trusted_proxy_is_told_by_its_own_address() {
    let behind = |web: &mut Web| web.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    for mut portal in portals_with(behind).await {
        let admin = portal.operator(true).await;
        let sent = [("authorization", "Bearer tnh_x"), ("x-forwarded-for", "203.0.113.9")];
        let reply = portal.send("GET", "/api/ssh/v1/keys?user=ann", &sent, Body::empty()).await;
        assert_eq!(reply.status, 401, "{}", reply.text);
        let log = portal.ask(&admin, "GET", "/api/v1/audit/export", &[], "").await;
        assert!(log.text.contains("ssh-keys.refused") && log.text.contains("203.0.113.9"), "{}: {}", portal.engine, log.text);
    }
}
