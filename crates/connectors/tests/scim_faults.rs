//! The SCIM connector against peers that answer wrongly, late or not at all.

// In a test a panic is a failure, which is what is wanted.
#![allow(clippy::unwrap_used)]

mod scim_support;

use std::time::Duration;

use futures::StreamExt;
use serde_json::json;
use tenure_connectors::scim::Scim;
use tenure_connectors::{Change, Connector, Fault, FaultKind, Limits, Outcome, Secret};

use scim_support::*;

async fn disabling(url: &str) -> Result<Outcome, Fault> {
    connect(url, json!({})).perform(&Change::Disable(known("1", "ana"))).await
}

#[tokio::test]
async fn each_wrong_answer_has_its_kind_of_fault() {
    let garbage = "<html>Bad gateway</html>";
    for (bytes, kind) in [
        (answer(401, "", "{}"), FaultKind::SignIn),
        (answer(403, "", "{}"), FaultKind::Forbidden),
        (answer(429, "Retry-After: 7\r\n", "{}"), FaultKind::TooMany),
        (answer(500, "", garbage), FaultKind::Protocol),
        (answer(200, "", garbage), FaultKind::Protocol),
        (answer(200, "", "[]"), FaultKind::Protocol),
        (answer(200, "", &user_body("2", "bo", true)), FaultKind::Protocol),
        (answer(200, "", r#"{"id": "1", "userName": "ana", "active": "maybe"}"#), FaultKind::Protocol),
        (answer(302, "Location: http://127.0.0.1:1/\r\n", ""), FaultKind::Protocol),
        ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\"".into(), FaultKind::Protocol),
        ("nonsense\r\n\r\n".into(), FaultKind::Protocol),
        (String::new(), FaultKind::Protocol),
    ] {
        let fault = disabling(&Script::new(vec![bytes.clone()]).url).await.unwrap_err();
        assert_eq!(fault.kind, kind, "{bytes}: {fault}");
        assert_eq!(fault.retry_after, (kind == FaultKind::TooMany).then_some(Duration::from_secs(7)));
    }
}

#[tokio::test]
async fn the_beginning_of_a_wrong_answer_is_told_but_never_the_token() {
    let echo = format!("Traceback: Authorization: Bearer {}", tenure_test_support::scim_server::TOKEN);
    let fault = disabling(&Script::new(vec![answer(500, "", &echo)]).url).await.unwrap_err();
    assert!(fault.words.contains("Traceback") && !fault.words.contains(tenure_test_support::scim_server::TOKEN), "{fault}");
}

#[tokio::test]
async fn nobody_at_the_address_is_unreachable_and_silence_is_a_timeout() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(disabling(&format!("http://127.0.0.1:{port}")).await.unwrap_err().kind, FaultKind::Unreachable);
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let limits = Limits { timeout: Duration::from_millis(200) };
    let scim = Scim::new(settings(&url, json!({})), Secret::new("t".into()), limits).unwrap();
    assert_eq!(scim.perform(&Change::Disable(known("1", "ana"))).await.unwrap_err().kind, FaultKind::Timeout);
}

#[tokio::test]
async fn a_larger_answer_than_is_allowed_is_refused() {
    let body = format!("{{\"id\": \"{}\"}}", "x".repeat(9 * 1024 * 1024));
    let fault = disabling(&Script::new(vec![answer(200, "", &body)]).url).await.unwrap_err();
    assert!(fault.kind == FaultKind::Protocol && fault.words.contains("8 MiB"), "{fault}");
}

#[tokio::test]
async fn a_change_under_an_old_version_is_tried_once_more_from_a_fresh_look() {
    let seen = |version: &str| answer(200, &format!("ETag: W/\"{version}\"\r\n"), &user_body("1", "ana", true));
    let script = Script::new(vec![seen("1"), answer(412, "", "{}"), seen("2"), answer(204, "", "")]);
    assert_eq!(disabling(&script.url).await, Ok(Outcome::Done));
    let asked: Vec<String> = script.asked().iter().map(|request| request.to_ascii_lowercase()).collect();
    assert!(asked[1].contains("if-match: w/\"1\"") && asked[3].contains("if-match: w/\"2\""), "{asked:?}");
    let script = Script::new(vec![seen("1"), answer(412, "", "{}"), seen("2"), answer(412, "", "{}")]);
    assert_eq!(disabling(&script.url).await.unwrap_err().kind, FaultKind::Refused);
}

