//! Text forms of bytes: hexadecimal and base64, and serde by way of them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// A text is not the form of a fixed number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Not so many bytes.
    #[error("this is not the text form of {0} bytes")]
    Length(usize),
    /// Not hexadecimal, nor base64 where that is allowed.
    #[error("a character does not belong there")]
    Character,
    /// The bytes are not a usable value.
    #[error("these bytes cannot be used")]
    Value,
}

/// Writes lower-case hexadecimal digits.
pub(crate) fn write_hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Reads exactly `N` bytes of hexadecimal digits, of either case.
pub(crate) fn from_hex<const N: usize>(text: &str) -> Result<[u8; N], TextError> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return Err(TextError::Length(N));
    }
    let digit = |character: u8| char::from(character).to_digit(16).ok_or(TextError::Character);
    let mut bytes = [0; N];
    for (byte, &[high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = u8::try_from(digit(high)? << 4 | digit(low)?).map_err(|_| TextError::Character)?;
    }
    Ok(bytes)
}

/// The base64 of RFC 4648, section 4, with padding.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads canonical base64.
pub(crate) fn vec_from_base64(text: &str) -> Result<Vec<u8>, TextError> {
    STANDARD.decode(text).map_err(|_| TextError::Character)
}

/// Reads exactly `N` bytes of canonical base64. They may be secret.
pub(crate) fn from_base64<const N: usize>(text: &str) -> Result<[u8; N], TextError> {
    let bytes = Zeroizing::new(vec_from_base64(text)?);
    bytes.as_slice().try_into().map_err(|_| TextError::Length(N))
}

/// Gives types serde by their `Display` and `FromStr`.
macro_rules! serde_as_text {
    ($($name:ty),+) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

pub(crate) use serde_as_text;
