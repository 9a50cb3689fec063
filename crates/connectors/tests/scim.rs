//! The SCIM connector against a real service provider.

// In a test a panic is a failure, which is what is wanted.
#![allow(clippy::unwrap_used)]

mod documented;
mod scim_support;

use futures::StreamExt;
use serde_json::json;
use tenure_connectors::scim::Scim;
use tenure_connectors::{AccountDraft, Change, Connector, FaultKind, Found, Outcome, ReadBack, Secret, Watermark};

use scim_support::*;

const DEPARTMENT: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";

async fn done(scim: &Scim, change: Change) {
    assert_eq!(scim.perform(&change).await, Ok(Outcome::Done), "{change:?}");
    let seen = scim.read_back(&change).await;
    assert!(matches!(seen, Ok(ReadBack::So(_))), "{change:?}: {seen:?}");
    assert_eq!(scim.perform(&change).await, Ok(Outcome::AlreadySo), "again: {change:?}");
}

async fn not_so(scim: &Scim, change: &Change) -> String {
    match scim.read_back(change).await {
        Ok(ReadBack::NotSo(words)) => words,
        other => panic!("{change:?}: {other:?}"),
    }
}

async fn all(scim: &Scim, since: Option<&Watermark>) -> Vec<Found> {
    let stream = scim.reconcile(since, &[]).await.expect("it can be read");
    stream.map(|found| found.expect("no fault")).collect().await
}