#[tokio::test]
async fn a_name_that_was_taken_in_between_is_looked_up_once_more() {
    let list = |users: &str| answer(200, "", &format!(r#"{{"totalResults": 1, "Resources": [{users}]}}"#));
    let none = answer(200, "", r#"{"totalResults": 0}"#);
    let taken = answer(409, "", r#"{"status": "409", "scimType": "uniqueness", "detail": "taken"}"#);
    let make = Change::Create(draft("ana", &[]));
    let script = Script::new(vec![none.clone(), taken.clone(), list(&user_body("1", "ana", true))]);
    assert_eq!(connect(&script.url, json!({})).perform(&make).await, Ok(Outcome::AlreadySo));
    let script = Script::new(vec![none.clone(), taken, none.clone()]);
    let fault = connect(&script.url, json!({})).perform(&make).await.unwrap_err();
    assert!(fault.kind == FaultKind::NameTaken && fault.words.contains("uniqueness"), "{fault}");
    // Some say it with a 400.
    let script = Script::new(vec![none.clone(), answer(400, "", r#"{"status": "400", "scimType": "uniqueness"}"#), none]);
    assert_eq!(connect(&script.url, json!({})).perform(&make).await.unwrap_err().kind, FaultKind::NameTaken);
}

#[tokio::test]
async fn a_look_that_proves_nothing_is_a_fault_and_no_absence() {
    let others = format!(r#"{{"totalResults": 1, "Resources": [{}]}}"#, user_body("2", "bo", true));
    for (account, bytes) in [
        (known("1", "ana"), answer(404, "", "<html>Not found</html>")),
        (named("ana"), answer(404, "", "<html>Not found</html>")),
        (named("ana"), answer(200, "", &others)),
        (named("ana"), answer(200, "", r#"{"totalResults": 1, "Resources": []}"#)),
        (known("1", "ana"), answer(403, "", "{}")),
    ] {
        let script = Script::new(vec![bytes.clone(), bytes.clone()]);
        let looked = connect(&script.url, json!({})).find(&account, &[]).await;
        assert!(looked.is_err(), "{bytes}: {looked:?}");
    }
}

#[tokio::test]
async fn a_peer_that_ignores_filters_is_not_believed() {
    let others = format!("[{}, {}]", user_body("1", "bo", true), user_body("2", "cy", true));
    let script = Script::new(vec![answer(200, "", &format!(r#"{{"totalResults": 2, "Resources": {others}}}"#))]);
    let fault = connect(&script.url, json!({})).perform(&Change::Disable(named("ana"))).await.unwrap_err();
    assert!(fault.kind == FaultKind::Protocol && fault.words.contains("filter"), "{fault}");
}

#[tokio::test]
async fn a_server_that_answers_404_to_everything_proves_no_absence() {
    let nothing = || answer(404, "", "<html>Not found</html>");
    let account = known("1", "ana");
    for change in [Change::Disable(account.clone()), Change::Delete { account: account.clone(), heir: None }] {
        let script = Script::new(vec![nothing(), nothing(), nothing(), nothing()]);
        let scim = connect(&script.url, json!({}));
        assert_eq!(scim.perform(&change).await.unwrap_err().kind, FaultKind::Protocol);
        let fault = scim.read_back(&change).await.unwrap_err();
        assert!(fault.kind == FaultKind::Protocol && fault.words.contains("base-url"), "{fault}");
    }
    // One user alone, whoever was asked for, and a count without the users: neither says that nobody is there.
    for list in [format!(r#"{{"totalResults": 1, "Resources": [{}]}}"#, user_body("1", "bo", true)), r#"{"totalResults": 3}"#.into()] {
        let script = Script::new(vec![answer(200, "", &list)]);
        let fault = connect(&script.url, json!({})).read_back(&Change::Disable(named("ana"))).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Protocol, "{fault}");
    }
}

#[tokio::test]
async fn a_peer_that_sends_the_same_page_for_ever_ends_with_a_fault() {
    let page = answer(200, "", &format!(r#"{{"totalResults": 1000000, "Resources": [{}]}}"#, user_body("1", "bo", true)));
    let script = Script::new(vec![answer(404, "", ""), page.clone(), page.clone(), page]);
    let scim = connect(&script.url, json!({}));
    let found: Vec<_> = scim.reconcile(None, &[]).await.unwrap().collect().await;
    assert_eq!(found.len(), 2);
    assert_eq!(found[1].as_ref().err().map(|fault| fault.kind), Some(FaultKind::Protocol));
}

#[tokio::test]
async fn entra_writes_capital_operators_and_lists_the_members_to_remove() {
    let group = r#"{"id": "g", "displayName": "G", "members": [{"value": "1"}]}"#;
    let script = Script::new(vec![answer(200, "", group), answer(204, "", "")]);
    let scim = connect(&script.url, json!({ "dialect": "entra" }));
    let change = Change::RemoveMember { account: known("1", "ana"), entitlement: scim_support::group("g") };
    assert_eq!(scim.perform(&change).await, Ok(Outcome::Done));
    let sent = script.asked()[1].clone();
    assert!(sent.contains(r#""op":"Remove""#) && sent.contains(r#""value":[{"value":"1"}]"#), "{sent}");
}

#[tokio::test]
async fn a_certificate_of_nobody_that_is_trusted_is_told_as_such() {
    let directory = tenure_test_support::OpenLdap::start("").unwrap_or_else(|error| panic!("{error}"));
    // Any server that speaks TLS will do: the exchange ends before HTTP begins.
    let url = directory.tls_url().replace("ldaps://", "https://");
    assert_eq!(disabling(&url).await.unwrap_err().kind, FaultKind::Certificate);
}
