#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use super::*;

fn golden() -> Keys {
    Keys::from_root(&[42; 32])
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn reason(result: Result<Keys, KeyError>) -> &'static str {
    match result {
        Err(KeyError::Damaged { reason, .. }) => reason,
        other => panic!("not damaged, but {other:?}"),
    }
}

#[test]
fn the_same_file_gives_the_same_keys() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenure.key");
    let (first, second) = (Keys::open_or_create(&path).unwrap(), Keys::open_or_create(&path).unwrap());
    assert_eq!(first.id(), second.id());
    assert_eq!(first.audit_mac().tag(b"x"), second.audit_mac().tag(b"x"));
    assert_eq!(first.form_token().tag(b"x"), second.form_token().tag(b"x"));
}

#[test]
fn nothing_but_the_key_file_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    Keys::open_or_create(folder.path().join("tenure.key")).unwrap();
    let names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["tenure.key"]);
}

#[test]
fn all_that_start_at_once_end_with_one_key() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..20 {
        let (path, start) = (folder.path().join(round.to_string()), Barrier::new(8));
        let open = || {
            start.wait();
            Keys::open_or_create(&path).unwrap().id()
        };
        let ids = thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 20);
}

#[cfg(unix)]
#[test]
fn a_new_key_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenure.key");
    Keys::open_or_create(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_may_use_is_refused_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenure.key");
    Keys::open_or_create(&path).unwrap();
    for mode in [0o640, 0o604, 0o620, 0o602, 0o644] {
        set_mode(&path, mode);
        let message = Keys::open_or_create(&path).unwrap_err().to_string();
        assert!(message.contains(&format!("chmod 600 {}", path.display())), "{message}");
        assert!(message.contains(&format!("(mode {mode:o})")), "{message}");
    }
    for mode in [0o600, 0o400] {
        set_mode(&path, mode);
        Keys::open_or_create(&path).unwrap();
    }
}

#[test]
fn a_damaged_key_file_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenure.key");
    Keys::open_or_create(&path).unwrap();
    let whole = fs::read_to_string(&path).unwrap();
    let (start, key) = whole.trim_end().rsplit_once(' ').unwrap();
    let first = if key.starts_with('A') { "B" } else { "A" };
    let damaged = [
        (String::new(), "it has no key"),
        ("# only a remark\n".to_owned(), "it has no key"),
        (whole.replace("tenure-key-1", "tenure-key-2"), "it has another format"),
        ("tenure-key-1\n".to_owned(), "the key's id is missing"),
        (start.to_owned(), "the key is incomplete"),
        (whole[..whole.len() - 9].to_owned(), "the key is incomplete"),
        (format!("{start} {first}{}\n", &key[1..]), "the key is not the one of its id"),
    ];
    for (text, expected) in damaged {
        fs::write(&path, &text).unwrap();
        assert_eq!(reason(Keys::open_or_create(&path)), expected, "{text}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_missing_folder_is_said_and_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("tenure.key");
    assert!(matches!(Keys::open_or_create(&path), Err(KeyError::Create { .. })));
}

#[test]
fn ephemeral_keys_differ_each_time() {
    assert_ne!(Keys::ephemeral().unwrap().id(), Keys::ephemeral().unwrap().id());
}

#[test]
fn each_purpose_has_a_key_of_its_own() {
    let keys = golden();
    assert_ne!(keys.audit_mac().tag(b"x"), keys.form_token().tag(b"x"));
}

/// Were one of these to change, stored tokens, tags and checkpoints would become worthless. They
/// were computed with Python's `hmac` and `cryptography`.
#[test]
fn the_keys_of_a_root_key_never_change() {
    let keys = golden();
    let text = "tnr_00000000000000000000000000000000000000000002kgHgV";
    let token: crate::ApiToken = text.parse().unwrap();
    assert_eq!(keys.id().to_string(), "95a0086210b5a2e9");
    assert_eq!(keys.audit_mac().tag(b"").to_string(), "0b63c8848d91ba57dbdad1f3c5d39aa5e6cd41bc5877188ab57f75f4468cc6a7");
    assert_eq!(keys.form_token().tag(b"").to_string(), "552e4d82dfacbd08f0a83342ddaf87b870be910ddf639eb8af60c2db3c9a023d");
    assert_eq!(keys.tokens().hash(&token).to_string(), "ac42b720dbb9196a80da7a4487e34c6c7f2a5b693ebe145285836b91ee195999");
}

#[test]
fn keys_show_their_id_only() {
    let keys = golden();
    assert_eq!(format!("{keys:?}"), format!("Keys({})", keys.id()));
}

#[test]
fn an_id_reads_back_from_text_and_json() {
    let id = golden().id();
    assert_eq!(id.to_string().parse(), Ok(id));
    assert_eq!(serde_json::from_str::<KeyId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
}