#[tokio::test]
async fn an_account_is_made_changed_disabled_enabled_and_deleted_and_each_is_read_back() {
    let server = server();
    let direct = Direct(server.url());
    for update in ["patch", "put"] {
        let scim = connect(&server.url(), json!({ "update": update }));
        let name = format!("ana-{update}");
        let wanted = draft(
            &name,
            &[("name.givenName", &["Ana"]), ("emails", &["ana@example.com"]), (DEPARTMENT, &["Research"]), ("externalId", &[&name])],
        );
        done(&scim, Change::Create(wanted)).await;
        let user = direct.user(&name).await;
        assert_eq!((&user["name"]["givenName"], &user["active"]), (&json!("Ana"), &json!(true)), "{user}");
        assert_eq!(user["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]["department"], "Research", "{user}");

        let changed = draft(
            &name,
            &[
                ("name.givenName", &["Anna"]),
                ("title", &["Head"]),
                (DEPARTMENT, &[]),
                ("emails[type eq \"work\"].value", &["a@work.example"]),
            ],
        );
        done(&scim, Change::Change(changed)).await;
        let user = direct.user(&name).await;
        assert_eq!((&user["name"]["givenName"], &user["title"]), (&json!("Anna"), &json!("Head")), "{user}");
        assert_eq!(user["emails"].as_array().map(Vec::len), Some(2), "{user}");
        assert!(user["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]["department"].is_null(), "{user}");

        done(&scim, Change::Disable(named(&name))).await;
        assert_eq!(direct.user(&name).await["active"], false);
        assert!(not_so(&scim, &Change::Enable(named(&name))).await.contains("disabled"));
        done(&scim, Change::Enable(named(&name))).await;
        let key = direct.user(&name).await["id"].as_str().unwrap().to_owned();
        done(&scim, Change::Delete { account: known(&key, &name), heir: None }).await;
        assert!(direct.user(&name).await.is_null());
        // Who is gone needs no disabling, and cannot be enabled.
        assert_eq!(scim.perform(&Change::Disable(known(&key, &name))).await, Ok(Outcome::AlreadySo));
        assert_eq!(scim.perform(&Change::Enable(known(&key, &name))).await.unwrap_err().kind, FaultKind::Refused);
    }
}

#[tokio::test]
async fn what_the_peer_says_of_a_value_stays_when_the_value_does() {
    let server = server();
    let direct = Direct(server.url());
    let emails = json!([{ "value": "old@x.org", "type": "home" }, { "value": "a@x.org", "type": "work", "primary": true }]);
    direct.add_user("ana", json!({ "emails": emails, "nickName": "A" })).await;
    for update in ["patch", "put"] {
        let scim = connect(&server.url(), json!({ "update": update }));
        let same = Change::Change(draft("ana", &[("emails", &["a@x.org", "old@x.org"])]));
        assert_eq!(scim.perform(&same).await, Ok(Outcome::AlreadySo));
    }
    let scim = connect(&server.url(), json!({ "update": "put" }));
    done(&scim, Change::Change(draft("ana", &[("emails", &["a@x.org", "new@x.org"])]))).await;
    let user = direct.user("ana").await;
    assert_eq!(user["emails"], json!([{ "value": "a@x.org", "type": "work", "primary": true }, { "value": "new@x.org" }]));
    assert_eq!(user["nickName"], "A", "a PUT leaves the rest as it is");
}

#[tokio::test]
async fn each_dialect_does_the_same_on_a_real_server() {
    let server = server();
    let direct = Direct(server.url());
    for dialect in ["standard", "entra", "okta"] {
        let scim = connect(&server.url(), json!({ "dialect": dialect }));
        done(&scim, Change::Create(draft(dialect, &[("title", &["x"]), (DEPARTMENT, &["A"])]))).await;
        done(&scim, Change::Change(draft(dialect, &[("title", &["y"]), (DEPARTMENT, &["B"])]))).await;
        done(&scim, Change::Disable(named(dialect))).await;
        let user = direct.user(dialect).await;
        assert_eq!((&user["title"], &user["active"]), (&json!("y"), &json!(false)), "{user}");
    }
}

#[tokio::test]
async fn a_name_that_is_taken_is_said_to_be_unless_it_is_the_same_persons() {
    let server = server();
    let direct = Direct(server.url());
    direct.add_user("bo", json!({ "externalId": "E-1" })).await;
    direct.add_user("nobody", json!({})).await;
    let scim = connect(&server.url(), json!({ "correlation": "external-id" }));
    assert_eq!(scim.perform(&Change::Create(draft("bo", &[("externalId", &["E-1"])]))).await, Ok(Outcome::AlreadySo));
    let other = scim.perform(&Change::Create(draft("bo", &[("externalId", &["E-2"])]))).await.unwrap_err();
    assert_eq!(other.kind, FaultKind::NameTaken);
    assert!(other.words.contains("E-1"), "{}", other.words);
    let whose = scim.perform(&Change::Create(draft("nobody", &[("externalId", &["E-3"])]))).await.unwrap_err();
    assert_eq!(whose.kind, FaultKind::NeedsDecision);
    // By name alone, an account of that name is the person's.
    let by_name = connect(&server.url(), json!({}));
    assert_eq!(by_name.perform(&Change::Create(draft("nobody", &[]))).await, Ok(Outcome::AlreadySo));
}

#[tokio::test]
async fn an_account_is_made_once_and_its_name_is_not_given_to_another_person() {
    let server = server();
    for more in [json!({}), json!({ "correlation": "external-id" }), json!({ "update": "put" })] {
        let scim = connect(&server.url(), more.clone());
        let name = format!("jsmith{}", more.to_string().len());
        let of = |number: &str, title: &str| draft(&name, &[("externalId", &[&format!("{name}-{number}")]), ("title", &[title])]);
        done(&scim, Change::Create(of("7", "Clerk"))).await;
        // Cut off, then done again with what has changed since: the same person, completed.
        assert_eq!(scim.perform(&Change::Create(of("7", "Head"))).await, Ok(Outcome::Done));
        let taken = scim.perform(&Change::Create(of("8", "Head"))).await.unwrap_err();
        assert_eq!(taken.kind, FaultKind::NameTaken, "{taken}");
        assert_eq!(Direct(server.url()).user(&name).await["externalId"], format!("{name}-7"));
    }
}

#[tokio::test]
async fn the_mapping_in_the_documentation_makes_an_account() {
    let server = server();
    let draft = AccountDraft { account: named("anna@example.test"), attributes: documented::documented("SCIM 2.0") };
    done(&connect(&server.url(), json!({ "correlation": "external-id" })), Change::Create(draft)).await;
}

#[tokio::test]
async fn an_account_is_found_by_its_key_or_its_name_with_what_is_wanted() {
    let server = server();
    let direct = Direct(server.url());
    let more = json!({ "title": "Head", "name": { "familyName": "Bo" }, "active": false,
        "emails": [{ "value": "h@x.org", "type": "home" }, { "value": "w@x.org", "type": "work" }],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "R" } });
    let key = direct.add_user("ana", more).await;
    direct.add_user("bo", json!({})).await;
    let scim = connect(&server.url(), json!({}));
    let work = "emails[type eq \"work\"].value";
    let wanted = [work, "NAME.FAMILYNAME", DEPARTMENT, "password", "nickName", "no such thing"].map(str::to_owned);
    for account in [known(&key, "called otherwise"), named("ana")] {
        let found = scim.find(&account, &wanted).await.expect("a look").expect("ana");
        assert_eq!((&found.account, found.enabled), (&known(&key, "ana"), false));
        for (name, value) in [(work, "w@x.org"), ("NAME.FAMILYNAME", "Bo"), (DEPARTMENT, "R"), ("title", "Head")] {
            assert_eq!(found.attributes[name], [value], "{name}");
        }
        assert!(["password", "nickName", "no such thing"].iter().all(|name| !found.attributes.contains_key(*name)), "{found:?}");
        let all: Vec<Found> = scim.reconcile(None, &wanted).await.unwrap().map(|found| found.expect("no fault")).collect().await;
        assert!(all.contains(&Found::Account(found)), "a whole look tells the same: {all:?}");
    }
    direct.send("DELETE", &format!("/Users/{key}"), None).await;
    for account in [known(&key, "ana"), named("ana"), named("nobody")] {
        assert_eq!(scim.find(&account, &wanted).await, Ok(None), "{account:?}");
    }
    assert_eq!(scim.find(&known("..", "ana"), &wanted).await.unwrap_err().kind, FaultKind::Refused);
}

#[tokio::test]
async fn a_member_is_added_and_removed() {
    let server = server();
    let direct = Direct(server.url());
    let (one, two) = (direct.add_user("one", json!({})).await, direct.add_user("two", json!({})).await);
    let key = direct.add_group("Engineers", json!([{ "value": two, "type": "User" }])).await;
    for more in [json!({}), json!({ "update": "put" }), json!({ "dialect": "okta" })] {
        let scim = connect(&server.url(), more);
        done(&scim, Change::AddMember { account: known(&one, "one"), entitlement: group(&key) }).await;
        assert_eq!(direct.members(&key).await, [two.clone(), one.clone()]);
        assert!(not_so(&scim, &Change::RemoveMember { account: named("one"), entitlement: group(&key) }).await.contains("still has"));
        done(&scim, Change::RemoveMember { account: named("one"), entitlement: group(&key) }).await;
        assert_eq!(direct.members(&key).await, std::slice::from_ref(&two));
    }
    let scim = connect(&server.url(), json!({}));
    let none = Change::RemoveMember { account: known(&one, "one"), entitlement: group("no-such-group") };
    assert_eq!(scim.perform(&none).await, Ok(Outcome::AlreadySo));
    assert!(matches!(scim.read_back(&none).await, Ok(ReadBack::So(_))));
    let none = Change::AddMember { account: known(&one, "one"), entitlement: group("no-such-group") };
    assert_eq!(scim.perform(&none).await.unwrap_err().kind, FaultKind::Refused);
}

#[tokio::test]
async fn a_member_of_a_nested_group_is_still_held_and_the_way_is_named() {
    let server = server();
    let direct = Direct(server.url());
    let ana = direct.add_user("ana", json!({})).await;
    let inner = direct.add_group("Inner", json!([{ "value": ana, "type": "User" }])).await;
    let middle = direct.add_group("Middle", json!([{ "value": inner, "type": "Group" }])).await;
    let outer = direct.add_group("Outer", json!([{ "value": middle, "type": "Group" }, { "value": ana, "type": "User" }])).await;
    // A circle must not keep it walking.
    let circle = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "add", "path": "members", "value": [{ "value": outer, "type": "Group" }] }] });
    direct.send("PATCH", &format!("/Groups/{middle}"), Some(circle)).await;
    let scim = connect(&server.url(), json!({}));
    let change = Change::RemoveMember { account: known(&ana, "ana"), entitlement: group(&outer) };
    assert_eq!(scim.perform(&change).await, Ok(Outcome::Done));
    let words = not_so(&scim, &change).await;
    assert!(words.contains("\"Middle\"") && words.contains("\"Inner\""), "{words}");
    done(&scim, Change::RemoveMember { account: known(&ana, "ana"), entitlement: group(&inner) }).await;
    assert!(matches!(scim.read_back(&change).await, Ok(ReadBack::So(_))));
}

