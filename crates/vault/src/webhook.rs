//! Signatures of webhooks, as Standard Webhooks 1.0 has them (symmetric, `v1`).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::random::{self, RandomError};
use crate::text::TextError;

const PREFIX: &str = "whsec_";
/// What the specification allows; 24 bytes are 192 bits.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// The secret that a receiver shares with Tenure. Only [`Self::expose`] shows it.
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

impl WebhookSecret {
    /// Makes a new one, of 256 bits.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn generate() -> Result<Self, RandomError> {
        let mut bytes = Zeroizing::new(vec![0; 32]);
        random::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Its text form, `whsec_` and base64: for whoever is to have it, once.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{PREFIX}{}", STANDARD.encode(self.0.as_slice())))
    }

    /// The bytes, to be sealed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// From the bytes that were sealed.
    ///
    /// # Errors
    /// When there are too few or too many.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TextError> {
        if BYTES.contains(&bytes.len()) { Ok(Self(Zeroizing::new(bytes.to_vec()))) } else { Err(TextError::Value) }
    }

    /// The signature of a message, as it stands in `webhook-signature`. `timestamp` is in whole seconds.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl FromStr for WebhookSecret {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = text.strip_prefix(PREFIX).ok_or(TextError::Character)?;
        Self::from_bytes(&Zeroizing::new(STANDARD.decode(text).map_err(|_| TextError::Character)?))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret([redacted])")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The example of the specification, which its libraries check too.
    #[test]
    fn a_signature_is_that_of_standard_webhooks() {
        let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_reads_back_from_its_text_and_shows_itself_to_nobody() {
        let secret = WebhookSecret::generate().unwrap();
        let again: WebhookSecret = secret.expose().parse().unwrap();
        assert_eq!(secret.as_bytes(), again.as_bytes());
        assert_eq!(format!("{secret:?}"), "WebhookSecret([redacted])");
        for wrong in ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_AAAA", "whsec_***"] {
            assert!(wrong.parse::<WebhookSecret>().is_err(), "{wrong}");
        }
    }
}
