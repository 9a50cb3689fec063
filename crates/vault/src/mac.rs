//! Message authentication: HMAC-SHA256 (RFC 2104, FIPS 198-1).

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::text::{TextError, from_hex, serde_as_text, write_hex};

/// A key for HMAC-SHA256. One key is for one purpose: [`Keys`](crate::Keys) derives one for each.
pub struct MacKey(Box<Zeroizing<[u8; 32]>>);

/// The tag does not belong to the message and the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message is not the one that was tagged")]
pub struct MacError;

impl MacKey {
    pub(crate) fn new(key: Box<Zeroizing<[u8; 32]>>) -> Self {
        Self(key)
    }

    /// The tag of a message.
    #[must_use]
    pub fn tag(&self, message: &[u8]) -> Tag {
        Tag(self.hmac(message).finalize().into_bytes().into())
    }

    /// The tag of several fields, each with its length before it, so that `["ab", "c"]` and
    /// `["a", "bc"]` have different tags. A key that tags fields should tag nothing else.
    #[must_use]
    pub fn tag_fields(&self, fields: &[&[u8]]) -> Tag {
        self.tag(&joined(fields))
    }

    /// Checks a message against its tag, in a time that does not tell where they differ.
    ///
    /// # Errors
    ///
    /// [`MacError`] when the tag is of another message or another key.
    pub fn verify(&self, message: &[u8], tag: &Tag) -> Result<(), MacError> {
        self.hmac(message).verify_slice(&tag.0).map_err(|_| MacError)
    }

    /// Checks fields against the tag that [`MacKey::tag_fields`] gave, in constant time.
    ///
    /// # Errors
    ///
    /// [`MacError`] when the tag is of other fields or another key.
    pub fn verify_fields(&self, fields: &[&[u8]], tag: &Tag) -> Result<(), MacError> {
        self.verify(&joined(fields), tag)
    }

    fn hmac(&self, message: &[u8]) -> Hmac<Sha256> {
        // A key below the block size is padded with zeros (RFC 2104, section 2).
        let mut block = Zeroizing::new([0; 64]);
        block[..self.0.len()].copy_from_slice(self.0.as_slice());
        <Hmac<Sha256> as KeyInit>::new((&*block).into()).chain_update(message)
    }
}

fn joined(fields: &[&[u8]]) -> Vec<u8> {
    let with_length = |field: &&[u8]| [&(field.len() as u64).to_be_bytes(), *field].concat();
    fields.iter().flat_map(with_length).collect()
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey([redacted])")
    }
}

/// What stands for a message: 32 bytes, written in hexadecimal. Compared in constant time.
#[derive(Clone, Copy)]
pub struct Tag([u8; 32]);

impl Tag {
    /// The bytes, for a database column.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for Tag {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Tag {}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tag({self})")
    }
}

impl FromStr for Tag {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        from_hex(text).map(Self)
    }
}

impl TryFrom<&[u8]> for Tag {
    type Error = TextError;

    fn try_from(bytes: &[u8]) -> Result<Self, TextError> {
        bytes.try_into().map(Self).map_err(|_| TextError::Length(32))
    }
}

serde_as_text!(Tag);

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn key(bytes: &[u8]) -> MacKey {
        let mut key = Box::new(Zeroizing::new([0; 32]));
        key[..bytes.len()].copy_from_slice(bytes);
        MacKey::new(key)
    }

    #[test]
    fn tags_are_those_of_rfc_4231() {
        let one = key(&[0x0b; 20]).tag(b"Hi There");
        assert_eq!(one.to_string(), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
        let two = key(b"Jefe").tag(b"what do ya want for nothing?");
        assert_eq!(two.to_string(), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn a_tag_verifies_its_message_and_no_other() {
        let key = key(&[7; 32]);
        let tag = key.tag(b"grant");
        assert_eq!(key.verify(b"grant", &tag), Ok(()));
        assert_eq!(key.verify(b"grand", &tag), Err(MacError));
        assert_eq!(super::tests::key(&[8; 32]).verify(b"grant", &tag), Err(MacError));
    }

    #[test]
    fn fields_cannot_be_moved_into_each_other() {
        let key = key(&[7; 32]);
        let tag = key.tag_fields(&[b"ab", b"c"]);
        assert_eq!(key.verify_fields(&[b"ab", b"c"], &tag), Ok(()));
        assert_eq!(key.verify_fields(&[b"a", b"bc"], &tag), Err(MacError));
        assert_eq!(key.verify_fields(&[b"abc"], &tag), Err(MacError));
        assert_eq!(key.verify_fields(&[b"ab", b"c", b""], &tag), Err(MacError));
    }

    #[test]
    fn a_tag_reads_back_from_text_bytes_and_json() {
        let tag = key(&[7; 32]).tag(b"");
        assert_eq!(tag.to_string().parse(), Ok(tag));
        assert_eq!(Tag::try_from(tag.as_bytes().as_slice()), Ok(tag));
        let json = serde_json::to_string(&tag).unwrap();
        assert_eq!(serde_json::from_str::<Tag>(&json).unwrap(), tag);
        assert_eq!("00".parse::<Tag>(), Err(TextError::Length(32)));
        assert_eq!("zz".repeat(32).parse::<Tag>(), Err(TextError::Character));
    }

    #[test]
    fn a_key_does_not_show_itself() {
        assert_eq!(format!("{:?}", key(b"Jefe")), "MacKey([redacted])");
    }
}
