//! Hosts that ask Tenure for the SSH keys of who signs in, by the very script that `docs/targets.md` has.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use tenure_test_support::Sshd;
use tenure_test_support::sshd::make_key;

use super::Setup;
use crate::Client;
use crate::client::token_on;

const DOCUMENTATION: &str = include_str!("../../../docs/targets.md");

/// One host, an sshd that lets in whoever runs the tests.
pub struct Hosts {
    pub sshd: Sshd,
}

impl Hosts {
    pub fn start() -> Self {
        Self { sshd: Sshd::start("/bin/sh {}/tenure-keys %u") }
    }

    /// Tells Tenure of it, with an entitlement of the name `shell` and accounts that are named by this expression;
    /// yields the application's address.
    #[track_caller]
    pub fn configure(&self, admin: &mut Client, name: &str) -> String {
        let settings = "allow = [\"pty\"]\nfrom = [\"127.0.0.0/8\"]\n".to_owned();
        let at = Setup::new("Build hosts", "ssh", settings, "").record_only(admin);
        let mapping = format!("name = '{name}'");
        for (step, fields) in [
            ("target/probe", [].as_slice()),
            ("entitlements", &[("name", "shell"), ("description", "signs in"), ("risk", "medium")]),
            ("mapping", &[("version", "1"), ("mapping", &mapping)]),
        ] {
            let reply = admin.send(&format!("{at}/{step}"), fields);
            assert_eq!(reply.status, 303, "{step}: {}", reply.text());
        }
        let folder = self.sshd.folder();
        fs::write(folder.join("tenure-keys"), script(&folder.display().to_string(), &admin.origin())).expect("the script");
        let hosts = format!("{at}/hosts");
        let token = host_token(&admin.send(&hosts, &[("name", "build-01"), ("days", "90")]).text());
        self.give_token(&token);
        assert!(!admin.get(&hosts).text().contains(&token), "shown once");
        at
    }

    /// Puts a token onto the host.
    pub fn give_token(&self, token: &str) {
        let file = self.sshd.folder().join("token");
        fs::write(&file, format!("{token}\n")).expect("the token");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("its mode");
    }

    /// Registers a key of the host's folder; yields the page of its credential.
    #[track_caller]
    pub fn register(&self, person: &mut Client, name: &str, kind: &str) -> String {
        let public = make_key(self.sshd.folder(), name, kind, "");
        let reply = person.send("/account/ssh-keys/new", &[("key", &public), ("label", name), ("days", "90")]);
        assert_eq!(reply.status, 303, "{}", reply.text());
        reply.location().split('?').next().expect("an address").to_owned()
    }

    /// Whether a key lets somebody in.
    pub fn lets_in(&self, key: &str) -> bool {
        self.sshd.sign_in(key, "echo in").as_deref() == Some("in")
    }
}

/// The script of the documentation, with the places of this test.
fn script(folder: &str, origin: &str) -> String {
    let (_, below) = DOCUMENTATION.split_once("/usr/local/libexec/tenure-keys <<'END'\n").expect("the script");
    let (script, _) = below.split_once("\nEND\n").expect("its end");
    assert!(script.lines().count() <= 12, "it stays short");
    let (token, address) = ("/etc/ssh/tenure-token", "https://tenure.example.org");
    assert!(script.contains(token) && script.contains(address) && script.contains("--proto =https"));
    script.replace(token, &format!("{folder}/token")).replace(address, origin).replace("--proto =https", "--proto =http")
}

/// The token of a host on a page.
#[track_caller]
pub fn host_token(page: &str) -> String {
    token_on(page, "tnh_")
}
