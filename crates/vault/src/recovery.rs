//! Recovery codes: for who has lost what they sign in with.

use crate::MacKey;
use crate::mac::Tag;
use crate::random::{self, RandomError};

/// Letters and digits that are not taken for one another: 32, so five bits each.
const SIGNS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
/// 120 bits: enough that a keyed hash keeps them (ASVS 5, 6.5.2, asks for 112).
const LENGTH: usize = 24;

/// A recovery code. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A new one.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn generate() -> Result<Self, RandomError> {
        let mut bytes = [0; LENGTH];
        random::fill(&mut bytes)?;
        Ok(Self(bytes.iter().map(|byte| char::from(SIGNS[usize::from(byte & 31)])).collect()))
    }

    /// What somebody typed, with blanks and dashes wherever they set them. None when it cannot be one.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let plain: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_lowercase()).collect();
        (plain.len() == LENGTH && plain.bytes().all(|byte| SIGNS.contains(&byte))).then_some(Self(plain))
    }

    /// For its owner, once: groups of four.
    #[must_use]
    pub fn expose(&self) -> String {
        self.0.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect::<Vec<_>>().join("-")
    }

    /// What is kept of it; `of` says whose it is.
    #[must_use]
    pub fn hash(&self, key: &MacKey, of: &[u8]) -> Tag {
        key.tag_fields(&[b"recovery-code", of, self.0.as_bytes()])
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_spaced_and_nothing_else_is_one() {
        let code = RecoveryCode::generate().unwrap();
        let shown = code.expose();
        assert_eq!((shown.len(), shown.matches('-').count()), (29, 5));
        for typed in [shown.clone(), shown.replace('-', ""), shown.to_uppercase(), format!(" {} ", shown.replace('-', " "))] {
            assert_eq!(RecoveryCode::read(&typed), Some(code.clone()), "{typed}");
        }
        for typed in ["", "123456", &shown[1..], &format!("{shown}a"), &shown.replace(&shown[..1], "!")] {
            assert_eq!(RecoveryCode::read(typed), None, "{typed}");
        }
        assert_ne!(RecoveryCode::generate().unwrap(), code);
        assert_eq!(format!("{code:?}"), "RecoveryCode([redacted])");
    }
}
