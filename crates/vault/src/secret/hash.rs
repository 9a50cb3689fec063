//! How a token is kept.

use std::fmt;
use std::str::FromStr;

use super::token::{Token, TokenKind};
use crate::mac::MacKey;
use crate::text::{TextError, from_hex, serde_as_text, write_hex};

/// Hashes tokens for storage: HMAC-SHA256 with a key that is not in the database, so that a copy
/// of the database cannot be used to check guesses, nor a row be made for a token of one's own.
///
/// A slow hash would add nothing: a token has 256 random bits (NIST SP 800-63B-4, 3.1.2.2, asks
/// for one only below 112).
#[derive(Debug)]
pub struct TokenHasher(MacKey);

impl TokenHasher {
    pub(crate) fn new(key: MacKey) -> Self {
        Self(key)
    }

    /// The hash to store, and to look up when a token is presented. A token of one kind never has
    /// the hash of another kind.
    #[must_use]
    pub fn hash<K: TokenKind>(&self, token: &Token<K>) -> TokenHash {
        TokenHash(*self.0.tag(token.expose().as_bytes()).as_bytes())
    }
}

/// The stored form of a token. It opens nothing, so it is found by a plain index.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The bytes, for a database column.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenHash({self})")
    }
}

impl FromStr for TokenHash {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        from_hex(text).map(Self)
    }
}

impl TryFrom<&[u8]> for TokenHash {
    type Error = TextError;

    fn try_from(bytes: &[u8]) -> Result<Self, TextError> {
        bytes.try_into().map(Self).map_err(|_| TextError::Length(32))
    }
}

serde_as_text!(TokenHash);

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{ApiToken, Keys};

    #[test]
    fn a_presented_token_has_the_hash_of_the_one_that_was_made() {
        let keys = Keys::ephemeral().unwrap();
        let made = ApiToken::generate().unwrap();
        let presented: ApiToken = made.expose().parse().unwrap();
        assert_eq!(keys.tokens().hash(&made), keys.tokens().hash(&presented));
    }

    #[test]
    fn another_token_or_another_key_gives_another_hash() {
        let (keys, others) = (Keys::ephemeral().unwrap(), Keys::ephemeral().unwrap());
        let (one, two) = (ApiToken::generate().unwrap(), ApiToken::generate().unwrap());
        assert_ne!(keys.tokens().hash(&one), keys.tokens().hash(&two));
        assert_ne!(keys.tokens().hash(&one), others.tokens().hash(&one));
    }

    #[test]
    fn a_hash_reads_back_from_text_bytes_and_json() {
        let hash = Keys::ephemeral().unwrap().tokens().hash(&ApiToken::generate().unwrap());
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(TokenHash::try_from(hash.as_bytes().as_slice()), Ok(hash));
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(serde_json::from_str::<TokenHash>(&json).unwrap(), hash);
    }
}
