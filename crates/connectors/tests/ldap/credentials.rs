//! Passwords and SSH keys.

use tenure_connectors::{Change, Connector, CredentialRef, FaultKind, Secret};
use tenure_test_support::openldap::SUFFIX;

use crate::world::*;

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ6BRgCQBmvAyWrUrUPYSmVRnOi0HjVOiYcCWoWDrrUQ anna@laptop";
const OTHER_KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl anna@desk";

/// What `ssh-keygen -lf` says of a key.
fn fingerprint(line: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key.pub");
    std::fs::write(&file, line).expect("written");
    let said = std::process::Command::new("ssh-keygen").arg("-lf").arg(&file).output();
    let said = said.expect("ssh-keygen is installed (Debian: apt-get install openssh-client)");
    String::from_utf8_lossy(&said.stdout).split(' ').nth(1).expect("a fingerprint").to_owned()
}

#[tokio::test]
async fn a_password_is_set_by_both_kinds_of_connection_and_works() {
    let server = server(&[person("anna", ""), person("berta", "")].concat());
    let start_tls = with(&server, serde_json::json!({ "url": server.url(), "start-tls": true }));
    for (name, connector) in [("anna", connector(&server)), ("berta", start_tls)] {
        let password = Secret::new("a pässword \"with\" signs".into());
        let evidence = made_so_once(&connector, &Change::SetPassword { account: keyed(&server, name), password }).await;
        assert!(!evidence.contains("signs"), "{evidence}");
        assert!(server.lets_in(&person_dn(name), "a pässword \"with\" signs").expect("an answer"));
    }
}

#[tokio::test]
async fn an_empty_password_is_refused_as_it_would_let_anybody_in() {
    let server = server(&person("anna", ""));
    let change = Change::SetPassword { account: keyed(&server, "anna"), password: Secret::new(String::new()) };
    assert_eq!(connector(&server).perform(&change).await.expect_err("empty").kind, FaultKind::Refused);
    assert_eq!(connector(&server).read_back(&change).await.expect_err("empty").kind, FaultKind::Refused);
}

#[tokio::test]
async fn a_revoked_password_lets_nobody_in() {
    let password = "userPassword: secret of anna\n";
    let server = server(&[person("anna", password), person("berta", "userPassword: secret of berta\n")].concat());
    let connector = connector(&server);
    let anna = keyed(&server, "anna");
    let change = Change::RevokeCredential(CredentialRef { key: anna.key.clone(), account: anna });
    made_so_once(&connector, &change).await;
    assert!(!server.lets_in(&person_dn("anna"), "secret of anna").expect("an answer"));
    assert!(server.lets_in(&person_dn("berta"), "secret of berta").expect("an answer"));
    assert!(!server.search(SUFFIX, "(uid=anna)", &["userPassword"]).expect("an answer").contains("userPassword"));
}

#[tokio::test]
async fn the_last_password_of_a_directory_is_proved_to_be_gone_too() {
    let server = server(&person("anna", "userPassword: secret of anna\n"));
    let anna = keyed(&server, "anna");
    made_so_once(&connector(&server), &Change::RevokeCredential(CredentialRef { key: anna.key.clone(), account: anna })).await;
}

#[tokio::test]
async fn an_account_that_must_have_a_password_gets_one_that_nobody_has() {
    let server = server(&person("anna", "objectClass: simpleSecurityObject\nuserPassword: secret of anna\n"));
    let anna = keyed(&server, "anna");
    let change = Change::RevokeCredential(CredentialRef { key: anna.key.clone(), account: anna });
    made_so_once(&connector(&server), &change).await;
    for password in ["secret of anna", "{CRYPT}!", "!"] {
        assert!(!server.lets_in(&person_dn("anna"), password).expect("an answer"), "{password}");
    }
}

#[tokio::test]
async fn a_password_that_cannot_be_seen_is_not_said_to_be_gone() {
    let server = server(&person("anna", "userPassword: secret of anna\n"));
    let settings = settings(&server, serde_json::json!({ "bind-dn": format!("cn=reader,{SUFFIX}") }));
    let password = Secret::new("the password of reader".into());
    let connector = tenure_connectors::LdapConnector::new(settings, password, limits()).expect("settings are valid");
    let anna = keyed(&server, "anna");
    let change = Change::RevokeCredential(CredentialRef { key: anna.key.clone(), account: anna });
    assert_eq!(connector.read_back(&change).await.expect_err("hidden").kind, FaultKind::Forbidden);
}

#[tokio::test]
async fn one_ssh_key_of_two_is_taken_away() {
    let keys = format!("objectClass: ldapPublicKey\nsshPublicKey: from=\"10.0.0.1\" {KEY}\nsshPublicKey: {OTHER_KEY}\n");
    let server = server(&person("anna", &keys));
    let account = keyed(&server, "anna");
    let change = Change::RevokeCredential(CredentialRef { key: fingerprint(KEY), account });
    made_so_once(&connector(&server), &change).await;
    let said = server.search(SUFFIX, "(uid=anna)", &["sshPublicKey"]).expect("an answer");
    assert!(!said.contains("anna@laptop") && said.contains("anna@desk"), "{said}");
}

#[tokio::test]
async fn a_credential_that_a_directory_does_not_have_is_for_a_person_to_decide() {
    let server = server(&person("anna", ""));
    let change = Change::RevokeCredential(CredentialRef { key: "token-7".into(), account: keyed(&server, "anna") });
    assert_eq!(connector(&server).perform(&change).await.expect_err("unknown").kind, FaultKind::NeedsDecision);
}
