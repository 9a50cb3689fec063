//! The mailer against a real mail server, and against what is none.

// In a test a panic is a failure, which is what is wanted.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use tenure_notify::{MailError, MailErrorKind, MailSettings, Mailer, Message, Security};
use tenure_test_support::mail_server::{MailServer, Offers, PASSWORD, USER_NAME};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

fn started(offers: Offers) -> MailServer {
    MailServer::start(offers).unwrap_or_else(|error| panic!("{error}"))
}

fn password(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), format!("{text}\n")).unwrap();
    fs::set_permissions(file.path(), fs::Permissions::from_mode(0o600)).unwrap();
    file
}

fn at(port: u16) -> MailSettings {
    let timeout = Duration::from_secs(5);
    MailSettings {
        host: "127.0.0.1".into(),
        port: Some(port),
        from: "Tenure <tenure@example.test>".into(),
        timeout,
        ..MailSettings::default()
    }
}

fn trusting(server: &MailServer) -> MailSettings {
    MailSettings { ca_file: Some(server.ca_file()), ..at(server.port()) }
}

async fn fault(settings: MailSettings) -> MailError {
    let mailer = Mailer::new(settings).unwrap();
    let error = mailer.probe().await.expect_err("it cannot work");
    assert!(!error.words.contains(PASSWORD) && !error.words.contains('\n') && error.words.len() < 600, "{error}");
    error
}

fn message(to: &str) -> Message {
    Message {
        id: uuid::Uuid::new_v4(),
        at: chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
        to: to.into(),
        subject: "Zugang für Zoë".into(),
        text: "First line\n.\nThird line, after a lone dot\n".into(),
        html: String::new(),
    }
}

