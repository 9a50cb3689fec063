//! A cluster that is not there, not the right one, silent, short of connections, or not to be trusted.

#![allow(clippy::unwrap_used)]

mod postgresql_support;

use std::{net::TcpListener, time::Duration};

use postgresql_support::*;
use tenure_connectors::{
    Change, Connector, Fault, FaultKind, Limits, Secret,
    postgresql::{Postgresql, Settings, SslMode},
};
use tenure_test_support::openldap::Authority;

async fn probe_fault(settings: Settings, password: &str) -> Fault {
    let limits = Limits { timeout: Duration::from_millis(1500) };
    Postgresql::new(settings, Secret::new(password.into()), limits).unwrap().probe().await.unwrap_err()
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_role_are_told_without_the_password() {
    let fault = probe_fault(cluster().settings(), "not the password").await;
    assert_eq!(fault.kind, FaultKind::SignIn, "{fault}");
    assert!(fault.words.contains("28P01") && fault.words.contains("tenure") && !fault.words.contains("not the password"), "{fault}");
    let mut settings = cluster().settings();
    settings.maintenance_database = "nowhere".into();
    let fault = probe_fault(settings, PASSWORD).await;
    assert!(fault.kind == FaultKind::Refused && fault.words.contains("maintenance-database"), "{fault}");
}

#[tokio::test]
async fn a_server_that_was_stopped_is_unreachable() {
    let mut cluster = Cluster::start().await;
    let connector = cluster.connector();
    connector.probe().await.unwrap();
    cluster.stop();
    let change = Change::Disable(account("anybody"));
    for fault in [
        connector.probe().await.unwrap_err(),
        connector.perform(&change).await.unwrap_err(),
        connector.read_back(&change).await.unwrap_err(),
    ] {
        assert_eq!(fault.kind, FaultKind::Unreachable);
        assert!(fault.words.contains(&cluster.port.to_string()), "{fault}");
    }
    assert_eq!(connector.reconcile(None, &[]).await.err().map(|fault| fault.kind), Some(FaultKind::Unreachable));
}

#[tokio::test]
async fn a_silent_server_is_waited_for_no_longer_than_the_limit() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut settings = cluster().settings();
    settings.port = silent.local_addr().unwrap().port();
    let begun = std::time::Instant::now();
    assert_eq!(probe_fault(settings, PASSWORD).await.kind, FaultKind::Timeout);
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn what_is_not_postgresql_is_told() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut settings = cluster().settings();
    settings.port = other.local_addr().unwrap().port();
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = other.accept().unwrap();
        let _ = stream.read(&mut [0; 512]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let fault = probe_fault(settings, PASSWORD).await;
    assert!(matches!(fault.kind, FaultKind::Protocol | FaultKind::Unreachable), "{fault}");
}

#[tokio::test]
async fn a_server_without_connections_left_asks_to_come_back() {
    let mut admin = cluster().admin("postgres").await;
    run(&mut admin, "CREATE ROLE crowd LOGIN CREATEROLE CONNECTION LIMIT 0 PASSWORD 'pw'").await;
    let mut settings = cluster().settings();
    settings.user = "crowd".into();
    assert_eq!(probe_fault(settings, "pw").await.kind, FaultKind::TooMany);
}

#[tokio::test]
async fn a_certificate_is_checked_for_its_authority_and_its_name() {
    let cluster = Cluster::start().await;
    let mut settings = cluster.settings();
    settings.ssl_mode = SslMode::VerifyFull;
    let without = probe_fault(settings.clone(), PASSWORD).await;
    assert!(without.kind == FaultKind::Certificate && without.words.contains("ssl"), "{without}");

    let authority = Authority::new().unwrap();
    let (certificate, key) = authority.issue(&["127.0.0.1"]).unwrap();
    let mut admin = cluster.admin("postgres").await;
    write(&mut admin, "server.crt", &certificate).await;
    write(&mut admin, "server.key", &key).await;
    run(&mut admin, "ALTER SYSTEM SET ssl = on").await;
    run(&mut admin, "SELECT pg_reload_conf()").await;
    // The postmaster takes it up a moment later.
    while !truth(&mut cluster.admin("postgres").await, "current_setting('ssl') = 'on'").await {
        tokio::task::yield_now().await;
    }

    let strange = probe_fault(settings.clone(), PASSWORD).await;
    assert!(strange.kind == FaultKind::Certificate && strange.words.contains("not accepted"), "{strange}");
    settings.ca_pem = Some(authority.pem().to_owned());
    let probe = connector(settings.clone(), PASSWORD).probe().await.unwrap();
    assert_eq!(probe.remarks, Vec::<String>::new());
    settings.host = "localhost".into();
    assert_eq!(probe_fault(settings, PASSWORD).await.kind, FaultKind::Certificate);
}
