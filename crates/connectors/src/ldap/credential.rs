//! The credentials that a directory keeps: passwords, and the public keys of SSH.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use sha2::{Digest, Sha256};

use super::{connection::Connection, nested::equals, search::Entry, settings::LdapSettings};
use crate::{CredentialRef, Fault, FaultKind};

/// A hash that no password has, for entries that must have one.
pub(super) const UNUSABLE: &str = "{CRYPT}!";

/// Which credential is meant.
pub(super) enum Proof<'c> {
    /// The account's password: its key is the account's own.
    Password,
    /// The SSH key with this fingerprint.
    SshKey(&'c str),
}

impl<'c> Proof<'c> {
    pub(super) fn of(settings: &LdapSettings, credential: &'c CredentialRef, entry: &Entry) -> Result<Self, Fault> {
        if credential.key.starts_with("SHA256:") {
            return Ok(Self::SshKey(&credential.key));
        }
        if settings.key_of(entry).is_some_and(|key| key.eq_ignore_ascii_case(&credential.key)) {
            return Ok(Self::Password);
        }
        let key: String = credential.key.chars().take(80).collect();
        Err(Fault::new(
            FaultKind::NeedsDecision,
            format!("{} has no credential {key:?}: it is neither its password nor an SSH key.", entry.dn),
        ))
    }
}

/// The fingerprint of a line of `authorized_keys`, as `ssh-keygen -l` shows it; `None` if there is no key in it.
pub(super) fn fingerprint(line: &[u8]) -> Option<String> {
    let line = std::str::from_utf8(line).ok()?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let blob = words.windows(2).find_map(|pair| {
        let is_kind = ["ssh-", "ecdsa-", "sk-"].iter().any(|begin| pair[0].starts_with(begin));
        let blob = STANDARD.decode(pair[1]).or_else(|_| STANDARD_NO_PAD.decode(pair[1])).ok().filter(|_| is_kind)?;
        // The key says its own kind first (RFC 4253, 6.6).
        let length = u32::from_be_bytes(blob.get(..4)?.try_into().ok()?);
        (blob.get(4..)?.get(..usize::try_from(length).ok()?)? == pair[0].as_bytes()).then_some(blob)
    })?;
    Some(format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(blob))))
}

/// What people call a key: the comment at its end, or its kind.
pub(super) fn label(line: &[u8]) -> String {
    let line = String::from_utf8_lossy(line);
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| ["ssh-", "ecdsa-", "sk-"].iter().any(|begin| word.starts_with(begin))).unwrap_or(0);
    let comment = words.get(at + 2..).map(|rest| rest.join(" ")).filter(|text| !text.is_empty());
    comment.or_else(|| words.get(at).map(|kind| (*kind).to_owned())).unwrap_or_default().chars().take(200).collect()
}

/// Whether this line is the key with this fingerprint.
pub(super) fn is_key(line: &[u8], wanted: &str) -> bool {
    fingerprint(line).is_some_and(|own| own == wanted)
}

/// Whether the entry has a password that can be used. `None` if access rules hide it. The hash itself is never
/// asked for: what is hidden makes a filter undefined, and the contrary of undefined is undefined too
/// (RFC 4511, 4.5.1.7). So an entry that fits "has none" has none for sure.
pub(super) async fn password_in(on: &mut Connection<'_>, dn: &str) -> Result<Option<bool>, Fault> {
    let key = on.target.settings.key_attribute();
    if on.entry_if(dn, "(userPassword=*)".to_owned(), &[key]).await?.is_some() {
        let unusable = on.entry_if(dn, equals("userPassword", UNUSABLE), &[key]).await?.is_some();
        return Ok(Some(!unusable));
    }
    let none = on.entry_if(dn, "(!(userPassword=*))".to_owned(), &[key]).await?;
    Ok(none.map(|_| false))
}

#[cfg(test)]
mod tests {
    use super::*;

    // From `ssh-keygen -t ed25519`, and what `ssh-keygen -lf` says of it.
    const LINE: &[u8] = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ6BRgCQBmvAyWrUrUPYSmVRnOi0HjVOiYcCWoWDrrUQ anna@laptop";

    #[test]
    fn options_before_a_key_and_a_comment_after_it_do_not_change_its_fingerprint() {
        let plain = fingerprint(LINE).expect("a key");
        assert!(plain.starts_with("SHA256:") && plain.len() == 50, "{plain}");
        let with = [b"from=\"10.0.0.1\",command=\"echo ssh-rsa x\" ".as_slice(), LINE, b" and more"].concat();
        assert_eq!(fingerprint(&with), Some(plain));
        assert_eq!(label(LINE), "anna@laptop");
    }

    #[test]
    fn what_is_no_key_has_no_fingerprint() {
        for line in [&b""[..], b"ssh-rsa", b"ssh-rsa AAAA", b"ssh-rsa !!!", b"\xff\xfe", b"ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIJ6BRgCQ"] {
            assert_eq!(fingerprint(line), None, "{line:?}");
        }
    }
}
