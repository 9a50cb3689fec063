//! OpenSSH public keys, against `ssh-keygen` and a real `sshd`.

#![allow(clippy::unwrap_used)]

use std::{fs, path::Path, process::Command};

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use ssh_key::{PublicKey, public::Ed25519PublicKey};
use tenure_connectors::ssh::{Allow, Key, KeyFault, LoginName, Options, Trusted, answer, read_file};
use tenure_test_support::Sshd;
use tenure_test_support::sshd::{make_key, openssh};

fn some_key(bytes: [u8; 32]) -> String {
    PublicKey::from(Ed25519PublicKey(bytes)).to_openssh().unwrap()
}

fn trusted(text: &str, options: Options) -> Trusted {
    Trusted { key: Key::read(text).unwrap(), options, expires_at: None, label: "person 4711".into() }
}

#[test]
fn keys_are_known_by_the_fingerprint_that_ssh_keygen_shows_and_weak_ones_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, bits) in [("ed25519", ""), ("ecdsa", "256"), ("ecdsa", "384"), ("ecdsa", "521"), ("rsa", "3072"), ("rsa", "4096")] {
        let text = make_key(folder.path(), &format!("{kind}{bits}"), kind, bits);
        let key = Key::read(&text).unwrap_or_else(|error| panic!("{kind} {bits}: {error}"));
        let shown = openssh("ssh-keygen", &["-lf", folder.path().join(format!("{kind}{bits}.pub")).to_str().unwrap()]);
        assert!(shown.contains(&format!(" {} ", key.fingerprint())), "{shown}");
        assert_eq!((key.comment(), text.starts_with(key.algorithm())), ("who made it", true));
    }
    for (kind, bits, word) in [("rsa", "2048", "2048 bits"), ("dsa", "1024", "DSA")] {
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
    assert_eq!(answer(std::slice::from_ref(&key), now), "");
    key.expires_at = Some(now + chrono::Duration::hours(1));
    assert!(answer(&[key], now).starts_with("restrict,expiry-time=\"20261121110000Z\" ssh-ed25519 "));
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
        let rendered = answer(&[Trusted { key, options: options.clone(), expires_at: None, label }], now);
        prop_assert_eq!(rendered.lines().count(), 1);
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

/// What the sshd of a test is given.
fn serve(sshd: &Sshd, keys: &[Trusted]) {
    fs::write(sshd.folder().join(sshd.user()), answer(keys, Utc::now())).unwrap();
}

#[test]
fn a_key_signs_in_while_it_is_rendered_and_not_at_the_next_login() {
    let sshd = Sshd::start("/bin/cat {}/%u");
    let annas = make_key(sshd.folder(), "anna", "ed25519", "");
    let bobs = make_key(sshd.folder(), "bob", "ecdsa", "256");
    let says = |key: &str| sshd.sign_in(key, "echo in");
    let plain = || Options::restricted();

    serve(&sshd, &[trusted(&annas, plain()), trusted(&bobs, plain())]);
    assert_eq!(says("anna").as_deref(), Some("in"), "{}", sshd.log());
    assert_eq!(says("bob").as_deref(), Some("in"), "{}", sshd.log());

    serve(&sshd, &[trusted(&bobs, plain())]);
    assert_eq!(says("anna"), None, "a key that is not rendered any more is let in");
    assert_eq!(says("bob").as_deref(), Some("in"));

    // Other options of the same key, each as sshd understands it.
    let from = |pattern| plain().only_from([pattern]).unwrap();
    serve(&sshd, &[trusted(&annas, from("127.0.0.0/8")), trusted(&bobs, from("10.9.8.7"))]);
    assert_eq!(says("anna").as_deref(), Some("in"), "{}", sshd.log());
    assert_eq!(says("bob"), None, "let in from an address that is not named");

    let odd = r#"printf '%s' "a, \b $((1+1)) '" && echo "; x=\y""#;
    serve(&sshd, &[trusted(&annas, plain().always_running(odd).unwrap())]);
    let shell = Command::new("sh").args(["-c", odd]).output().unwrap();
    assert_eq!(says("anna"), Some(String::from_utf8_lossy(&shell.stdout).trim().to_owned()), "{}", sshd.log());

    // Its end is sshd's to keep too, should the answer ever be an old one.
    let mut ending = trusted(&annas, plain().allowing(Allow::Pty));
    ending.expires_at = Some(Utc::now() + chrono::Duration::hours(1));
    serve(&sshd, &[ending.clone()]);
    assert_eq!(says("anna").as_deref(), Some("in"), "{}", sshd.log());
    let past = answer(&[ending], Utc::now()).replace("expiry-time=\"2", "expiry-time=\"1");
    fs::write(sshd.folder().join(sshd.user()), past).unwrap();
    assert_eq!(says("anna"), None, "an old answer lets in after the key's end");
}
