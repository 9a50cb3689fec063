//! How a key pair is called in the database and in exports.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::text::{TextError, from_hex, serde_as_text, write_hex};

/// The first eight bytes of the SHA-256 of a public key, written as 16 hexadecimal digits. It
/// finds a key; it does not prove one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId([u8; 8]);

impl KeyId {
    pub(crate) fn of(public_key: &[u8; 32]) -> Self {
        let [a, b, c, d, e, f, g, h, ..]: [u8; 32] = Sha256::digest(public_key).into();
        Self([a, b, c, d, e, f, g, h])
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl FromStr for KeyId {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        from_hex(text).map(Self)
    }
}

serde_as_text!(KeyId);
