//! Disabled and enabled, in each way of OpenLDAP.

use tenure_connectors::{Change, Connector, FaultKind};
use tenure_test_support::openldap::SUFFIX;

use crate::world::*;

#[tokio::test]
async fn a_locked_account_is_let_in_no_more_and_an_unlocked_one_again() {
    let server = server(&person("anna", "userPassword: secret of anna\n"));
    let connector = connector(&server);
    let anna = keyed(&server, "anna");
    assert!(server.lets_in(&person_dn("anna"), "secret of anna").expect("an answer"));
    let evidence = made_so_once(&connector, &Change::Disable(anna.clone())).await;
    assert!(evidence.contains("pwdAccountLockedTime=000001010000Z"), "{evidence}");
    assert!(!server.lets_in(&person_dn("anna"), "secret of anna").expect("an answer"));
    made_so_once(&connector, &Change::Enable(anna)).await;
    assert!(server.lets_in(&person_dn("anna"), "secret of anna").expect("an answer"));
}

#[tokio::test]
async fn a_lock_for_a_while_is_not_taken_for_a_lock_for_ever() {
    let server = server(&person("anna", "pwdAccountLockedTime: 20990101000000Z\n"));
    let connector = connector(&server);
    let anna = keyed(&server, "anna");
    assert!(not_so(&connector, &Change::Disable(anna.clone())).await.contains("20990101000000Z"));
    assert!(not_so(&connector, &Change::Enable(anna.clone())).await.contains("20990101000000Z"));
    made_so_once(&connector, &Change::Disable(anna)).await;
}

#[tokio::test]
async fn an_account_is_disabled_by_an_attribute() {
    let account = "objectClass: posixAccount\nuidNumber: 1\ngidNumber: 1\nhomeDirectory: /x\nloginShell: /bin/zsh\n";
    let server = server(&person("anna", account));
    let shell = serde_json::json!({ "name": "loginShell", "disabled": "/usr/sbin/nologin", "enabled": "/bin/bash" });
    let connector = with(&server, serde_json::json!({ "disable-by": { "attribute": shell } }));
    let anna = keyed(&server, "anna");
    let evidence = made_so_once(&connector, &Change::Disable(anna.clone())).await;
    assert!(evidence.contains("loginShell=/usr/sbin/nologin"), "{evidence}");
    made_so_once(&connector, &Change::Enable(anna)).await;
    assert!(server.search(SUFFIX, "(uid=anna)", &["loginShell"]).expect("an answer").contains("/bin/bash"));
}

#[tokio::test]
async fn an_account_is_disabled_by_a_move_and_is_still_found_there_and_in_its_groups() {
    let server = server(&[person("anna", ""), group("staff", &[&person_dn("anna"), "cn=x"])].concat());
    let connector = with(&server, serde_json::json!({ "disable-by": { "move-to": format!("ou=gone,{SUFFIX}") } }));
    let anna = keyed(&server, "anna");
    let evidence = made_so_once(&connector, &Change::Disable(anna.clone())).await;
    assert!(evidence.contains(&format!("uid=anna,ou=gone,{SUFFIX}")), "{evidence}");
    so(&connector, &Change::Disable(named("anna"))).await;
    so(&connector, &Change::AddMember { account: anna.clone(), entitlement: entitlement("staff") }).await;
    made_so_once(&connector, &Change::Enable(anna.clone())).await;
    so(&connector, &Change::AddMember { account: anna, entitlement: entitlement("staff") }).await;
}

#[tokio::test]
async fn sessions_are_not_something_that_a_directory_can_end() {
    let server = server(&person("anna", ""));
    let change = Change::EndSessions(named("anna"));
    assert_eq!(connector(&server).perform(&change).await.expect_err("unsupported").kind, FaultKind::Unsupported);
    assert_eq!(connector(&server).read_back(&change).await.expect_err("unsupported").kind, FaultKind::Unsupported);
}

#[tokio::test]
async fn without_the_right_to_it_nothing_is_disabled_and_it_says_so() {
    let server = server(&person("anna", ""));
    let settings = settings(&server, serde_json::json!({ "bind-dn": format!("cn=reader,{SUFFIX}") }));
    let password = tenure_connectors::Secret::new("the password of reader".into());
    let connector = tenure_connectors::LdapConnector::new(settings, password, limits()).expect("settings are valid");
    let change = Change::Disable(keyed(&server, "anna"));
    let fault = connector.perform(&change).await.expect_err("no right");
    assert_eq!(fault.kind, FaultKind::Forbidden);
    not_so(&connector, &change).await;
}
