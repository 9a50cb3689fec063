//! A new account: whose a name is that is there already, and what is missing for one.

use tenure_connectors::{AccountDraft, AccountRef, Change, Connector, Fault, FaultKind, Outcome};
use tenure_test_support::openldap::SUFFIX;

use crate::{documented::documented, world::*};

fn create(name: &str, attributes: &[(&str, &[&str])]) -> Change {
    Change::Create(draft(named(name), attributes))
}

async fn fault(connector: &dyn Connector, change: &Change) -> Fault {
    connector.perform(change).await.expect_err("it must not work")
}

#[tokio::test]
async fn an_account_is_made_once_and_its_name_is_not_given_to_another_person() {
    let server = server("");
    let connector = connector(&server);
    let of = |number: &'static str, title: &'static str| {
        Change::Create(draft(
            named("jsmith"),
            &[("cn", &["J. Smith"]), ("sn", &["Smith"]), ("employeeNumber", &[number]), ("title", &[title])],
        ))
    };
    made_so_once(&connector, &of("E-7", "Clerk")).await;
    // Cut off, then done again with what has changed since: the same person, completed.
    assert_eq!(connector.perform(&of("E-7", "Head")).await, Ok(Outcome::Done));
    assert_eq!(connector.perform(&of("E-7", "Head")).await, Ok(Outcome::AlreadySo));

    let taken = fault(&connector, &of("E-8", "Head")).await;
    assert_eq!(taken.kind, FaultKind::NameTaken);
    assert!(taken.words.contains("E-7") && taken.words.contains("another name"), "{taken}");
    let found = connector.find(&named("jsmith"), &["title".into()]).await.expect("a look").expect("jsmith");
    assert_eq!((found.attributes["employeeNumber"][0].as_str(), found.attributes["title"][0].as_str()), ("E-7", "Head"));
    made_so_once(&connector, &create("jsmith2", &[("cn", &["J"]), ("sn", &["Smith"]), ("employeeNumber", &["E-8"])])).await;
}

#[tokio::test]
async fn a_disabled_account_of_the_same_person_is_used_again_and_that_of_another_is_not() {
    let server = server(&person("anna", "employeeNumber: 7\npwdAccountLockedTime: 000001010000Z\n"));
    let connector = connector(&server);
    assert_eq!(fault(&connector, &create("anna", &[("employeeNumber", &["8"])])).await.kind, FaultKind::NameTaken);
    not_so(&connector, &Change::Enable(named("anna"))).await;
    made_so_once(&connector, &create("anna", &[("employeeNumber", &["7"]), ("sn", &["Müller"])])).await;
    so(&connector, &Change::Enable(named("anna"))).await;
}

#[tokio::test]
async fn an_account_that_tells_nothing_of_its_person_is_for_a_person_to_decide() {
    let server = server(&person("anna", ""));
    let undecided = fault(&connector(&server), &create("anna", &[("sn", &["anna"]), ("employeeNumber", &["7"])])).await;
    assert_eq!(undecided.kind, FaultKind::NeedsDecision);
    assert!(undecided.words.contains("employeeNumber"), "{undecided}");
}

#[tokio::test]
async fn a_name_that_is_taken_by_another_says_in_what_they_differ() {
    let server = server(&person("anna", "mail: other@x.test\n"));
    let taken = fault(&connector(&server), &create("anna", &[("mail", &["anna@x.test"])])).await;
    assert_eq!(taken.kind, FaultKind::NameTaken);
    assert!(taken.words.contains("another mail"), "{taken}");
}

#[tokio::test]
async fn a_name_that_is_taken_by_something_that_is_no_account_is_taken() {
    let entry = format!("dn: {}\nobjectClass: organizationalRole\nobjectClass: uidObject\ncn: x\nuid: anna\n\n", person_dn("anna"));
    let server = server(&entry);
    let taken = fault(&connector(&server), &create("anna", &[("cn", &["Anna"]), ("sn", &["A"])])).await;
    assert_eq!(taken.kind, FaultKind::NameTaken);
    assert!(taken.words.contains("anna is taken"), "{taken}");
}