#[tokio::test]
async fn reconciliation_reads_every_page_by_number_and_by_cursor() {
    for (server, cursors) in [(server(), false), (server_with_cursors(), true)] {
        let direct = Direct(server.url());
        let mut keys = Vec::new();
        for n in 0..23 {
            keys.push(direct.add_user(&format!("user{n}"), json!({ "active": n % 2 == 0 })).await);
        }
        let inner = direct.add_group("Inner", json!([{ "value": keys[0], "type": "User" }])).await;
        let outer = direct.add_group("Outer", json!([{ "value": inner, "type": "Group" }])).await;
        let scim = connect(&server.url(), json!({ "page-size": 5 }));
        let found = all(&scim, None).await;
        let accounts: Vec<_> =
            found.iter().filter_map(|found| if let Found::Account(account) = found { Some(account) } else { None }).collect();
        assert_eq!(accounts.len(), 23);
        assert_eq!(accounts.iter().filter(|account| account.enabled).count(), 12);
        let seen: std::collections::BTreeSet<_> = accounts.iter().map(|account| account.account.key.clone()).collect();
        assert_eq!(seen, keys.iter().cloned().collect());
        let memberships: Vec<_> = found.iter().filter_map(|found| if let Found::Membership(m) = found { Some(m) } else { None }).collect();
        assert!(memberships.iter().any(|m| m.entitlement == outer && m.member == inner && m.nested), "{memberships:?}");
        assert!(memberships.iter().any(|m| m.entitlement == inner && m.member == keys[0] && !m.nested), "{memberships:?}");
        let first_group = found.iter().position(|found| matches!(found, Found::Entitlement(_))).unwrap();
        assert!(found[first_group..].iter().all(|found| !matches!(found, Found::Account(_))), "accounts come first");
        assert_eq!(server.log().contains("cursor="), cursors, "{}", server.log());
    }
}

