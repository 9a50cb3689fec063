//! Accounts: created, changed, renamed, deleted, found.

use tenure_connectors::{AccountRef, Change, Connector, FaultKind, Outcome};
use tenure_test_support::openldap::SUFFIX;

use crate::world::*;

/// What breaks names and filters that are put together from text.
const HOSTILE: &str = "Müller, Anna (x)*\\";

#[tokio::test]
async fn an_account_is_created_once_and_read_back() {
    let server = server("");
    let connector = connector(&server);
    let create = Change::Create(draft(named("anna"), &[("cn", &["Anna"]), ("sn", &["Müller"]), ("mail", &["a@x.test", "b@x.test"])]));
    let evidence = made_so_once(&connector, &create).await;
    assert!(evidence.contains(&person_dn("anna")), "{evidence}");
    let said = server.search(SUFFIX, "(uid=anna)", &["mail", "objectClass"]).expect("an answer");
    assert!(said.contains("mail: a@x.test") && said.contains("objectClass: inetOrgPerson"), "{said}");
}

#[tokio::test]
async fn attributes_are_changed_and_taken_away() {
    let server = server(&person("anna", "mail: a@x.test\ntitle: Boss\n"));
    let connector = connector(&server);
    let boss = person_dn("anna").replace("uid=anna,ou", "UID=anna, OU");
    let wanted = draft(keyed(&server, "anna"), &[("mail", &["new@x.test"]), ("title", &[]), ("manager", &[&boss])]);
    made_so_once(&connector, &Change::Change(wanted)).await;
    let said = server.search(SUFFIX, "(uid=anna)", &["mail", "title"]).expect("an answer");
    assert!(said.contains("mail: new@x.test") && !said.contains("title"), "{said}");
}

#[tokio::test]
async fn a_renamed_account_keeps_its_key_and_its_groups() {
    let server = server(&[person("anna", ""), group("staff", &[&person_dn("anna")])].concat());
    let connector = connector(&server);
    let AccountRef { key, .. } = keyed(&server, "anna");
    let account = AccountRef { key: key.clone(), name: "anna.schmidt".into() };
    made_so_once(&connector, &Change::Change(draft(account.clone(), &[("sn", &["Schmidt"])]))).await;
    assert_eq!(keyed(&server, "anna.schmidt").key, key);
    so(&connector, &Change::AddMember { account, entitlement: entitlement("staff") }).await;
    let said = server.search(&group_dn("staff"), "(objectClass=*)", &["member"]).expect("an answer");
    assert!(!said.contains("uid=anna,"), "{said}");
}

#[tokio::test]
async fn a_new_account_does_not_get_what_a_group_still_gives_to_its_name() {
    let server = server(&group("staff", &[&person_dn("anna")]));
    let create = Change::Create(draft(named("anna"), &[("cn", &["A"]), ("sn", &["A"])]));
    let fault = connector(&server).perform(&create).await.expect_err("named already");
    assert_eq!(fault.kind, FaultKind::NeedsDecision);
    assert!(fault.words.contains("cn=staff"), "{fault}");
}

#[tokio::test]
async fn a_rename_to_a_taken_name_is_refused() {
    let server = server(&[person("anna", ""), person("berta", "")].concat());
    let account = AccountRef { name: "berta".into(), ..keyed(&server, "anna") };
    let fault = connector(&server).perform(&Change::Change(draft(account, &[]))).await.expect_err("taken");
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.words.contains("the name is taken"), "{fault}");
}

#[tokio::test]
async fn names_with_signs_that_mean_something_are_taken_as_they_are() {
    let server = server(&group("staff", &[&person_dn("nobody")]));
    let connector = with(&server, serde_json::json!({ "naming-attribute": "cn" }));
    for name in [HOSTILE, " #lead", "a+b=c;d", "\"quoted\"", "<tag>"] {
        let account = named(name);
        made_so_once(&connector, &Change::Create(draft(account.clone(), &[("sn", &[name])]))).await;
        let member = Change::AddMember { account: account.clone(), entitlement: entitlement("staff") };
        made_so_once(&connector, &member).await;
        made_so_once(&connector, &Change::Disable(account.clone())).await;
        made_so_once(&connector, &Change::RemoveMember { account: account.clone(), entitlement: entitlement("staff") }).await;
        made_so_once(&connector, &Change::Delete { account, heir: None }).await;
    }
}

