//! Everything that is there.

use futures::StreamExt;
use tenure_connectors::{
    Change, Connector, CredentialRef, FaultKind, Found, FoundAccount, FoundCredential, FoundEntitlement, FoundMembership, Watermark,
};
use tenure_domain::credential::CredentialKind;
use tenure_test_support::openldap::SUFFIX;

use crate::world::*;

#[derive(Default)]
struct All {
    accounts: Vec<FoundAccount>,
    entitlements: Vec<FoundEntitlement>,
    memberships: Vec<FoundMembership>,
    credentials: Vec<FoundCredential>,
    watermark: Option<Watermark>,
}

/// All that is told, in the order that is promised.
async fn all(connector: &dyn Connector, since: Option<&Watermark>) -> All {
    let mut stream = connector.reconcile(since, &[]).await.expect("begun");
    let mut all = All::default();
    let mut phase = 0;
    while let Some(found) = stream.next().await {
        let now = match found.expect("no fault") {
            Found::Account(account) => (all.accounts.push(account), 0).1,
            Found::Gone(_) => 0,
            Found::Entitlement(entitlement) => (all.entitlements.push(entitlement), 1).1,
            Found::Membership(membership) => (all.memberships.push(membership), 2).1,
            Found::Credential(credential) => (all.credentials.push(credential), 3).1,
            Found::Watermark(watermark) => (all.watermark = Some(watermark), 4).1,
        };
        assert!(now >= phase, "out of order");
        phase = now;
    }
    assert_eq!(phase, 4, "the last one is the watermark");
    all
}

#[tokio::test]
async fn two_thousand_five_hundred_accounts_come_in_pages() {
    let people: String = (0..2500).map(|i| person(&format!("p{i:04}"), "")).collect();
    let members: Vec<String> = (0..2500).map(|i| person_dn(&format!("p{i:04}"))).collect();
    let everybody = group("everybody", &members.iter().map(String::as_str).collect::<Vec<_>>());
    let server = server(&(people + &everybody));
    for size in [100, 500] {
        let connector = with(&server, serde_json::json!({ "page-size": size }));
        let all = all(&connector, None).await;
        assert_eq!((all.accounts.len(), all.memberships.len()), (2500, 2500));
        let keys: std::collections::HashSet<_> = all.accounts.iter().map(|found| &found.account.key).collect();
        assert_eq!(keys.len(), 2500);
        assert!(all.memberships.iter().all(|found| keys.contains(&found.member) && !found.nested));
    }
}

#[tokio::test]
async fn a_stream_that_is_dropped_early_leaves_the_connector_usable() {
    let people: String = (0..2500).map(|i| person(&format!("p{i:04}"), "")).collect();
    let server = server(&people);
    let connector = connector(&server);
    let mut stream = connector.reconcile(None, &[]).await.expect("begun");
    assert!(matches!(stream.next().await, Some(Ok(Found::Account(_)))));
    drop(stream);
    connector.probe().await.expect("an answer");
}

#[tokio::test]
async fn accounts_groups_and_credentials_are_told_as_they_are() {
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ6BRgCQBmvAyWrUrUPYSmVRnOi0HjVOiYcCWoWDrrUQ anna@laptop";
    let anna = format!(
        "objectClass: ldapPublicKey\nobjectClass: posixAccount\nuidNumber: 1\ngidNumber: 7\nhomeDirectory: /x\nsshPublicKey: {key}\n\
         mail: anna@x.test\nemployeeNumber: 42\nuserPassword: secret\npwdChangedTime: 20260102030405Z\n"
    );
    let posix = format!("dn: {}\nobjectClass: posixGroup\ncn: unix\ngidNumber: 7\nmemberUid: berta\n\n", group_dn("unix"));
    let entries = [
        person("anna", &anna),
        person("berta", "pwdAccountLockedTime: 000001010000Z\nuserPassword: secret\n"),
        group("inner", &[&person_dn("anna").to_uppercase(), "cn=somebody else"])
            .replace("cn: inner", "cn: inner\ndescription: The inner ones"),
        group("outer", &[&group_dn("inner")]),
        posix,
    ];
    let server = server(&entries.concat());
    let all = all(&connector(&server), None).await;
    let (anna, berta) = (keyed(&server, "anna"), keyed(&server, "berta"));

    let found = all.accounts.iter().find(|found| found.account == anna).expect("anna");
    assert!(found.enabled);
    assert_eq!(found.attributes["employeeNumber"], ["42"]);
    assert_eq!(found.attributes["mail"], ["anna@x.test"]);
    assert!(!all.accounts.iter().find(|found| found.account == berta).expect("berta").enabled);

    let inner = all.entitlements.iter().find(|found| found.key == group_dn("inner")).expect("inner");
    assert_eq!((inner.name.as_str(), inner.description.as_str()), ("inner", "The inner ones"));
    let mut memberships: Vec<_> = all.memberships.iter().map(|m| (m.entitlement.clone(), m.member.clone(), m.nested)).collect();
    memberships.sort();
    let mut expected = vec![
        (group_dn("inner"), anna.key.clone(), false),
        (group_dn("outer"), group_dn("inner"), true),
        (group_dn("unix"), anna.key.clone(), false),
        (group_dn("unix"), berta.key.clone(), false),
    ];
    expected.sort();
    assert_eq!(memberships, expected);

    let password = |of: &str| all.credentials.iter().find(|c| c.account == of && c.kind == CredentialKind::Password).expect("a password");
    assert_eq!(password(&anna.key).changed_at.map(|time| time.to_rfc3339()), Some("2026-01-02T03:04:05+00:00".to_owned()));
    assert!(password(&anna.key).live && !password(&berta.key).live);
    let ssh = all.credentials.iter().find(|c| c.kind == CredentialKind::SshKey).expect("a key");
    assert_eq!((ssh.account.as_str(), ssh.label.as_str()), (anna.key.as_str(), "anna@laptop"));
    assert!(ssh.key.starts_with("SHA256:"));
}

