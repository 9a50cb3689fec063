//! One account by a fresh look, and the attributes that are wanted of it.

use futures::StreamExt;
use tenure_connectors::{AccountRef, Change, Connector, FaultKind, Found};
use tenure_test_support::openldap::SUFFIX;

use crate::world::*;

fn wanted(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn an_account_is_found_by_its_key_and_without_one_by_its_name() {
    let server = server(&[person("anna", "mail: a@x.test\ntitle: Boss\n"), person("berta", "")].concat());
    let connector = connector(&server);
    let anna = keyed(&server, "anna");
    let names = wanted(&["title", "SN", "departmentNumber"]);
    // A key holds, whatever the account was called when it was seen.
    for account in [anna.clone(), AccountRef { name: "long ago".into(), ..anna.clone() }, named("anna")] {
        let found = connector.find(&account, &names).await.expect("a look").expect("anna");
        assert_eq!((&found.account, found.enabled), (&anna, true));
        assert_eq!((found.attributes["title"][0].as_str(), found.attributes["SN"][0].as_str()), ("Boss", "anna"));
        assert_eq!(found.attributes["mail"], ["a@x.test"], "what the settings read is told as well");
        assert!(!found.attributes.contains_key("departmentNumber"), "{found:?}");
    }
    connector.perform(&Change::Disable(anna.clone())).await.expect("disabled");
    assert!(!connector.find(&anna, &[]).await.expect("a look").expect("anna").enabled);
    connector.perform(&Change::Delete { account: anna.clone(), heir: None }).await.expect("deleted");
    for account in [anna, named("anna"), named("nobody")] {
        assert_eq!(connector.find(&account, &names).await, Ok(None), "{account:?}");
    }
}

#[tokio::test]
async fn a_secret_is_not_told_even_if_it_is_wanted() {
    let server = server(&person("anna", "userPassword: not for anybody\n"));
    let names = wanted(&["userPassword", "USERPASSWORD", "userPassword;binary", "*", "+", "sn"]);
    let connector = connector(&server);
    let found = connector.find(&named("anna"), &names).await.expect("a look").expect("anna");
    assert_eq!(found.attributes.keys().collect::<Vec<_>>(), ["cn", "sn", "uid"]);
    let all: Vec<_> = connector.reconcile(None, &names).await.expect("begun").collect().await;
    assert!(!format!("{found:?}{all:?}").contains("not for anybody"));
}

#[tokio::test]
async fn a_place_that_cannot_be_read_is_no_absence() {
    let server = server(&person("anna", ""));
    let connector = with(&server, serde_json::json!({ "people-base": format!("ou=elsewhere,{SUFFIX}") }));
    for account in [named("anna"), keyed(&server, "anna")] {
        assert_eq!(connector.find(&account, &[]).await.expect_err("no base").kind, FaultKind::Forbidden);
    }
}

#[tokio::test]
async fn what_names_two_accounts_or_none_is_for_a_person_to_decide() {
    let server = server_with_two_annas();
    let connector = connector(&server);
    for account in [named("anna"), named(""), AccountRef { key: "no key".into(), name: "anna".into() }] {
        assert_eq!(connector.find(&account, &[]).await.expect_err("undecided").kind, FaultKind::NeedsDecision, "{account:?}");
    }
}

#[tokio::test]
async fn a_whole_look_tells_what_is_wanted_besides_what_the_settings_say() {
    let server = server(&[person("anna", "title: Boss\nmail: a@x.test\n"), person("berta", "")].concat());
    let connector = connector(&server);
    let names = wanted(&["Title", "MAIL"]);
    let all: Vec<_> = connector.reconcile(None, &names).await.expect("begun").map(|item| item.expect("no fault")).collect().await;
    let told = |name: &str| {
        let of = all.iter().find_map(|item| match item {
            Found::Account(found) if found.account.name == name => Some(found.attributes.clone()),
            _ => None,
        });
        of.expect("found")
    };
    let anna = told("anna");
    assert_eq!((anna["Title"][0].as_str(), anna["MAIL"][0].as_str(), anna["mail"][0].as_str()), ("Boss", "a@x.test", "a@x.test"));
    assert!(!told("berta").contains_key("Title"));
    assert_eq!(connector.find(&named("anna"), &names).await.expect("a look").expect("anna").attributes, anna, "one look tells the same");
}
