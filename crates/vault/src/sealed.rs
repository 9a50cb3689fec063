//! Secrets at rest: sealed by a key that is not where they lie.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03, on RFC 8439): its nonce is long enough to be
//! random. What a secret belongs to is authenticated with it, so that one row's secret cannot be put
//! into another row.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::random::{self, RandomError};

const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Seals secrets, and opens what it sealed.
pub struct Sealer(XChaCha20Poly1305);

/// Why a secret cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// It was changed, belongs to something else, or was sealed by another key.
    #[error("the sealed secret cannot be opened: it was sealed by another key, or changed. Enter it again")]
    Damaged,
    /// It is too long.
    #[error("the secret is too long")]
    TooLong,
    /// No random bytes for a nonce.
    #[error(transparent)]
    Random(#[from] RandomError),
}

impl Sealer {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(&Key::from(*key)))
    }

    /// Seals a secret. `about` says what it belongs to; the same words open it.
    ///
    /// # Errors
    /// When there are no random bytes, or the secret is longer than the cipher takes.
    pub fn seal(&self, secret: &[u8], about: &str) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE];
        random::fill(&mut nonce)?;
        let payload = Payload { msg: secret, aad: about.as_bytes() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::TooLong)?;
        let mut text = Vec::with_capacity(1 + NONCE + sealed.len());
        text.push(VERSION);
        text.extend_from_slice(&nonce);
        text.extend_from_slice(&sealed);
        Ok(text)
    }

    /// Opens what [`Self::seal`] made of a secret about the same thing.
    ///
    /// # Errors
    /// [`SealError::Damaged`].
    pub fn open(&self, sealed: &[u8], about: &str) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (version, rest) = sealed.split_first().ok_or(SealError::Damaged)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(SealError::Damaged)?;
        if *version != VERSION {
            return Err(SealError::Damaged);
        }
        let payload = Payload { msg: sealed, aad: about.as_bytes() };
        self.0.decrypt(&XNonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_| SealError::Damaged)
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_again_and_looks_different_each_time() {
        let sealer = Sealer::new(&[7; 32]);
        let (one, two) = (sealer.seal(b"hunter2", "target a").unwrap(), sealer.seal(b"hunter2", "target a").unwrap());
        assert_ne!(one, two);
        assert_eq!(sealer.open(&one, "target a").unwrap().as_slice(), b"hunter2");
        assert!(!one.windows(7).any(|w| w == b"hunter2"));
    }

    #[test]
    fn another_key_another_thing_and_every_changed_byte_are_refused() {
        let sealer = Sealer::new(&[7; 32]);
        let sealed = sealer.seal(b"hunter2", "target a").unwrap();
        assert!(Sealer::new(&[8; 32]).open(&sealed, "target a").is_err());
        assert!(sealer.open(&sealed, "target b").is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(sealer.open(&changed, "target a").is_err(), "byte {at}");
        }
        for length in 0..sealed.len() {
            assert!(sealer.open(&sealed[..length], "target a").is_err(), "length {length}");
        }
    }
}