#[tokio::test]
async fn a_revoked_password_is_found_no_more() {
    let server = server(&[person("anna", ""), person("berta", "userPassword: x\n")].concat());
    let connector = connector(&server);
    let anna = keyed(&server, "anna");
    let password = tenure_connectors::Secret::new("a new one".into());
    connector.perform(&Change::SetPassword { account: anna.clone(), password }).await.expect("set");
    let of_anna = |all: &All| all.credentials.iter().filter(|c| c.account == anna.key).count();
    assert_eq!(of_anna(&all(&connector, None).await), 1);
    let revoke = Change::RevokeCredential(CredentialRef { key: anna.key.clone(), account: anna.clone() });
    connector.perform(&revoke).await.expect("revoked");
    assert_eq!(of_anna(&all(&connector, None).await), 0);
}

#[tokio::test]
async fn since_a_watermark_only_what_changed_is_told_and_whole() {
    // Written long ago, so that only what the test changes is new.
    let old = "entryCSN: 20200101000000.000000Z#000000#000#000000\nmodifyTimestamp: 20200101000000Z\n";
    let people: String = ["anna", "berta", "clara"].map(|uid| person(uid, old)).concat();
    let groups = [group("staff", &[&person_dn("anna"), &group_dn("team")]), group("team", &[&person_dn("clara")])];
    let groups = groups.concat().replace("objectClass: groupOfNames\n", &format!("objectClass: groupOfNames\n{old}"));
    let server = server(&(people + &groups));
    let connector = connector(&server);

    let first = all(&connector, None).await;
    assert_eq!((first.accounts.len(), first.entitlements.len()), (3, 2));
    let unchanged = all(&connector, first.watermark.as_ref()).await;
    assert_eq!((unchanged.accounts.len(), unchanged.entitlements.len()), (3, 2), "all are as old as the newest, and within the margin");

    let mark = Watermark(r#"{"csn":"20210101000000Z"}"#.to_owned());
    let none = all(&connector, Some(&mark)).await;
    assert_eq!((none.accounts.len(), none.entitlements.len(), none.memberships.len()), (0, 0, 0));
    assert_eq!(none.watermark.as_ref(), Some(&mark), "nothing is later than before");

    server.modify(&format!("dn: {}\nchangetype: modify\nreplace: mail\nmail: b@x.test\n", person_dn("berta"))).expect("changed");
    server
        .modify(&format!("dn: {}\nchangetype: modify\nadd: member\nmember: {}\n", group_dn("staff"), person_dn("berta")))
        .expect("changed");
    let some = all(&connector, Some(&mark)).await;
    // The module memberof writes to an account of which a group has changed.
    let names: Vec<_> = some.accounts.iter().map(|found| found.account.name.as_str()).collect();
    assert_eq!(names, ["berta"]);
    assert_eq!(some.entitlements.len(), 1);
    assert_eq!(some.memberships.len(), 3, "the group is told whole: {:?}", some.memberships);
    assert!(some.memberships.iter().any(|found| found.nested && found.member == group_dn("team")));
    assert_ne!(some.watermark, Some(mark));
}

#[tokio::test]
async fn a_watermark_that_is_none_means_all() {
    let server = server(&person("anna", ""));
    for mark in ["", "{}", r#"{"csn":"*)(uid=*"}"#, r#"{"usn":{"server":"x","number":1}}"#] {
        let all = all(&connector(&server), Some(&Watermark(mark.to_owned()))).await;
        assert_eq!(all.accounts.len(), 1, "{mark}");
    }
}

#[tokio::test]
async fn what_cannot_be_begun_is_a_fault_and_what_breaks_later_is_the_last_item() {
    let server = server(&person("anna", ""));
    let connector = with(&server, serde_json::json!({ "groups-base": format!("ou=teams,{SUFFIX}") }));
    let items: Vec<_> = connector.reconcile(None, &[]).await.expect("begun").collect().await;
    assert!(matches!(&items[0], Ok(Found::Account(_))));
    assert_eq!(items.last().and_then(|last| last.as_ref().err()).map(|fault| fault.kind), Some(FaultKind::Forbidden));
    drop(server);
    assert_eq!(connector.reconcile(None, &[]).await.err().map(|fault| fault.kind), Some(FaultKind::Unreachable));
}
