//! Signatures: Ed25519 (RFC 8032, FIPS 186-5).

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};

use crate::keys::KeyId;
use crate::text::{TextError, from_base64, from_hex, serde_as_text, to_base64};

/// Signs with the instance's private key, which is wiped from memory when this is dropped.
///
/// One key signs texts of several kinds, so each kind must begin with a line that no other has. A
/// [signed note](Signer::sign_note) with a first line of its own, such as a
/// [`Checkpoint`](crate::Checkpoint), does that.
pub struct Signer(SigningKey);

impl Signer {
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Signs a message. The same message always gets the same signature.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message))
    }

    /// The key with which others check the signatures.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.public_key().id())
    }
}

/// The signature was not made with this key over this message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not of this message and this key")]
pub struct SignatureError;

/// A public key. Its text form is base64; [`FromStr`] takes hexadecimal digits too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Takes the 32 bytes of RFC 8032, section 5.1.5.
    ///
    /// # Errors
    ///
    /// [`TextError::Value`] when they are not a point on the curve, or one of small order, under
    /// which a signature could be valid for several messages.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, TextError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| TextError::Value)?;
        if key.is_weak() { Err(TextError::Value) } else { Ok(Self(key)) }
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The short name of the key.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId::of(self.as_bytes())
    }

    /// Checks a signature strictly: only the one that the signer made is accepted, no variation
    /// of it.
    ///
    /// # Errors
    ///
    /// [`SignatureError`] when it is not of this message and this key.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        self.0.verify_strict(message, &signature.0).map_err(|_| SignatureError)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_base64(self.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl FromStr for PublicKey {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let bytes = if text.len() == 64 { from_hex(text) } else { from_base64(text) };
        Self::from_bytes(&bytes?)
    }
}

/// A signature of 64 bytes. Its text form is base64; [`FromStr`] takes hexadecimal digits too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(ed25519_dalek::Signature);

impl Signature {
    /// Takes the 64 bytes of RFC 8032, section 5.1.6.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 64]) -> Self {
        Self(ed25519_dalek::Signature::from_bytes(bytes))
    }

    /// The 64 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 64] {
        self.0.to_bytes()
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_base64(&self.to_bytes()))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

impl FromStr for Signature {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let bytes = if text.len() == 128 { from_hex(text) } else { from_base64(text) };
        bytes.map(|bytes| Self::from_bytes(&bytes))
    }
}

serde_as_text!(PublicKey, Signature);

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// RFC 8032, section 7.1, test 2.
    fn of_the_rfc() -> Signer {
        let seed = from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        Signer::from_seed(&seed.unwrap())
    }

    const PUBLIC: &str = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    const SIGNATURE: &str = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

    #[test]
    fn a_signature_is_that_of_rfc_8032() {
        assert_eq!(of_the_rfc().public_key(), PUBLIC.parse().unwrap());
        assert_eq!(of_the_rfc().sign(&[0x72]), SIGNATURE.parse().unwrap());
        let key: PublicKey = PUBLIC.parse().unwrap();
        assert_eq!(key.verify(&[0x72], &SIGNATURE.parse().unwrap()), Ok(()));
    }

    #[test]
    fn another_message_key_or_signature_does_not_verify() {
        let (signer, other) = (of_the_rfc(), Signer::from_seed(&[1; 32]));
        let signature = signer.sign(b"yes");
        assert_eq!(signer.public_key().verify(b"no", &signature), Err(SignatureError));
        assert_eq!(other.public_key().verify(b"yes", &signature), Err(SignatureError));
        for bit in 0..512 {
            let mut bytes = signature.to_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let changed = Signature::from_bytes(&bytes);
            assert_eq!(signer.public_key().verify(b"yes", &changed), Err(SignatureError));
        }
    }

    #[test]
    fn keys_and_signatures_read_back_from_text_and_json() {
        let (key, signature) = (of_the_rfc().public_key(), of_the_rfc().sign(b"text"));
        assert_eq!(key.to_string().parse(), Ok(key));
        assert_eq!(signature.to_string().parse(), Ok(signature));
        let json = serde_json::to_string(&(key, signature)).unwrap();
        let read: (PublicKey, Signature) = serde_json::from_str(&json).unwrap();
        assert_eq!(read, (key, signature));
    }

    #[test]
    fn a_key_of_small_order_is_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::from_bytes(&identity), Err(TextError::Value));
        assert_eq!(PublicKey::from_bytes(&[0; 32]), Err(TextError::Value));
    }

    #[test]
    fn a_signer_shows_its_id_only() {
        let signer = of_the_rfc();
        assert_eq!(format!("{signer:?}"), format!("Signer({})", signer.public_key().id()));
    }
}
