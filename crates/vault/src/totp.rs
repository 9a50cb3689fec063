//! Codes of authenticator apps: TOTP (RFC 6238) with what all of them know: HMAC-SHA-1, six digits, thirty seconds.
//!
//! SHA-1 serves here: HMAC does not rest on what is broken in it (RFC 6194, section 3.3).

use ring::hmac;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::random::{self, RandomError};

/// How long a code lives, in seconds.
const STEP: i64 = 30;
/// So many steps before and after now a code is taken: clocks differ, and people type slowly (RFC 6238, section 5.2).
const DRIFT: i64 = 1;
/// 160 bits, as RFC 4226 recommends.
const LENGTH: usize = 20;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What an authenticator app and Tenure share. Not shown by `Debug`.
pub struct TotpSecret(Zeroizing<Vec<u8>>);

impl TotpSecret {
    /// A new one.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn generate() -> Result<Self, RandomError> {
        let mut bytes = Zeroizing::new(vec![0; LENGTH]);
        random::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// One that was kept.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == LENGTH).then(|| Self(Zeroizing::new(bytes.to_vec())))
    }

    /// For sealing it.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// For typing it into an app: groups of four, in Base32 (RFC 4648).
    #[must_use]
    pub fn text(&self) -> String {
        let plain = self.base32();
        let groups: Vec<&str> = plain.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
        groups.join(" ")
    }

    fn base32(&self) -> String {
        let mut text = String::with_capacity(LENGTH * 8 / 5);
        let (mut bits, mut n) = (0_u32, 0);
        for byte in self.0.iter() {
            bits = (bits << 8) | u32::from(*byte);
            n += 8;
            while n >= 5 {
                n -= 5;
                text.push(char::from(BASE32[(bits >> n) as usize & 31]));
            }
        }
        text
    }

    /// What the square of dots says to an app: the key URI that all of them read. `issuer` and `account` are shown there.
    #[must_use]
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let (issuer, account) = (encode(issuer), encode(account));
        format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", self.base32())
    }

    /// The step that a code is of, among those about now that come after `last`: a code counts once (ASVS 5, 6.5.1).
    /// `now` is in seconds since 1970.
    #[must_use]
    pub fn step_of(&self, code: &str, now: i64, last: Option<i64>) -> Option<i64> {
        let step = now.div_euclid(STEP);
        let mut found = None;
        // Every one is compared, whichever it is.
        for candidate in step - DRIFT..=step + DRIFT {
            let same: bool = self.code_of(candidate).as_bytes().ct_eq(code.as_bytes()).into();
            if same && last.is_none_or(|last| candidate > last) {
                found = Some(candidate);
            }
        }
        found
    }

    /// The code of a moment, as an app shows it: for tests of the crates above, and for nothing else.
    #[must_use]
    pub fn code_at(&self, now: i64) -> String {
        self.code_of(now.div_euclid(STEP))
    }

    fn code_of(&self, step: i64) -> String {
        format!("{:06}", self.number(step) % 1_000_000)
    }

    /// HOTP's truncation (RFC 4226, section 5.3).
    fn number(&self, step: i64) -> u32 {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let bytes = tag.as_ref();
        let at = usize::from(bytes.last().copied().unwrap_or_default() & 15);
        let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).unwrap_or_default();
        u32::from_be_bytes(four) & 0x7fff_ffff
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret([redacted])")
    }
}

/// Percent-encoding of what is not a letter, digit or one of a few signs (RFC 3986, section 2.3).
fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_the_rfc() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    #[test]
    fn codes_are_those_of_rfc_6238_appendix_b() {
        for (at, eight) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000_i64, 65_353_130),
        ] {
            assert_eq!(of_the_rfc().number(at.div_euclid(STEP)) % 100_000_000, eight, "{at}");
            assert_eq!(of_the_rfc().code_at(at), format!("{:06}", eight % 1_000_000));
        }
    }

    #[test]
    fn a_code_is_taken_one_step_before_and_after_and_once() {
        let (secret, now) = (of_the_rfc(), 1_111_111_109);
        let step = now / STEP;
        for drift in [-1, 0, 1] {
            assert_eq!(secret.step_of(&secret.code_at(now + drift * STEP), now, None), Some(step + drift));
        }
        for drift in [-2, 2] {
            assert_eq!(secret.step_of(&secret.code_at(now + drift * STEP), now, None), None);
        }
        let code = secret.code_at(now);
        assert_eq!(secret.step_of(&code, now, Some(step - 1)), Some(step));
        assert_eq!(secret.step_of(&code, now, Some(step)), None, "it was used");
        assert_eq!(secret.step_of(&secret.code_at(now - STEP), now, Some(step)), None, "a later one was used");
        for wrong in ["", "000000", "0818041", " 081804"] {
            assert_eq!(secret.step_of(wrong, now, None), None, "{wrong:?}");
        }
    }

    #[test]
    fn an_app_reads_the_secret_as_text_and_as_address() {
        assert_eq!(of_the_rfc().text(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            of_the_rfc().uri("Tenure", "ann@example.com"),
            "otpauth://totp/Tenure:ann%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Tenure"
        );
        assert_eq!(format!("{:?}", of_the_rfc()), "TotpSecret([redacted])");
        assert_ne!(TotpSecret::generate().unwrap().expose(), TotpSecret::generate().unwrap().expose());
    }
}