#[tokio::test]
async fn an_account_of_a_key_that_is_gone_does_not_take_over_another_of_its_name() {
    let server = server(&[person("anna", "employeeNumber: 7\n"), person("berta", "")].concat());
    let connector = connector(&server);
    let berta = keyed(&server, "berta");
    connector.perform(&Change::Delete { account: berta.clone(), heir: None }).await.expect("deleted");
    let account = AccountRef { name: "anna".into(), ..berta };
    let change = |number| Change::Create(draft(account.clone(), &[("cn", &["B"]), ("sn", &["B"]), ("employeeNumber", number)]));
    assert_eq!(fault(&connector, &change(&["8"])).await.kind, FaultKind::NameTaken);
    assert_eq!(connector.perform(&change(&["7"])).await, Ok(Outcome::Done), "it is the same person's");
}

#[tokio::test]
async fn what_is_missing_is_named_with_the_mapping_that_gives_it() {
    let server = server("");
    let missing = fault(&connector(&server), &create("anna", &[("cn", &["Anna"])])).await;
    assert_eq!(missing.kind, FaultKind::Refused);
    assert!(missing.words.contains("Map `sn`, for instance to `family_name`"), "{missing}");
    let both = fault(&connector(&server), &create("anna", &[("sn", &[])])).await;
    assert!(both.words.contains("`sn`") && both.words.contains("`cn`, for instance to `display_name`"), "{both}");

    let posix = with(&server, serde_json::json!({ "object-classes": ["inetOrgPerson", "posixAccount"] }));
    let missing = fault(&posix, &create("anna", &[("cn", &["Anna"]), ("sn", &["A"]), ("uidNumber", &["1"])])).await;
    assert!(missing.words.contains("gidNumber") && missing.words.contains("\"/home/\" + user_name"), "{missing}");
    let whole: [(&str, &[&str]); 5] =
        [("cn", &["Anna"]), ("sn", &["A"]), ("uidNumber", &["1"]), ("gidNumber", &["100"]), ("homeDirectory", &["/home/anna"])];
    made_so_once(&posix, &create("anna", &whole)).await;
}

#[tokio::test]
async fn what_only_the_server_knows_to_be_missing_is_said_with_its_words() {
    let server = server("");
    let connector = with(&server, serde_json::json!({ "object-classes": ["device", "uidObject", "bootableDevice", "ipHost"] }));
    let missing = fault(&connector, &create("printer", &[("cn", &["printer"])])).await;
    assert_eq!(missing.kind, FaultKind::Refused);
    assert!(missing.words.contains("requires attribute 'ipHostNumber'") && missing.words.contains("Map `ipHostNumber`"), "{missing}");
    let said = server.search(SUFFIX, "(cn=printer)", &["cn"]).expect("an answer");
    assert!(!said.contains("printer"), "{said}");
}

#[tokio::test]
async fn a_name_of_the_entry_that_another_name_of_the_account_would_not_change_is_refused() {
    let server = server(&person("anna", ""));
    let mapped = create("anna2", &[("cn", &["Anna"]), ("sn", &["A"]), ("uid", &["anna"]), ("employeeNumber", &["7"])]);
    let refused = fault(&connector(&server), &mapped).await;
    assert!(refused.kind == FaultKind::Refused && refused.words.contains("Leave `uid` out of the mapping"), "{refused}");
}

#[tokio::test]
async fn the_mappings_in_the_documentation_make_accounts() {
    let server = server("");
    let plain = Change::Create(AccountDraft { account: named("anna"), attributes: documented("LDAP: OpenLDAP") });
    made_so_once(&connector(&server), &plain).await;
    let posix = with(&server, serde_json::json!({ "object-classes": ["inetOrgPerson", "posixAccount"] }));
    let attributes = documented("LDAP: OpenLDAP with POSIX accounts");
    made_so_once(&posix, &Change::Create(AccountDraft { account: named("berta"), attributes })).await;
}