#[tokio::test]
async fn with_a_watermark_only_what_changed_is_read() {
    let server = server();
    let direct = Direct(server.url());
    direct.add_user("old", json!({})).await;
    let scim = connect(&server.url(), json!({ "incremental": true }));
    let found = all(&scim, None).await;
    let Some(Found::Watermark(watermark)) = found.last() else { panic!("{found:?}") };
    // The watermark is a little before the reading, so what is as new as that is told again.
    assert!(all(&scim, Some(watermark)).await.iter().any(|found| matches!(found, Found::Account(_))));
    let later = Watermark("2100-01-01T00:00:00Z".into());
    let found = all(&scim, Some(&later)).await;
    assert!(matches!(found.as_slice(), [Found::Watermark(_)]), "{found:?}");
    assert_eq!(scim.reconcile(Some(&Watermark("yesterday".into())), &[]).await.err().map(|fault| fault.kind), Some(FaultKind::Protocol));
}

#[tokio::test]
async fn a_password_is_set_where_settings_allow_it_and_is_not_claimed_to_be_read_back() {
    let server = server();
    Direct(server.url()).add_user("ana", json!({})).await;
    let change = Change::SetPassword { account: named("ana"), password: Secret::new("correct horse battery".into()) };
    let refused = connect(&server.url(), json!({})).perform(&change).await.unwrap_err();
    assert_eq!(refused.kind, FaultKind::Unsupported);
    let scim = connect(&server.url(), json!({ "passwords": true }));
    assert_eq!(scim.perform(&change).await, Ok(Outcome::Done));
    assert_eq!(scim.read_back(&change).await.unwrap_err().kind, FaultKind::Unsupported);
}

#[tokio::test]
async fn a_probe_tells_what_it_talks_to_and_a_wrong_token_is_said_so() {
    let server = server();
    let probe = connect(&server.url(), json!({})).probe().await.expect("a probe");
    assert!(probe.remarks.iter().any(|remark| remark.contains("not encrypted")), "{probe:?}");
    let wrong = Scim::new(settings(&server.url(), json!({})), Secret::new("another-token".into()), limits()).unwrap();
    let fault = wrong.probe().await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::SignIn);
    assert!(!format!("{fault:?} {wrong:?}").contains("another-token"));
    let change = Change::Disable(named("ana"));
    assert_eq!(wrong.perform(&change).await.unwrap_err().kind, FaultKind::SignIn);
    assert_eq!(wrong.reconcile(None, &[]).await.err().map(|fault| fault.kind), Some(FaultKind::SignIn));
}
