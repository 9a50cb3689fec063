//! The portal with a certificate of its own, as browsers and operators meet it: by `curl`, which checks the certificate.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tenure_test_support::openldap::Authority;
use tenure_tests::server::PASSWORD;
use tenure_tests::{Database, Server, wait_until};

/// A portal with a certificate of this authority.
struct Portal {
    database: Database,
    server: Server,
    certificate: PathBuf,
    key: PathBuf,
}

impl Portal {
    fn start(authority: &Authority) -> Self {
        let database = Database::sqlite();
        let (certificate, key) = (database.file("portal.pem"), database.file("portal.key"));
        put(&certificate, &key, authority);
        let mut command = database.command();
        command.arg("--tls-certificate-file").arg(&certificate).env("TENURE_TLS_KEY_FILE", &key);
        let server = Server::start_with(&database, &mut command);
        Self { database, server, certificate, key }
    }

    /// Asks as a browser that trusts this authority alone, with these options.
    fn curl(&self, authority: &Authority, options: &[&str], path: &str) -> Output {
        let trusted = self.database.file("trusted.pem");
        std::fs::write(&trusted, authority.pem()).expect("it can be written");
        Command::new("curl")
            .args(["--silent", "--show-error", "--max-time", "20", "--include", "--cacert"])
            .arg(trusted)
            .args(options)
            .arg(format!("https://{}{path}", self.server.address))
            .output()
            .expect("curl runs")
    }
}

fn put(certificate: &Path, key: &Path, authority: &Authority) {
    let (pem, secret) = authority.issue(&["127.0.0.1"]).expect("a certificate");
    std::fs::write(certificate, pem).expect("it can be written");
    std::fs::write(key, secret).expect("it can be written");
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).to_lowercase()
}

#[test]
fn pages_come_encrypted_alone_and_cookies_are_of_this_host() {
    let authority = Authority::new().expect("an authority");
    let portal = Portal::start(&authority);
    let origin = format!("https://{}", portal.server.address);
    assert_eq!(portal.server.said[0], format!("Tenure is at {origin}"));

    let page = text(&portal.curl(&authority, &[], "/sign-in"));
    assert!(page.starts_with("http/1.1 200"), "{page}");
    assert!(page.contains("strict-transport-security: max-age=63072000; includesubdomains"), "{page}");

    let link = portal.server.set_up.as_deref().expect("a set-up link");
    let (_, token) = link.split_once("token=").expect("a token");
    let (token, password) = (format!("token={token}"), format!("password={PASSWORD}"));
    let (repeated, from) = (format!("repeated={PASSWORD}"), format!("Origin: {origin}"));
    let set = ["--header", &from, "--data-urlencode", &token, "--data-urlencode", &password, "--data-urlencode", &repeated];
    assert!(text(&portal.curl(&authority, &set, "/set-up")).starts_with("http/1.1 303"));
    let sign_in = ["--header", &from, "--data", "user_name=admin", "--data-urlencode", &password];
    let answer = text(&portal.curl(&authority, &sign_in, "/sign-in"));
    assert!(answer.starts_with("http/1.1 303"), "{answer}");
    let cookies: Vec<&str> = answer.lines().filter(|line| line.starts_with("set-cookie: ")).collect();
    assert!(cookies.iter().any(|cookie| cookie.starts_with("set-cookie: __host-tenure=")), "{cookies:?}");
    for cookie in cookies {
        assert!(cookie.starts_with("set-cookie: __host-"), "{cookie}");
        assert!(["; secure", "; httponly", "; path=/"].iter().all(|part| cookie.contains(part)), "{cookie}");
    }

    for (options, why) in
        [(&["--tls-max", "1.1"][..], "an old version"), (&["--tls-max", "1.2", "--ciphers", "AES128-SHA"], "a weak cipher")]
    {
        assert!(!portal.curl(&authority, options, "/sign-in").status.success(), "{why}");
    }
    let plain =
        Command::new("curl").args(["--silent", "--max-time", "20"]).arg(format!("http://{}/sign-in", portal.server.address)).output();
    assert!(!String::from_utf8_lossy(&plain.expect("curl runs").stdout).contains("Sign in"), "nothing is told in the clear");
    let stranger = Authority::new().expect("an authority");
    assert!(!portal.curl(&stranger, &[], "/sign-in").status.success(), "curl checks who it is");
}

#[test]
fn a_renewed_certificate_is_shown_without_a_restart_and_half_of_one_is_not() {
    let (before, after) = (Authority::new().expect("an authority"), Authority::new().expect("an authority"));
    let portal = Portal::start(&before);
    let shows = |authority: &Authority| portal.curl(authority, &[], "/healthz").status.success();
    assert!(shows(&before) && !shows(&after));
    // The key is still that of the one before.
    let old_key = std::fs::read(&portal.key).expect("a key");
    put(&portal.certificate, &portal.key, &after);
    let new_key = std::fs::read(&portal.key).expect("a key");
    std::fs::write(&portal.key, old_key).expect("it can be written");
    wait_until("the log says that they do not belong together", || portal.server.log().contains("is not the key of"));
    assert!(shows(&before));
    std::fs::write(&portal.key, new_key).expect("it can be written");
    wait_until("the new one is shown", || shows(&after));
    assert!(!shows(&before));
    assert!(!portal.server.log().contains("PRIVATE KEY-----"));
}

#[test]
fn a_start_without_a_key_that_fits_says_which_file_is_wrong() {
    let authority = Authority::new().expect("an authority");
    let database = Database::sqlite();
    let (certificate, key) = (database.file("portal.pem"), database.file("portal.key"));
    put(&certificate, &key, &authority);
    let pem = std::fs::read(&certificate).expect("a certificate");
    put(&certificate, &key, &authority);
    std::fs::write(&certificate, pem).expect("it can be written");
    let mut command = database.command();
    command.arg("--tls-certificate-file").arg(&certificate).arg("--tls-key-file").arg(&key);
    let output = command.args(["serve", "--listen", "127.0.0.1:0"]).output().expect("the binary starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("tls.key_file: ") && said.contains("is not the key of"), "{said}");
    let checks =
        database.json(["doctor", "--tls-certificate-file", &certificate.to_string_lossy(), "--tls-key-file", &key.to_string_lossy()]);
    assert!(checks.refused().err.contains("is not the key of"), "doctor says it too");
}
