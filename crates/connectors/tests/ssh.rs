//! OpenSSH public keys, against `ssh-keygen` and a real `sshd`.

#![allow(clippy::unwrap_used)]

use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use ssh_key::{PublicKey, public::Ed25519PublicKey};
use tenure_connectors::ssh::{Allow, Key, KeyFault, LoginName, Options, Trusted, answer, read_file};

fn some_key(bytes: [u8; 32]) -> String {
    PublicKey::from(Ed25519PublicKey(bytes)).to_openssh().unwrap()
}

fn trusted(text: &str, options: Options) -> Trusted {
    Trusted { key: Key::read(text).unwrap(), options, expires_at: None, label: "person 4711".into() }
}

fn login(name: &str) -> LoginName {
    LoginName::read(name).unwrap()
}

/// Runs a program of OpenSSH and gives what it wrote.
fn openssh(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|_| panic!("{program} is not installed (Debian: apt-get install openssh-client openssh-server)"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn make_key(folder: &Path, name: &str, kind: &str, bits: &str) -> String {
    let path = folder.join(name);
    let mut arguments = vec!["-q", "-t", kind, "-N", "", "-C", "who made it", "-f", path.to_str().unwrap()];
    if !bits.is_empty() {
        arguments.extend(["-b", bits]);
    }
    openssh("ssh-keygen", &arguments);
    fs::read_to_string(path.with_extension("pub")).unwrap()
}

#[test]
fn keys_are_known_by_the_fingerprint_that_ssh_keygen_shows_and_weak_ones_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, bits) in [("ed25519", ""), ("ecdsa", "256"), ("ecdsa", "384"), ("ecdsa", "521"), ("rsa", "2048"), ("rsa", "4096")] {
        let text = make_key(folder.path(), &format!("{kind}{bits}"), kind, bits);
        let key = Key::read(&text).unwrap_or_else(|error| panic!("{kind} {bits}: {error}"));
        let shown = openssh("ssh-keygen", &["-lf", folder.path().join(format!("{kind}{bits}.pub")).to_str().unwrap()]);
        assert!(shown.contains(&format!(" {} ", key.fingerprint())), "{shown}");
        assert_eq!((key.comment(), text.starts_with(key.algorithm())), ("who made it", true));
    }
    for (kind, bits, word) in [("rsa", "1024", "1024 bits"), ("dsa", "1024", "DSA")] {
        // Newer releases of OpenSSH make no DSA keys any more.
        if kind == "dsa" && openssh_makes_no_dsa(folder.path()) {
            continue;
        }
        let text = make_key(folder.path(), &format!("{kind}{bits}"), kind, bits);
        let fault = Key::read(&text).unwrap_err();
        assert!(matches!(&fault, KeyFault::Weak { fingerprint, .. } if fingerprint.starts_with("SHA256:")), "{fault}");
        assert!(fault.to_string().contains(word), "{fault}");
    }
}

fn openssh_makes_no_dsa(folder: &Path) -> bool {
    let made = Command::new("ssh-keygen").args(["-q", "-t", "dsa", "-N", "", "-f"]).arg(folder.join("try")).output().unwrap();
    !made.status.success()
}

