//! The flavour of Active Directory, against Samba as its domain controller. Making a domain takes long, so
//! all of these share one.

use std::sync::OnceLock;

use futures::StreamExt;
use tenure_connectors::{
    AccountDraft, AccountRef, Change, Connector, CredentialRef, EntitlementRef, FaultKind, Found, Limits, Outcome, Secret, Watermark,
    ldap::{LdapConnector, LdapSettings},
};
use tenure_test_support::{
    Samba,
    samba::{ADMINISTRATOR, PASSWORD, SUFFIX},
};

use crate::{
    documented::documented,
    world::{draft, made_so_once, named, not_so, so},
};

/// It ends with this process: its supervisor's input closes.
fn domain() -> &'static Samba {
    static DOMAIN: OnceLock<Samba> = OnceLock::new();
    DOMAIN.get_or_init(|| Samba::start().expect("Samba starts"))
}

fn connector(different: serde_json::Value) -> LdapConnector {
    let mut all = serde_json::json!({
        "url": domain().tls_url(), "ca-certificate": domain().ca_certificate(), "bind-dn": ADMINISTRATOR,
        "people-base": format!("CN=Users,{SUFFIX}"), "groups-base": SUFFIX, "flavour": "active-directory",
        "attributes": ["mail", "cn"],
    });
    for (name, value) in different.as_object().expect("an object") {
        all[name] = value.clone();
    }
    let settings: LdapSettings = serde_json::from_value(all).expect("settings");
    LdapConnector::new(settings, Secret::new(PASSWORD.into()), Limits::default()).expect("valid")
}

async fn found(connector: &LdapConnector, since: Option<&Watermark>) -> Vec<Found> {
    connector.reconcile(since, &[]).await.expect("begun").map(|item| item.expect("no fault")).collect().await
}

/// A person of that name, made and found by its key.
async fn somebody(connector: &LdapConnector, name: &str) -> AccountRef {
    made_so_once(connector, &Change::Create(draft(named(name), &[("mail", &[&format!("{name}@x.test")])]))).await;
    let all = found(connector, None).await;
    let accounts = all.into_iter().filter_map(|item| if let Found::Account(found) = item { Some(found.account) } else { None });
    accounts.into_iter().find(|account| account.name == name).expect("found")
}

fn dn(name: &str) -> String {
    format!("CN={name},CN=Users,{SUFFIX}")
}

#[tokio::test]
async fn a_domain_controller_says_what_it_is() {
    for different in [serde_json::json!({}), serde_json::json!({ "url": domain().url(), "start-tls": true })] {
        let probe = connector(different).probe().await.expect("an answer");
        assert!(probe.product.contains("Samba") || probe.product.contains("Active Directory"), "{probe:?}");
        assert!(probe.remarks.is_empty(), "{probe:?}");
    }
    let plain = connector(serde_json::json!({ "url": domain().url() }));
    assert_eq!(plain.probe().await.expect_err("it wants TLS").kind, FaultKind::SignIn);
}

#[tokio::test]
async fn an_account_lives_and_dies_by_its_key() {
    let connector = connector(serde_json::json!({}));
    let account = somebody(&connector, "anna").await;
    let password = Change::SetPassword { account: account.clone(), password: Secret::new("Långes-Passwort-1".into()) };
    made_so_once(&connector, &password).await;
    let (let_in, said) = domain().lets_in(&dn("anna"), "Långes-Passwort-1").expect("an answer");
    assert!(let_in, "{said}");

    let evidence = made_so_once(&connector, &Change::Disable(account.clone())).await;
    assert!(evidence.contains("userAccountControl=514"), "{evidence}");
    let (let_in, said) = domain().lets_in(&dn("anna"), "Långes-Passwort-1").expect("an answer");
    assert!(!let_in && said.contains("data 533"), "{said}");
    made_so_once(&connector, &Change::Enable(account.clone())).await;

    let renamed = AccountRef { name: "anna.s".into(), ..account.clone() };
    made_so_once(&connector, &Change::Change(draft(renamed, &[("cn", &["Schmidt, Anna (x)*"]), ("mail", &[])]))).await;
    let deleted = Change::Delete { account: account.clone(), heir: None };
    made_so_once(&connector, &deleted).await;
    assert_eq!(connector.perform(&Change::Disable(account)).await, Ok(Outcome::AlreadySo));
}

#[tokio::test]
async fn a_revoked_password_lets_nobody_in_until_a_new_one_is_set() {
    let connector = connector(serde_json::json!({}));
    let account = somebody(&connector, "berta").await;
    let password = Change::SetPassword { account: account.clone(), password: Secret::new("Passwort-von-1-berta".into()) };
    made_so_once(&connector, &password).await;
    let revoke = Change::RevokeCredential(CredentialRef { key: account.key.clone(), account: account.clone() });
    made_so_once(&connector, &revoke).await;
    assert!(!domain().lets_in(&dn("berta"), "Passwort-von-1-berta").expect("an answer").0);
    made_so_once(&connector, &password).await;
    assert!(domain().lets_in(&dn("berta"), "Passwort-von-1-berta").expect("an answer").0);
}

