//! Passwords that people remember: what is accepted as a new one, how it is kept, how one is
//! checked (NIST SP 800-63B-4, section 3.1.1; OWASP Password Storage Cheat Sheet).

mod breached;
mod common;
mod fault;
mod policy;
mod verifier;

use std::fmt;

use serde::{Deserialize, Deserializer};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

pub use breached::{Breached, BreachedError, Built, build_filter};
pub use fault::PasswordFault;
pub use policy::{NewPassword, Policy};
pub use verifier::{PasswordError, PasswordHash, Verdict, Verifier};

/// A password as somebody typed it, normalised as NIST SP 800-63B-4, 3.1.1.2, asks: it is the same
/// password whether a keyboard makes `é` in one piece or in two. The form is Unicode's C, as in
/// RFC 8265, 4.2, for the compatibility forms would make different characters equal. Nothing else
/// is done to it; it is never trimmed, folded or cut.
///
/// Wiped from memory when dropped, and never shown. It can be a field of a form.
pub struct Password(Zeroizing<String>);

impl Password {
    /// How many characters it has, counted in code points.
    #[must_use]
    pub fn characters(&self) -> usize {
        self.0.chars().count()
    }

    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the same was typed twice.
    #[must_use]
    pub fn is_same_as(&self, repeated: &Self) -> bool {
        use subtle::ConstantTimeEq as _;
        self.0.as_bytes().ct_eq(repeated.0.as_bytes()).into()
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Password {
    fn from(typed: String) -> Self {
        let typed = Zeroizing::new(typed);
        // Form C can be three times as long. With that room no outgrown copy stays in memory.
        let mut normal = Zeroizing::new(String::with_capacity(typed.len() * 3));
        normal.extend(typed.nfc());
        Self(normal)
    }
}

impl From<&str> for Password {
    fn from(typed: &str) -> Self {
        typed.to_owned().into()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password([redacted])")
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_same_password_however_its_accents_are_typed() {
        let (one_piece, two_pieces) = (Password::from("caf\u{e9}"), Password::from("cafe\u{301}"));
        assert!(one_piece.is_same_as(&two_pieces));
        assert_eq!(two_pieces.characters(), 4);
    }

    #[test]
    fn spaces_and_case_are_part_of_a_password() {
        assert!(!Password::from(" a ").is_same_as(&"a".into()));
        assert!(!Password::from("A").is_same_as(&"a".into()));
    }

    #[test]
    fn a_password_does_not_show_itself() {
        let password: Password = serde_json::from_str("\"hunter2\"").unwrap();
        assert_eq!(format!("{password:?}"), "Password([redacted])");
        assert_eq!(password.expose(), "hunter2");
    }
}