#[test]
fn a_file_is_read_to_its_end_and_bad_lines_are_named_by_their_number() {
    let (one, two) = (some_key([1; 32]), some_key([2; 32]));
    let text = format!(
        "# a remark\n\n{one} anna@home, with blanks\nfrom=\"10.0.0.0/8,!10.0.0.1\",command=\"say \\\"a, b\\\"\",no-pty\t{two}\n\
         ssh-ed25519 AAAAno\nssh-ed25519-cert-v01@openssh.com AAAA\nfrom=\"open {one}\n"
    );
    let mut bytes = text.into_bytes();
    bytes.extend(b"\xff\xfe not text\n");
    let file = read_file(&bytes).unwrap();
    assert_eq!(file.bad.iter().map(|bad| bad.line).collect::<Vec<_>>(), [5, 6, 7, 8]);
    assert_eq!(file.entries.iter().map(|entry| entry.line).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(file.entries[0].key.comment(), "anna@home, with blanks");
    assert_eq!(file.entries[1].options, ["from=\"10.0.0.0/8,!10.0.0.1\"", "command=\"say \\\"a, b\\\"\"", "no-pty"]);
    assert!(file.bad[0].to_string().starts_with("line 5: "));
    assert!(read_file(&vec![b'x'; 2 * 1024 * 1024]).is_err());
}

#[test]
fn a_key_past_its_end_is_not_rendered() {
    let now: DateTime<Utc> = "2026-11-21T10:00:00Z".parse().unwrap();
    let mut key = trusted(&some_key([3; 32]), Options::restricted());
    key.expires_at = Some(now);
    assert_eq!(answer(&login("anna"), std::slice::from_ref(&key), now), "# anna: 0 keys\n");
    key.expires_at = Some(now + chrono::Duration::hours(1));
    assert!(answer(&login("anna"), &[key], now).contains("\nrestrict,expiry-time=\"20261121110000Z\" ssh-ed25519 "));
}

#[test]
fn what_no_quoting_can_hold_is_refused() {
    for command in ["", "a\nb", "ends in \\", "a \\\" b", "a\0"] {
        assert!(Options::restricted().always_running(command).is_err(), "{command:?}");
    }
    for from in ["", "!", "10.0.0.1\"", "a b", "a\nb", "a,b"] {
        assert!(Options::restricted().only_from([from]).is_err(), "{from:?}");
    }
    assert!(Options::restricted().only_from([]).is_err(), "an empty list would let in from everywhere");
    for name in ["", "-oProxyCommand", "a b", "a/../b", "a\n"] {
        assert!(LoginName::read(name).is_err(), "{name:?}");
    }
}

proptest! {
    #[test]
    fn what_is_rendered_reads_back_as_just_that(
        bytes in any::<[u8; 32]>(), comment in ".{0,40}", label in ".{0,200}", command in ".{0,60}", from in "[a-z0-9.:*?!/ ,\"\n\\\\]{0,20}", pty: bool,
    ) {
        let text = some_key(bytes);
        let mut options = Options::restricted();
        if pty {
            options = options.allowing(Allow::Pty).allowing(Allow::Pty);
        }
        if let Ok(more) = options.clone().always_running(&command) {
            options = more;
        }
        if let Ok(more) = options.clone().only_from([from.as_str()]) {
            options = more;
        }
        let Ok(key) = Key::read(&format!("{text} {comment}")) else { return Ok(()) };
        let now = Utc::now();
        let rendered = answer(&login("anna"), &[Trusted { key, options: options.clone(), expires_at: None, label }], now);
        prop_assert_eq!(rendered.lines().count(), 2);
        prop_assert!(!rendered.chars().any(|c| c.is_control() && c != '\n'));
        let file = read_file(rendered.as_bytes()).unwrap();
        prop_assert_eq!(file.bad.len(), 0);
        prop_assert_eq!(file.entries.len(), 1);
        let entry = &file.entries[0];
        prop_assert_eq!(entry.key.text(), text.trim());
        prop_assert_eq!(&entry.options[0], "restrict");
        prop_assert_eq!(entry.options.contains(&"pty".to_owned()), pty);
        let commands = entry.options.iter().filter(|option| option.starts_with("command=")).count();
        prop_assert_eq!(commands, usize::from(Options::restricted().always_running(&command).is_ok()));
        prop_assert!(entry.options.len() <= 4);
    }

    #[test]
    fn no_bytes_make_it_fall(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = read_file(&bytes);
        let _ = Key::read(&String::from_utf8_lossy(&bytes));
    }
}

/// An sshd on the loopback, whose only keys are those that a file of the test holds, through
/// `AuthorizedKeysCommand`. That must belong to root up to `/`, so it is `cat`, and not a script in a
/// temporary folder.
struct Sshd {
    server: Child,
    port: u16,
    folder: tempfile::TempDir,
    user: String,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Sshd {
    fn start() -> Self {
        let program = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].map(PathBuf::from).into_iter().find(|path| path.is_file());
        let program = program.unwrap_or_else(|| panic!("sshd is not installed (Debian: apt-get install openssh-server)"));
        let folder = tempfile::tempdir().unwrap();
        let user = openssh("id", &["-un"]).trim().to_owned();
        if user == "root" {
            // sshd's own empty folder; its service would make it.
            fs::create_dir_all("/run/sshd").unwrap();
        }
        make_key(folder.path(), "host", "ed25519", "");
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let configuration = format!(
            "ListenAddress 127.0.0.1\nPort {port}\nHostKey {}\nPidFile none\nUsePAM no\nPermitRootLogin yes\nPasswordAuthentication no\n\
             KbdInteractiveAuthentication no\nAuthorizedKeysFile none\nAuthorizedKeysCommand /bin/cat {}/%u\nAuthorizedKeysCommandUser {user}\n",
            at("host"),
            folder.path().display()
        );
        fs::write(folder.path().join("sshd_config"), configuration).unwrap();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let server = Command::new(program).args(["-D", "-e", "-f", &at("sshd_config")]).stdin(Stdio::null()).stderr(log).spawn().unwrap();
        let sshd = Self { server, port, folder, user };
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(20), "sshd does not start:\n{}", sshd.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        sshd
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn serve(&self, keys: &[Trusted]) {
        let text = answer(&login(&self.user), keys, Utc::now());
        fs::write(self.folder.path().join(&self.user), text).unwrap();
    }

    /// Signs in with a key; what the command wrote, if it was let in.
    fn sign_in(&self, key: &str, command: &str) -> Option<String> {
        let output = Command::new("ssh")
            .args(["-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"])
            .args(["-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-i"])
            .arg(self.folder.path().join(key))
            .args(["-p", &self.port.to_string(), &format!("{}@127.0.0.1", self.user), command])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

#[test]
fn a_key_signs_in_while_it_is_rendered_and_not_at_the_next_login() {
    let sshd = Sshd::start();
    let annas = make_key(sshd.folder.path(), "anna", "ed25519", "");
    let bobs = make_key(sshd.folder.path(), "bob", "ecdsa", "256");
    let says = |key: &str| sshd.sign_in(key, "echo in");
    let plain = || Options::restricted();

    sshd.serve(&[trusted(&annas, plain()), trusted(&bobs, plain())]);
    assert_eq!(says("anna").as_deref(), Some("in"), "{}", sshd.log());
    assert_eq!(says("bob").as_deref(), Some("in"), "{}", sshd.log());

    sshd.serve(&[trusted(&bobs, plain())]);
    assert_eq!(says("anna"), None, "a key that is not rendered any more is let in");
    assert_eq!(says("bob").as_deref(), Some("in"));

    // Other options of the same key, each as sshd understands it.
    let from = |pattern| plain().only_from([pattern]).unwrap();
    sshd.serve(&[trusted(&annas, from("127.0.0.0/8")), trusted(&bobs, from("10.9.8.7"))]);
    assert_eq!(says("anna").as_deref(), Some("in"), "{}", sshd.log());
    assert_eq!(says("bob"), None, "let in from an address that is not named");

    let odd = r#"printf '%s' "a, \b $((1+1)) '" && echo "; x=\y""#;
    sshd.serve(&[trusted(&annas, plain().always_running(odd).unwrap())]);
    let shell = Command::new("sh").args(["-c", odd]).output().unwrap();
    assert_eq!(says("anna"), Some(String::from_utf8_lossy(&shell.stdout).trim().to_owned()), "{}", sshd.log());

    // Its end is sshd's to keep too, should the answer ever be an old one.
    let mut ending = trusted(&annas, plain().allowing(Allow::Pty));
    ending.expires_at = Some(Utc::now() + chrono::Duration::hours(1));
    sshd.serve(&[ending.clone()]);
    assert_eq!(says("anna").as_deref(), Some("in"), "{}", sshd.log());
    let past = answer(&login(&sshd.user), &[ending], Utc::now()).replace("expiry-time=\"2", "expiry-time=\"1");
    fs::write(sshd.folder.path().join(&sshd.user), past).unwrap();
    assert_eq!(says("anna"), None, "an old answer lets in after the key's end");
}
