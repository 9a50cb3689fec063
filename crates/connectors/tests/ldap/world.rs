//! A directory with a few people and groups in it.

use std::{collections::BTreeMap, time::Duration};

use tenure_connectors::{
    AccountDraft, AccountRef, Change, Connector, EntitlementRef, Limits, Outcome, ReadBack, Secret,
    ldap::{LdapConnector, LdapSettings},
};
use tenure_test_support::{OpenLdap, openldap::SUFFIX};

pub const PASSWORD: &str = "the password of tenure";

/// The directory without people.
pub const ROOM: &str = "dn: dc=example,dc=test
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: cn=tenure,dc=example,dc=test
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: tenure
userPassword: the password of tenure

dn: cn=reader,dc=example,dc=test
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: the password of reader

dn: ou=people,dc=example,dc=test
objectClass: organizationalUnit
ou: people

dn: ou=gone,dc=example,dc=test
objectClass: organizationalUnit
ou: gone

dn: ou=groups,dc=example,dc=test
objectClass: organizationalUnit
ou: groups

dn: ou=policies,dc=example,dc=test
objectClass: organizationalUnit
ou: policies

dn: cn=default,ou=policies,dc=example,dc=test
objectClass: device
objectClass: pwdPolicy
cn: default
pwdAttribute: userPassword
pwdLockout: TRUE

";

/// A server with these entries besides.
pub fn server(entries: &str) -> OpenLdap {
    OpenLdap::start(&format!("{ROOM}{entries}")).expect("slapd starts")
}

/// A server with two accounts of one name, one of them in the east.
pub fn server_with_two_annas() -> OpenLdap {
    let below = format!("dn: ou=east,ou=people,{SUFFIX}\nobjectClass: organizationalUnit\nou: east\n\n");
    let second = person("anna", "").replace(",ou=people", ",ou=east,ou=people");
    server(&[person("anna", ""), below, second].concat())
}

/// A person as an entry.
pub fn person(uid: &str, more: &str) -> String {
    // All object classes must stand together.
    format!("dn: uid={uid},ou=people,{SUFFIX}\nobjectClass: inetOrgPerson\n{more}uid: {uid}\ncn: {uid}\nsn: {uid}\n\n")
}

/// A group as an entry, with these members.
pub fn group(cn: &str, members: &[&str]) -> String {
    let members = members.iter().map(|member| format!("member: {member}\n")).collect::<String>();
    format!("dn: {}\nobjectClass: groupOfNames\ncn: {cn}\n{members}\n", group_dn(cn))
}

pub fn group_dn(cn: &str) -> String {
    format!("cn={cn},ou=groups,{SUFFIX}")
}

pub fn person_dn(uid: &str) -> String {
    format!("uid={uid},ou=people,{SUFFIX}")
}

/// Settings for it, by LDAPS, with these differences.
pub fn settings(server: &OpenLdap, different: serde_json::Value) -> LdapSettings {
    let mut all = serde_json::json!({
        "url": server.tls_url(),
        "ca-certificate": server.ca_certificate(),
        "bind-dn": format!("cn=tenure,{SUFFIX}"),
        "people-base": format!("ou=people,{SUFFIX}"),
        "groups-base": format!("ou=groups,{SUFFIX}"),
        "flavour": "open-ldap",
    });
    for (name, value) in different.as_object().expect("an object") {
        all[name] = value.clone();
    }
    serde_json::from_value(all).expect("settings")
}

pub fn limits() -> Limits {
    Limits { timeout: Duration::from_secs(10) }
}

pub fn connector(server: &OpenLdap) -> LdapConnector {
    with(server, serde_json::json!({}))
}

pub fn with(server: &OpenLdap, different: serde_json::Value) -> LdapConnector {
    LdapConnector::new(settings(server, different), Secret::new(PASSWORD.into()), limits()).expect("settings are valid")
}

/// An account by its name only.
pub fn named(name: &str) -> AccountRef {
    AccountRef { key: String::new(), name: name.to_owned() }
}

/// An account by its key, which the server is asked for by another client.
pub fn keyed(server: &OpenLdap, name: &str) -> AccountRef {
    let said = server.search(SUFFIX, &format!("(uid={name})"), &["entryUUID"]).expect("an answer");
    let key = said.lines().find_map(|line| line.strip_prefix("entryUUID: ")).expect("a key").to_owned();
    AccountRef { key, name: name.to_owned() }
}

pub fn draft(account: AccountRef, attributes: &[(&str, &[&str])]) -> AccountDraft {
    let attributes: BTreeMap<String, Vec<String>> =
        attributes.iter().map(|(name, values)| ((*name).to_owned(), values.iter().map(|v| (*v).to_owned()).collect())).collect();
    AccountDraft { account, attributes }
}

pub fn entitlement(cn: &str) -> EntitlementRef {
    EntitlementRef { key: group_dn(cn) }
}

/// The change is not so; it is made so; it is so; made so again, there is nothing to do.
pub async fn made_so_once(connector: &LdapConnector, change: &Change) -> String {
    let before = connector.read_back(change).await.expect("a look before");
    assert!(matches!(before, ReadBack::NotSo(_)), "before: {before:?}");
    assert_eq!(connector.perform(change).await.expect("done"), Outcome::Done);
    let evidence = so(connector, change).await;
    assert_eq!(connector.perform(change).await.expect("done again"), Outcome::AlreadySo);
    assert_eq!(so(connector, change).await, evidence);
    evidence
}

pub async fn so(connector: &LdapConnector, change: &Change) -> String {
    match connector.read_back(change).await.expect("a look") {
        ReadBack::So(evidence) => evidence,
        ReadBack::NotSo(why) => panic!("not so: {why}"),
    }
}

pub async fn not_so(connector: &LdapConnector, change: &Change) -> String {
    match connector.read_back(change).await.expect("a look") {
        ReadBack::So(evidence) => panic!("it is so: {evidence}"),
        ReadBack::NotSo(why) => why,
    }
}
