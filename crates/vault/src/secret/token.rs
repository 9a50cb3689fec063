//! Bearer tokens.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

use super::checksum::{self, DIGITS};
use crate::random::{self, RandomError};

/// How many random digits: 62^43 is above 2^256.
const RANDOM: usize = 43;
const REDACTED: &str = "[redacted]";

/// A bearer token: a prefix of its kind, 43 random digits of base 62 (256 bits, where RFC 6749,
/// 10.10, asks for at least 128), and 6 check digits.
///
/// In the manner of GitHub's tokens it can be found where it has leaked: `tnr_[0-9A-Za-z]{49}`
/// matches it, a double click selects all of it, and the CRC-32 of all that goes before, as six
/// digits of base 62, tells it from other texts.
///
/// Only [`Token::expose`] shows it. `Debug`, `Display` and `Serialize` give `[redacted]`, and it is
/// wiped from memory when dropped.
pub struct Token<K> {
    text: Zeroizing<String>,
    kind: PhantomData<K>,
}

/// What a token is for. Tokens of different kinds are different types with different prefixes, so
/// that one is never taken for another.
pub trait TokenKind: private::Sealed {
    /// How such tokens begin.
    const PREFIX: &str;
}

/// The kind of [`ApiToken`].
#[derive(Debug, Clone, Copy)]
pub enum Api {}

/// The kind of [`LinkToken`].
#[derive(Debug, Clone, Copy)]
pub enum Link {}

/// The kind of [`HostToken`].
#[derive(Debug, Clone, Copy)]
pub enum Host {}

/// The kind of [`TransmitterToken`].
#[derive(Debug, Clone, Copy)]
pub enum Transmitter {}

impl TokenKind for Api {
    const PREFIX: &str = "tnr_";
}

impl TokenKind for Link {
    const PREFIX: &str = "tnl_";
}

impl TokenKind for Host {
    const PREFIX: &str = "tnh_";
}

impl TokenKind for Transmitter {
    const PREFIX: &str = "tns_";
}

mod private {
    pub trait Sealed {}
    impl Sealed for super::Api {}
    impl Sealed for super::Link {}
    impl Sealed for super::Host {}
    impl Sealed for super::Transmitter {}
}

/// A token for the interfaces of machines, sent in the `Authorization` header (RFC 6750).
pub type ApiToken = Token<Api>;

/// A token in a link that is sent by mail.
pub type LinkToken = Token<Link>;

/// A token by which a host asks for SSH keys, and for nothing else (RFC 6750).
pub type HostToken = Token<Host>;

/// A token by which a trusted transmitter sends signals, and nothing else (RFC 6750).
pub type TransmitterToken = Token<Transmitter>;

/// Why a text is not a token. Says nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It begins otherwise, so it may be a token of another kind or of another product.
    #[error("a token of this kind begins with {0}")]
    Prefix(&'static str),
    /// It is cut off, or has something added.
    #[error("the token has {0} characters, which is too few or too many")]
    Length(usize),
    /// It has other characters than letters and digits.
    #[error("the token has a character that no token has")]
    Character,
    /// Its check digits do not fit: a character is wrong.
    #[error("the token is mistyped")]
    Checksum,
}

impl<K: TokenKind> Token<K> {
    /// The number of characters of a token.
    pub const LENGTH: usize = K::PREFIX.len() + RANDOM + checksum::LENGTH;

    /// Makes a new token.
    ///
    /// # Errors
    ///
    /// [`RandomError`] when the operating system gives no random bytes.
    pub fn generate() -> Result<Self, RandomError> {
        // With room for all of it, so that no outgrown copy stays in memory.
        let mut text = Zeroizing::new(String::with_capacity(Self::LENGTH));
        text.push_str(K::PREFIX);
        push_random_digits(&mut text)?;
        let check = checksum::checksum(&text);
        text.extend(check.map(char::from));
        Ok(Self { text, kind: PhantomData })
    }

    /// The token itself: to show it this once, to send it, or to hash it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The beginning, by which its owner can tell it from others in a list. It gives away 24 of
    /// the 256 random bits.
    #[must_use]
    pub fn hint(&self) -> String {
        self.text.chars().take(K::PREFIX.len() + 4).collect()
    }
}