#[tokio::test]
async fn a_nul_in_a_name_or_a_value_is_refused_or_kept_and_never_worse() {
    let server = server(&person("anna", ""));
    let connector = connector(&server);
    let create = Change::Create(draft(named("nul\0name"), &[("cn", &["x"]), ("sn", &["x"])]));
    match connector.perform(&create).await {
        Ok(_) => drop(so(&connector, &create).await),
        Err(fault) => assert_eq!(fault.kind, FaultKind::Refused, "{fault}"),
    }
    let change = Change::Change(draft(keyed(&server, "anna"), &[("description", &["a\0b"]), ("mail", &["a\0@x.test"])]));
    match connector.perform(&change).await {
        Ok(_) => drop(so(&connector, &change).await),
        Err(fault) => assert_eq!(fault.kind, FaultKind::Refused, "{fault}"),
    }
}

#[tokio::test]
async fn an_account_that_is_gone_is_deleted_and_disabled_and_cannot_be_changed() {
    let server = server(&person("anna", ""));
    let connector = connector(&server);
    let anna = keyed(&server, "anna");
    made_so_once(&connector, &Change::Delete { account: anna.clone(), heir: None }).await;
    for change in [Change::Disable(anna.clone()), Change::Delete { account: named("anna"), heir: None }] {
        assert_eq!(connector.perform(&change).await, Ok(Outcome::AlreadySo));
        let evidence = so(&connector, &change).await;
        assert!(evidence.contains("no entry with"), "{evidence}");
    }
    let fault = connector.perform(&Change::Change(draft(anna, &[]))).await.expect_err("gone");
    assert_eq!(fault.kind, FaultKind::Refused);
}

#[tokio::test]
async fn a_new_account_of_an_old_name_is_not_taken_for_the_old_one() {
    let server = server(&person("anna", ""));
    let connector = connector(&server);
    let old = keyed(&server, "anna");
    let delete = Change::Delete { account: old, heir: None };
    connector.perform(&delete).await.expect("deleted");
    connector.perform(&Change::Create(draft(named("anna"), &[("cn", &["A"]), ("sn", &["A"])]))).await.expect("another anna");
    so(&connector, &delete).await;
    assert_eq!(connector.perform(&delete).await, Ok(Outcome::AlreadySo));
    keyed(&server, "anna");
}

#[tokio::test]
async fn a_deleted_account_leaves_no_name_in_a_group() {
    let posix = format!("dn: {}\nobjectClass: posixGroup\ncn: unix\ngidNumber: 7\nmemberUid: anna\n\n", group_dn("unix"));
    let server = server(&[person("anna", ""), group("staff", &[&person_dn("anna"), &person_dn("x")]), posix].concat());
    let delete = Change::Delete { account: keyed(&server, "anna"), heir: None };
    made_so_once(&connector(&server), &delete).await;
    let said = server.search(SUFFIX, "(objectClass=*)", &["member", "memberUid"]).expect("an answer");
    assert!(!said.contains("anna"), "{said}");
}

#[tokio::test]
async fn two_entries_of_one_name_are_for_a_person_to_decide() {
    let server = server_with_two_annas();
    let connector = connector(&server);
    for change in [Change::Disable(named("anna")), Change::Delete { account: named("anna"), heir: None }] {
        let fault = connector.perform(&change).await.expect_err("two");
        assert_eq!(fault.kind, FaultKind::NeedsDecision);
        assert!(fault.words.contains("ou=east"), "{fault}");
        assert_eq!(connector.read_back(&change).await.expect_err("two").kind, FaultKind::NeedsDecision);
    }
}

#[tokio::test]
async fn a_key_that_is_none_is_not_taken_for_an_account_that_is_gone() {
    let server = server(&person("anna", ""));
    let account = AccountRef { key: "anna".into(), name: "anna".into() };
    let fault = connector(&server).read_back(&Change::Disable(account)).await.expect_err("no key");
    assert_eq!(fault.kind, FaultKind::NeedsDecision);
}

#[tokio::test]
async fn nothing_is_proved_where_the_place_of_accounts_cannot_be_read() {
    let server = server("");
    let connector = with(&server, serde_json::json!({ "people-base": format!("ou=elsewhere,{SUFFIX}") }));
    let fault = connector.read_back(&Change::Disable(named("anna"))).await.expect_err("no base");
    assert_eq!(fault.kind, FaultKind::Forbidden);
    assert!(fault.words.contains("nothing can be proved"), "{fault}");
}

#[tokio::test]
async fn a_password_among_the_attributes_is_refused() {
    let server = server("");
    let create = Change::Create(draft(named("anna"), &[("userPassword", &["x"])]));
    let fault = connector(&server).perform(&create).await.expect_err("a password");
    assert_eq!(fault.kind, FaultKind::Refused);
}