#[tokio::test]
async fn groups_in_groups_and_the_primary_group_are_still_held() {
    let connector = connector(serde_json::json!({}));
    let account = somebody(&connector, "clara").await;
    let of = |group: &str| EntitlementRef { key: format!("CN={group},CN=Users,{SUFFIX}") };
    let add = |group: &str| Change::AddMember { account: account.clone(), entitlement: of(group) };
    let remove = |group: &str| Change::RemoveMember { account: account.clone(), entitlement: of(group) };
    // By default Domain Admins is in Administrators, which is in CN=Builtin.
    made_so_once(&connector, &add("Domain Admins")).await;
    let administrators = EntitlementRef { key: format!("CN=Administrators,CN=Builtin,{SUFFIX}") };
    let why = not_so(&connector, &Change::RemoveMember { account: account.clone(), entitlement: administrators.clone() }).await;
    assert!(why.contains("Domain Admins") && why.contains("which is in"), "{why}");
    made_so_once(&connector, &remove("Domain Admins")).await;
    so(&connector, &Change::RemoveMember { account: account.clone(), entitlement: administrators }).await;
    assert!(not_so(&connector, &remove("Domain Users")).await.contains("primary group"));
}

#[tokio::test]
async fn what_changed_and_what_was_deleted_is_told_since_a_watermark() {
    let connector = connector(serde_json::json!({ "page-size": 10 }));
    let account = somebody(&connector, "dora").await;
    let all = found(&connector, None).await;
    let Some(Found::Watermark(mark)) = all.last() else { panic!("no watermark") };
    let users = format!("CN=Domain Users,CN=Users,{SUFFIX}");
    assert!(all.iter().any(|item| matches!(item, Found::Membership(m) if m.entitlement == users && m.member == account.key)));
    assert!(all.iter().any(|item| matches!(item, Found::Credential(c) if c.account == account.key && c.changed_at.is_some() && c.live)));
    connector.perform(&Change::Disable(account.clone())).await.expect("disabled");
    let some = found(&connector, Some(mark)).await;
    assert!(some.iter().any(|item| matches!(item, Found::Account(f) if f.account == account && !f.enabled)));
    connector.perform(&Change::Delete { account: account.clone(), heir: None }).await.expect("deleted");
    let some = found(&connector, Some(mark)).await;
    assert!(some.contains(&Found::Gone(account.key)), "{some:?}");
}

#[tokio::test]
async fn a_logon_name_is_given_to_one_person_only_and_found_again() {
    let connector = connector(serde_json::json!({}));
    let of = |name: &str, number: &str, more: &[(&str, &[&str])]| {
        Change::Create(draft(named(name), &[&[("employeeID", &[number][..]), ("sn", &["Smith"])], more].concat()))
    };
    made_so_once(&connector, &of("jsmith", "7", &[("userPrincipalName", &["j@samba.test"])])).await;
    let account = AccountRef { key: String::new(), name: "JSmith".into() };
    let found =
        connector.find(&account, &["SN".into(), "unicodePwd".into(), "sAMAccountName".into()]).await.expect("a look").expect("jsmith");
    assert_eq!((found.attributes["SN"][0].as_str(), found.attributes["sAMAccountName"][0].as_str()), ("Smith", "jsmith"));
    assert!(found.enabled && !found.attributes.contains_key("unicodePwd"), "{found:?}");
    assert_eq!(connector.find(&found.account, &[]).await.expect("a look").map(|again| again.account), Some(found.account));

    let taken = connector.perform(&of("jsmith", "8", &[])).await.expect_err("another's");
    assert_eq!(taken.kind, FaultKind::NameTaken, "{taken}");
    // A name is taken in the whole domain, also by what Tenure does not look at.
    let elsewhere = self::connector(serde_json::json!({ "people-base": format!("OU=Domain Controllers,{SUFFIX}") }));
    let taken = elsewhere.perform(&of("jsmith", "8", &[("cn", &["somebody else"])])).await.expect_err("taken");
    assert_eq!(taken.kind, FaultKind::NameTaken, "{taken}");
    // What another name would not help against is said to be something else.
    for (attribute, value) in [("cn", "jsmith"), ("userPrincipalName", "j@samba.test")] {
        let refused = connector.perform(&of("jsmith2", "8", &[(attribute, &[value])])).await.expect_err("taken");
        assert_eq!(refused.kind, FaultKind::Refused, "{refused}");
        assert!(refused.words.contains(attribute), "{refused}");
    }
    let long = connector.perform(&of("a-name-of-too-many-signs", "9", &[])).await.expect_err("too long");
    assert!(long.kind == FaultKind::Refused && long.words.contains("20 characters"), "{long}");
}

#[tokio::test]
async fn a_new_account_lets_nobody_in_before_a_password_is_set() {
    let connector = connector(serde_json::json!({}));
    let account = somebody(&connector, "emil").await;
    for guess in ["", "emil", "Passwort-von-1-emil"] {
        assert!(!domain().lets_in(&dn("emil"), guess).expect("an answer").0, "{guess:?}");
    }
    made_so_once(&connector, &Change::SetPassword { account, password: Secret::new("Passwort-von-1-emil".into()) }).await;
    assert!(domain().lets_in(&dn("emil"), "Passwort-von-1-emil").expect("an answer").0);
}

#[tokio::test]
async fn the_mapping_in_the_documentation_makes_an_account() {
    let attributes = documented("LDAP: Active Directory");
    let create = Change::Create(AccountDraft { account: named("docanna"), attributes });
    made_so_once(&connector(serde_json::json!({})), &create).await;
}