/// Each digit is one of 62 with the same likelihood: bytes from 248 on, which would favour some
/// digits, are drawn again.
fn push_random_digits(text: &mut String) -> Result<(), RandomError> {
    let fair = DIGITS.len() * (256 / DIGITS.len());
    let mut missing = RANDOM;
    let mut bytes = Zeroizing::new([0; RANDOM]);
    while missing > 0 {
        random::fill(bytes.as_mut_slice())?;
        let usable = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        for byte in usable.take(missing) {
            text.push(char::from(DIGITS[byte % DIGITS.len()]));
            missing -= 1;
        }
    }
    Ok(())
}

impl<K: TokenKind> FromStr for Token<K> {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, TokenError> {
        let digits = text.strip_prefix(K::PREFIX).ok_or(TokenError::Prefix(K::PREFIX))?;
        if text.len() != Self::LENGTH {
            return Err(TokenError::Length(text.chars().count()));
        }
        if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(TokenError::Character);
        }
        let (content, check) = text.split_at(text.len() - checksum::LENGTH);
        if check.as_bytes() != checksum::checksum(content) {
            return Err(TokenError::Checksum);
        }
        Ok(Self { text: Zeroizing::new(text.to_owned()), kind: PhantomData })
    }
}

impl<K> fmt::Display for Token<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl<K> fmt::Debug for Token<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({REDACTED})")
    }
}

impl<K> Serialize for Token<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(REDACTED)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn error(text: &str) -> TokenError {
        text.parse::<ApiToken>().unwrap_err()
    }

    #[test]
    fn a_new_token_reads_back() {
        let token = ApiToken::generate().unwrap();
        assert_eq!(token.expose().len(), 53);
        assert_eq!(token.expose().parse::<ApiToken>().unwrap().expose(), token.expose());
        let token = LinkToken::generate().unwrap();
        assert_eq!(token.expose().parse::<LinkToken>().unwrap().expose(), token.expose());
    }

    #[test]
    fn every_digit_occurs_about_as_often_as_every_other() {
        let mut text = String::new();
        (0..1_000).for_each(|_| push_random_digits(&mut text).unwrap());
        let expected = text.len() / DIGITS.len();
        for digit in DIGITS {
            let count = text.bytes().filter(|byte| byte == digit).count();
            assert!(count.abs_diff(expected) < expected / 3, "{count} of {}", char::from(*digit));
        }
    }

    #[test]
    fn a_token_with_one_wrong_character_is_mistyped() {
        let token = ApiToken::generate().unwrap();
        for at in ApiToken::LENGTH - 49..ApiToken::LENGTH {
            let mut bytes = token.expose().as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
            assert_eq!(error(&String::from_utf8(bytes).unwrap()), TokenError::Checksum);
        }
    }

    #[test]
    fn a_token_of_another_kind_is_refused() {
        let link = LinkToken::generate().unwrap();
        assert_eq!(error(link.expose()), TokenError::Prefix("tnr_"));
        assert_eq!(error(&link.expose().replace("tnl_", "tnr_")), TokenError::Checksum);
        assert_eq!(error(""), TokenError::Prefix("tnr_"));
    }

    #[test]
    fn a_token_that_is_cut_off_or_has_other_characters_is_refused() {
        let token = ApiToken::generate().unwrap();
        let text = token.expose();
        assert_eq!(error(&text[..52]), TokenError::Length(52));
        assert_eq!(error(&format!("{text} ")), TokenError::Length(54));
        assert_eq!(error(&format!("{} ", &text[..52])), TokenError::Character);
        assert_eq!(error(&format!("{}é", &text[..51])), TokenError::Character);
    }

    #[test]
    fn a_token_shows_itself_only_when_asked() {
        let token = ApiToken::generate().unwrap();
        assert_eq!(format!("{token} {token:?}"), "[redacted] Token([redacted])");
        assert_eq!(serde_json::to_string(&token).unwrap(), "\"[redacted]\"");
        assert_eq!(token.hint(), token.expose()[..8]);
    }
}