#[tokio::test]
async fn who_signs_in_over_a_secured_connection_can_send_and_the_message_arrives() {
    for (offered, security) in [("starttls", Security::StartTls), ("tls", Security::Tls)] {
        let server = started(Offers { security: offered, sign_in: offered == "starttls", ..Offers::default() });
        let file = password(PASSWORD);
        let mut settings = MailSettings { security, ..trusting(&server) };
        if offered == "starttls" {
            settings = MailSettings { user_name: Some(USER_NAME.into()), password_file: Some(file.path().into()), ..settings };
        }
        let mailer = Mailer::new(settings).unwrap();
        assert!(!format!("{mailer:?}").contains(PASSWORD));
        let seen = mailer.probe().await.unwrap_or_else(|e| panic!("{offered}: {e}"));
        assert_eq!((seen.name.as_str(), seen.is_secure), ("mail.example.test", true), "{seen:?}");
        assert_eq!(server.messages(), Vec::<String>::new(), "a look sends nothing");

        let sent = message("Nadia Varga <nadia@example.test>");
        let said = mailer.send(&sent).await.unwrap_or_else(|e| panic!("{offered}: {e}"));
        assert!(said.starts_with("250 2.0.0 kept as "), "{said}");
        let [kept] = &server.messages()[..] else { panic!("one message") };
        assert!(kept.starts_with("from tenure@example.test\nto nadia@example.test\n"), "{kept}");
        if offered == "starttls" {
            assert!(kept.contains("\nas tenure\n"), "{kept}");
        }
        assert!(kept.contains("First line\r\n.\r\nThird line"), "the dot ends nothing: {kept}");
        assert!(kept.contains(&format!("Message-ID: <{}@example.test>", sent.id.simple())), "{kept}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_from_a_missing_sign_in() {
    let server = started(Offers::default());
    let file = password("another password");
    let wrong = MailSettings { user_name: Some(USER_NAME.into()), password_file: Some(file.path().into()), ..trusting(&server) };
    let error = fault(wrong.clone()).await;
    assert_eq!(error.kind, MailErrorKind::SignIn, "{error}");
    assert!(error.words.contains("does not accept mail.user_name") && error.words.contains("535"), "{error}");
    assert!(!format!("{error:?}").contains("another password"), "{error:?}");

    let nobody = MailSettings { user_name: None, password_file: None, ..wrong };
    let error = Mailer::new(nobody).unwrap().send(&message("nadia@example.test")).await.unwrap_err();
    assert_eq!(error.kind, MailErrorKind::SignIn, "{error}");
    assert!(error.words.contains("set mail.user_name"), "{error}");
}

/// A server that answers each line with what `answers` says to it.
async fn answering(listener: TcpListener, answers: impl Fn(&str) -> String) {
    let (stream, _) = listener.accept().await.unwrap();
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mail.example.test\r\n").await.unwrap();
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|n| n > 0) {
        if stream.write_all(answers(line.trim()).as_bytes()).await.is_err() {
            return;
        }
        line.clear();
    }
}

#[tokio::test]
async fn a_server_that_repeats_the_line_of_the_sign_in_is_not_quoted_with_it() {
    let file = password(PASSWORD);
    for mechanism in ["PLAIN", "LOGIN"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = MailSettings {
            security: Security::None,
            user_name: Some(USER_NAME.into()),
            password_file: Some(file.path().into()),
            ..at(listener.local_addr().unwrap().port())
        };
        let encoded = if mechanism == "PLAIN" { "AHRlbnVyZQB0aGUgbWFp" } else { "dGhlIG1haWwgb2YgdGhp" };
        let answers = |line: &str| match line {
            _ if line.starts_with("EHLO") => format!("250-mail.example.test\r\n250 AUTH {mechanism}\r\n"),
            "AUTH LOGIN" => "334 VXNlcm5hbWU6\r\n".to_owned(),
            "dGVudXJl" => "334 UGFzc3dvcmQ6\r\n".to_owned(),
            _ => format!("500-5.5.1 not understood:\r\n500 5.5.1 {line} of {PASSWORD}\r\n"),
        };
        let (error, ()) = tokio::join!(fault(settings), answering(listener, answers));
        assert_eq!(error.kind, MailErrorKind::SignIn, "{error}");
        assert!(!error.words.contains(encoded) && error.words.ends_with('…') && error.words.contains("not understood"), "{error}");
    }
}

/// What comes in the clear right behind the answer to STARTTLS is of whoever sits in between.
#[tokio::test]
async fn an_answer_that_comes_before_the_connection_is_secured_is_none() {
    let server = started(Offers::default());
    for between in ["", "250 mail.example.test\r\n"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = MailSettings { ca_file: Some(server.ca_file()), ..at(listener.local_addr().unwrap().port()) };
        let forging = async {
            let mut client = BufReader::new(listener.accept().await.unwrap().0);
            let mut real = BufReader::new(TcpStream::connect(("127.0.0.1", server.port())).await.unwrap());
            let mut line = String::new();
            while real.read_line(&mut line).await.unwrap() > 0 && line != "220 Ready to start TLS\r\n" {
                client.write_all(line.as_bytes()).await.unwrap();
                let is_last = line.get(3..4) == Some(" ");
                line.clear();
                if is_last {
                    client.read_line(&mut line).await.unwrap();
                    real.write_all(line.as_bytes()).await.unwrap();
                    line.clear();
                }
            }
            client.write_all(format!("{line}{between}").as_bytes()).await.unwrap();
            let _ = copy_bidirectional(&mut client, &mut real).await;
        };
        let mailer = Mailer::new(settings).unwrap();
        let (probed, ()) = tokio::join!(mailer.probe(), forging);
        assert_eq!(probed.is_ok(), between.is_empty(), "{probed:?}");
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let endless = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        while stream.write_all(&[b'2'; 1024]).await.is_ok() {}
    };
    let (error, ()) = tokio::join!(fault(MailSettings { timeout: Duration::from_secs(60), ..at(port) }), endless);
    assert_eq!(error.kind, MailErrorKind::Protocol, "{error}");
    assert!(error.words.contains("does not end"), "{error}");
}

#[tokio::test]
async fn a_server_that_takes_no_sign_in_is_told() {
    let server = started(Offers { sign_in: false, ..Offers::default() });
    let file = password(PASSWORD);
    let settings = MailSettings { user_name: Some(USER_NAME.into()), password_file: Some(file.path().into()), ..trusting(&server) };
    let error = fault(settings).await;
    assert_eq!(error.kind, MailErrorKind::SignIn, "{error}");
    assert!(error.words.contains("Leave out mail.user_name"), "{error}");
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_or_that_is_for_another_name_is_refused() {
    let server = started(Offers::default());
    let error = fault(at(server.port())).await;
    assert_eq!(error.kind, MailErrorKind::Certificate, "{error}");
    assert!(error.words.contains("mail.ca_file"), "{error}");

    let other = started(Offers { certificate_for: "other.example.test", ..Offers::default() });
    let error = fault(trusting(&other)).await;
    assert_eq!(error.kind, MailErrorKind::Certificate, "{error}");
    assert!(error.words.contains("is not for 127.0.0.1"), "{error}");
    let error = fault(MailSettings { ca_file: Some(server.ca_file()), ..at(other.port()) }).await;
    assert!(error.words.contains("not from an authority in mail.ca_file"), "{error}");
}

#[tokio::test]
async fn a_server_without_starttls_gets_neither_password_nor_message() {
    let server = started(Offers { security: "none", ..Offers::default() });
    let file = password(PASSWORD);
    let settings = MailSettings { user_name: Some(USER_NAME.into()), password_file: Some(file.path().into()), ..at(server.port()) };
    let error = fault(settings.clone()).await;
    assert_eq!(error.kind, MailErrorKind::Security, "{error}");
    assert!(error.words.contains("offers no STARTTLS"), "{error}");
    // On the loopback it can be wanted so.
    let mailer = Mailer::new(MailSettings { security: Security::None, ..settings }).unwrap();
    let seen = mailer.probe().await.unwrap();
    assert_eq!((seen.is_secure, seen.signed_in_as.as_deref()), (false, Some(USER_NAME)));
    mailer.send(&message("nadia@example.test")).await.unwrap();
    assert_eq!(server.messages().len(), 1);
}

#[tokio::test]
async fn the_wrong_kind_of_security_is_told_with_the_other_one() {
    let server = started(Offers::default());
    let error = fault(MailSettings { security: Security::Tls, ..trusting(&server) }).await;
    assert!(error.words.contains("set mail.security to starttls"), "{error}");
    let server = started(Offers { security: "tls", ..Offers::default() });
    let error = fault(MailSettings { timeout: Duration::from_secs(1), ..trusting(&server) }).await;
    assert!(error.words.contains("set mail.security to tls"), "{error}");
}

#[tokio::test]
async fn where_nobody_listens_or_nobody_answers_is_told_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let begun = Instant::now();
    let error = fault(MailSettings { timeout: Duration::from_secs(1), ..at(port) }).await;
    assert_eq!(error.kind, MailErrorKind::Timeout, "{error}");
    assert!(error.words.contains("did not answer within 1 s") && begun.elapsed() < Duration::from_secs(4), "{error}");
    drop(listener);
    let error = fault(at(port)).await;
    assert_eq!(error.kind, MailErrorKind::Unreachable, "{error}");
    assert!(error.words.contains("Nobody listens at"), "{error}");
    let error = fault(MailSettings { host: "mail.invalid".into(), ..at(port) }).await;
    assert_eq!(error.kind, MailErrorKind::Unreachable, "{error}");
}

#[tokio::test]
async fn what_is_no_mail_server_is_told_from_one() {
    for says in ["HTTP/1.1 400 Bad Request\r\n\r\n", "\u{0}\u{1}\u{2}\r\n", "", "554 5.7.1 go away\r\n", "421 4.3.2 closing\r\n"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let answer = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(says.as_bytes()).await.unwrap();
        };
        let (error, ()) = tokio::join!(fault(at(port)), answer);
        let kind = match says.get(..3) {
            Some("421") => MailErrorKind::Later,
            _ if says.is_empty() => error.kind,
            _ => MailErrorKind::Protocol,
        };
        assert_eq!(error.kind, kind, "{says:?}: {error}");
        assert!(matches!(error.kind, MailErrorKind::Protocol | MailErrorKind::Later | MailErrorKind::Unreachable), "{error}");
    }
}

