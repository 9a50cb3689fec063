//! Groups: of three kinds, and groups in groups.

use tenure_connectors::{Change, Connector, EntitlementRef, FaultKind, Outcome};
use tenure_test_support::openldap::SUFFIX;

use crate::world::*;

fn removal(server: &tenure_test_support::OpenLdap, cn: &str) -> Change {
    Change::RemoveMember { account: keyed(server, "anna"), entitlement: entitlement(cn) }
}

#[tokio::test]
async fn groups_of_each_kind_take_and_lose_a_member() {
    let unique = format!("dn: {}\nobjectClass: groupOfUniqueNames\ncn: unique\nuniqueMember: cn=x\n\n", group_dn("unique"));
    let posix = format!("dn: {}\nobjectClass: posixGroup\ncn: unix\ngidNumber: 7\n\n", group_dn("unix"));
    let server = server(&[person("anna", ""), group("names", &["cn=x"]), unique, posix].concat());
    let connector = connector(&server);
    for (cn, attribute) in [("names", "member"), ("unique", "uniqueMember"), ("unix", "memberUid")] {
        let account = keyed(&server, "anna");
        made_so_once(&connector, &Change::AddMember { account, entitlement: entitlement(cn) }).await;
        let said = server.search(&group_dn(cn), "(objectClass=*)", &[attribute]).expect("an answer");
        assert!(said.contains("anna"), "{said}");
        made_so_once(&connector, &removal(&server, cn)).await;
    }
}

#[tokio::test]
async fn the_last_member_of_a_group_that_must_have_one_is_taken_out() {
    let server = server(&[person("anna", ""), group("staff", &[&person_dn("anna")])].concat());
    made_so_once(&connector(&server), &removal(&server, "staff")).await;
    let said = server.search(SUFFIX, "(cn=staff)", &["member"]).expect("an answer");
    assert!(!said.contains("anna"), "{said}");
}

#[tokio::test]
async fn a_member_of_a_nested_group_is_still_held_and_the_way_is_named() {
    let groups = [
        group("inner", &[&person_dn("anna"), "cn=x"]),
        group("middle", &[&group_dn("inner")]),
        group("other", &[&group_dn("unrelated")]),
        group("unrelated", &["cn=x"]),
        group("outer", &[&person_dn("anna"), &group_dn("middle")]),
    ];
    let server = server(&[person("anna", ""), groups.concat()].concat());
    let connector = connector(&server);
    let change = removal(&server, "outer");
    assert_eq!(connector.perform(&change).await, Ok(Outcome::Done));
    let why = not_so(&connector, &change).await;
    let way = [group_dn("inner"), group_dn("middle"), group_dn("outer")].join(", which is in ");
    assert!(why.contains(&way), "{why}");
    assert_eq!(connector.perform(&change).await, Ok(Outcome::AlreadySo));
    connector.perform(&removal(&server, "inner")).await.expect("removed");
    so(&connector, &change).await;
}

#[tokio::test]
async fn groups_in_a_circle_are_walked_once() {
    let groups = [
        group("a", &[&person_dn("anna"), &group_dn("c"), &group_dn("a")]),
        group("b", &[&group_dn("a")]),
        group("c", &[&group_dn("b")]),
        group("apart", &["cn=x"]),
    ];
    let server = server(&[person("anna", ""), groups.concat()].concat());
    let connector = connector(&server);
    so(&connector, &removal(&server, "apart")).await;
    assert!(not_so(&connector, &removal(&server, "c")).await.contains("which is in"));
}

#[tokio::test]
async fn a_way_through_many_groups_is_found_in_few_searches() {
    let wide: String = (0..120).map(|i| group(&format!("wide{i}"), &[&person_dn("anna")])).collect();
    let server = server(&[person("anna", ""), wide, group("top", &[&group_dn("wide77")])].concat());
    let why = not_so(&connector(&server), &removal(&server, "top")).await;
    assert!(why.contains(&group_dn("wide77")) && !why.contains("wide78"), "{why}");
}

#[tokio::test]
async fn the_primary_group_of_unix_is_still_held() {
    let account = "objectClass: posixAccount\nuidNumber: 1\ngidNumber: 7\nhomeDirectory: /x\n";
    let posix = format!("dn: {}\nobjectClass: posixGroup\ncn: unix\ngidNumber: 7\n\n", group_dn("unix"));
    let server = server(&[person("anna", account), posix].concat());
    let connector = connector(&server);
    assert!(not_so(&connector, &removal(&server, "unix")).await.contains("primary group"));
    assert_eq!(connector.perform(&removal(&server, "unix")).await.expect_err("primary").kind, FaultKind::NeedsDecision);
}

#[tokio::test]
async fn nobody_is_in_a_group_that_is_gone_and_nobody_can_be_added() {
    let server = server(&person("anna", ""));
    let connector = connector(&server);
    assert_eq!(connector.perform(&removal(&server, "gone")).await, Ok(Outcome::AlreadySo));
    so(&connector, &removal(&server, "gone")).await;
    let add = Change::AddMember { account: keyed(&server, "anna"), entitlement: entitlement("gone") };
    assert_eq!(connector.perform(&add).await.expect_err("gone").kind, FaultKind::Refused);
}

#[tokio::test]
async fn a_group_elsewhere_in_the_directory_is_not_touched() {
    let server = server(&person("anna", ""));
    for key in [format!("cn=x,{SUFFIX}"), "no name".to_owned(), format!("cn=x\\,ou=groups,{SUFFIX}")] {
        let change = Change::AddMember { account: keyed(&server, "anna"), entitlement: EntitlementRef { key } };
        assert_eq!(connector(&server).perform(&change).await.expect_err("elsewhere").kind, FaultKind::Refused);
    }
}
