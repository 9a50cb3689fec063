//! What goes wrong, and what it is called.

use std::time::Duration;

use tenure_connectors::{Change, Connector, Fault, FaultKind, LdapConnector, Limits, Secret};
use tenure_test_support::openldap::{Authority, SUFFIX};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::world::*;

async fn fault_of(connector: &LdapConnector) -> Fault {
    connector.probe().await.expect_err("a fault")
}

#[tokio::test]
async fn each_kind_of_connection_says_what_it_talks_to() {
    let server = server("");
    let plain = serde_json::json!({ "url": server.url() });
    let start_tls = serde_json::json!({ "url": server.url(), "start-tls": true });
    for (different, secure) in [(serde_json::json!({}), true), (start_tls, true), (plain, false)] {
        let probe = with(&server, different).probe().await.expect("an answer");
        assert_eq!(probe.product, "OpenLDAP");
        assert_eq!(probe.signed_in_as, format!("cn=tenure,{SUFFIX}"));
        assert_eq!(probe.remarks.iter().any(|remark| remark.contains("not secure")), !secure, "{probe:?}");
        assert_eq!(probe.remarks.len(), usize::from(!secure), "{probe:?}");
    }
}

#[tokio::test]
async fn a_place_that_is_missing_is_remarked() {
    let server = server("");
    let connector = with(&server, serde_json::json!({ "groups-base": format!("ou=teams,{SUFFIX}"), "flavour": "active-directory" }));
    let remarks = connector.probe().await.expect("an answer").remarks.join("\n");
    assert!(remarks.contains("ou=teams") && remarks.contains("set flavour to open-ldap"), "{remarks}");
}

#[tokio::test]
async fn a_wrong_password_is_tenures_own_sign_in_and_is_not_repeated() {
    let server = server("");
    let connector = LdapConnector::new(settings(&server, serde_json::json!({})), Secret::new("wrong-one".into()), limits()).expect("valid");
    let fault = fault_of(&connector).await;
    assert_eq!(fault.kind, FaultKind::SignIn);
    assert!(!fault.words.contains("wrong-one") && !format!("{connector:?}").contains("wrong-one"), "{fault}");
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_refused_by_both_ways_of_tls() {
    let server = server("");
    let other = Authority::new().expect("an authority");
    for different in [serde_json::json!({}), serde_json::json!({ "url": server.url(), "start-tls": true })] {
        let mut different = different;
        different["ca-certificate"] = other.pem().into();
        let fault = fault_of(&with(&server, different)).await;
        assert_eq!(fault.kind, FaultKind::Certificate, "{fault}");
    }
    let mut world = settings(&server, serde_json::json!({}));
    world.ca_certificate = None;
    let connector = LdapConnector::new(world, Secret::new(PASSWORD.into()), limits()).expect("valid");
    assert_eq!(fault_of(&connector).await.kind, FaultKind::Certificate);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let server = server("");
    let url = server.tls_url().replace("127.0.0.1", "localhost");
    let fault = fault_of(&with(&server, serde_json::json!({ "url": url }))).await;
    assert_eq!(fault.kind, FaultKind::Certificate);
    assert!(fault.words.contains("not for the name localhost"), "{fault}");
}

#[tokio::test]
async fn a_server_that_is_stopped_is_unreachable() {
    let server = server("");
    let connector = connector(&server);
    connector.probe().await.expect("an answer");
    drop(server);
    let fault = connector.perform(&Change::Disable(named("anna"))).await.expect_err("stopped");
    assert_eq!(fault.kind, FaultKind::Unreachable);
    assert!(fault.words.contains("Nobody listens at 127.0.0.1"), "{fault}");
}

#[tokio::test]
async fn ldaps_asked_of_a_plain_port_and_the_other_way_are_told() {
    let server = server("");
    let tls_of_plain = server.url().replace("ldap:", "ldaps:");
    let plain_of_tls = server.tls_url().replace("ldaps:", "ldap:");
    for url in [tls_of_plain, plain_of_tls] {
        let fault = fault_of(&with(&server, serde_json::json!({ "url": url }))).await;
        assert!(matches!(fault.kind, FaultKind::Protocol | FaultKind::Unreachable), "{url}: {fault:?}");
    }
}

#[test]
fn settings_without_a_password_or_with_a_broken_authority_are_refused() {
    let server = server("");
    let error = LdapConnector::new(settings(&server, serde_json::json!({})), Secret::new(String::new()), limits()).expect_err("empty");
    assert_eq!(error.field, "password");
    for pem in ["", "not PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let settings = settings(&server, serde_json::json!({ "ca-certificate": pem }));
        let error = LdapConnector::new(settings, Secret::new("x".into()), limits()).expect_err("no authority");
        assert_eq!(error.field, "ca-certificate");
    }
}

/// Somebody who is no directory: answers each connection with these bytes and stays, or goes.
async fn impostor(answer: Vec<u8>, stays: bool) -> LdapConnector {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("ldap://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(&answer).await;
            if stays {
                kept.push(stream);
            }
        }
    });
    let settings = serde_json::json!({
        "url": url, "bind-dn": "cn=x", "people-base": "ou=p", "groups-base": "ou=g", "flavour": "open-ldap",
    });
    let limits = Limits { timeout: Duration::from_millis(300) };
    LdapConnector::new(serde_json::from_value(settings).expect("settings"), Secret::new("x".into()), limits).expect("valid")
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_a_timeout() {
    let fault = fault_of(&impostor(Vec::new(), true).await).await;
    assert_eq!(fault.kind, FaultKind::Timeout);
}

#[tokio::test]
async fn a_server_that_hangs_up_is_unreachable_also_in_the_middle_of_an_answer() {
    for answer in [&b""[..], b"\x30\x0c\x02\x01\x01\x61", b"\x30\x82"] {
        let fault = fault_of(&impostor(answer.to_vec(), false).await).await;
        assert_eq!(fault.kind, FaultKind::Unreachable, "{fault}");
    }
}

#[tokio::test]
async fn garbage_is_told_to_be_no_ldap_and_does_no_harm() {
    let deep = [vec![0x30, 0x83, 0x00, 0x75, 0x34], [0x30, 0x80].repeat(15_002)].concat();
    let answers: [&[u8]; 7] = [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x05\x02\x01\x01\x61\x00",
        // An entry where a result is due.
        b"\x30\x0c\x02\x01\x01\x64\x07\x04\x03a=b\x30\x00",
        // An answer to something that was not asked.
        b"\x30\x0c\x02\x01\x09\x61\x07\x0a\x01\x00\x04\x00\x04\x00",
        // Words that are not UTF-8.
        b"\x30\x0d\x02\x01\x01\x61\x08\x0a\x01\x00\x04\x01\xff\x04\x00",
        &deep,
    ];
    for answer in answers {
        let fault = fault_of(&impostor(answer.to_vec(), true).await).await;
        assert_eq!(fault.kind, FaultKind::Protocol, "{answer:?}: {fault}");
    }
}