#[tokio::test]
async fn a_recipient_that_is_refused_is_told_from_one_to_try_again() {
    let server = started(Offers { sign_in: false, ..Offers::default() });
    let mailer = Mailer::new(trusting(&server)).unwrap();
    for (to, kind, code) in
        [("refused@example.test", MailErrorKind::Refused, "550 5.1.1"), ("later@example.test", MailErrorKind::Later, "451 4.3.0")]
    {
        let error = mailer.send(&message(to)).await.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.words.contains(code), "{error}");
    }
    assert_eq!(server.messages(), Vec::<String>::new());
}

#[test]
fn files_that_cannot_be_used_are_named_before_anybody_is_asked() {
    let unusable = |settings: MailSettings, words: &str| {
        let error = Mailer::new(settings).unwrap_err();
        assert_eq!(error.kind, MailErrorKind::Settings, "{error}");
        assert!(error.words.contains(words), "{words} in {error}");
    };
    let file = password(PASSWORD);
    unusable(MailSettings { ca_file: Some(file.path().into()), ..at(25) }, "holds no certificate");
    unusable(MailSettings { ca_file: Some("/nowhere/ca.pem".into()), ..at(25) }, "mail.ca_file: /nowhere/ca.pem cannot be read");
    fs::write(file.path(), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    unusable(MailSettings { ca_file: Some(file.path().into()), ..at(25) }, "mail.ca_file");
    fs::set_permissions(file.path(), fs::Permissions::from_mode(0o644)).unwrap();
    unusable(MailSettings { user_name: Some("x".into()), password_file: Some(file.path().into()), ..at(25) }, "mode 644");
    unusable(
        MailSettings { host: "mail.example.com".into(), security: Security::None, ..at(25) },
        "mail.security: none is only for the loopback",
    );
}
