//! How passwords are kept and checked: Argon2id (RFC 9106).

use std::fmt;
use std::hint::black_box;

use argon2::password_hash::{self, phc};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use super::{NewPassword, Password};

/// OWASP's first choice for servers: 19 MiB, two passes, one lane.
const OWASP: Params = params(19 * 1024, 2, 1);
/// The least that Argon2 can do.
const WEAK: Params = params(8, 1, 1);

const fn params(memory_kib: u32, passes: u32, lanes: u32) -> Params {
    match Params::new(memory_kib, passes, lanes, Some(Params::DEFAULT_OUTPUT_LEN)) {
        Ok(params) => params,
        Err(_) => panic!("these costs are within Argon2's limits"),
    }
}

/// Hashes new passwords and checks typed ones, with one setting of costs. Each call computes for
/// tens of milliseconds on purpose: async code goes through
/// [`PasswordPool`](crate::PasswordPool).
#[derive(Debug, Clone)]
pub struct Verifier {
    params: Params,
    /// A hash that no password has, with the same costs.
    nobodys: PasswordHash,
}

/// A password as it is kept: a PHC string with the algorithm, its costs, the salt and the hash.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

/// Whether a password is the right one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a password that was not accepted must not let anyone in"]
pub enum Verdict {
    /// It is.
    Accepted {
        /// When the stored hash was made with other costs than today's: a new one, to store in its
        /// place.
        renewed: Option<PasswordHash>,
    },
    /// It is not, or there is no such account.
    Refused,
}

/// Why nothing can be said of a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// What is stored is not a hash of a kind that is known.
    #[error("the stored password hash cannot be read: {0}")]
    Unreadable(password_hash::Error),
    /// The hash could not be computed.
    #[error("cannot hash a password: {0}")]
    Hashing(password_hash::Error),
    /// Too many wait already.
    #[error("too many passwords are being checked; try again in a moment")]
    Busy,
    /// The process is about to end.
    #[error("passwords are not checked any more: the service is stopping")]
    Stopped,
}

impl Verifier {
    /// With the costs that OWASP recommends: m = 19456 KiB, t = 2, p = 1.
    #[must_use]
    pub fn owasp() -> Self {
        Self::new(OWASP)
    }

    /// With next to no costs, so that tests with many accounts are quick. Its hashes protect
    /// nobody.
    #[must_use]
    pub fn weak_for_tests() -> Self {
        Self::new(WEAK)
    }

    fn new(params: Params) -> Self {
        let (m, t, p) = (params.m_cost(), params.t_cost(), params.p_cost());
        // Base64 of 16 and of 32 zero bytes, the lengths that `hash` makes.
        let (salt, output) = ("A".repeat(22), "A".repeat(43));
        let nobodys = PasswordHash(format!("$argon2id$v=19$m={m},t={t},p={p}${salt}${output}"));
        Self { params, nobodys }
    }

    /// Hashes an accepted password with a random salt, to store it.
    ///
    /// # Errors
    ///
    /// [`PasswordError::Hashing`] when there is no randomness or memory.
    pub fn hash(&self, password: &NewPassword) -> Result<PasswordHash, PasswordError> {
        self.hash_text(password.expose())
    }

    /// Checks a typed password against a stored hash. The costs are those of the stored hash; when
    /// they are not today's any more, an accepted password is hashed anew.
    ///
    /// # Errors
    ///
    /// [`PasswordError::Unreadable`] when the stored text is not an Argon2 hash, which must not be
    /// taken for a wrong password; [`PasswordError::Hashing`] as for [`Verifier::hash`].
    pub fn verify(&self, password: &Password, stored: &PasswordHash) -> Result<Verdict, PasswordError> {
        let hash = parsed(stored)?;
        match self.argon2().verify_password(password.expose().as_bytes(), &hash) {
            Ok(()) if self.is_of_other_costs(&hash) => Ok(Verdict::Accepted { renewed: Some(self.hash_text(password.expose())?) }),
            Ok(()) => Ok(Verdict::Accepted { renewed: None }),
            Err(password_hash::Error::PasswordInvalid) => Ok(Verdict::Refused),
            Err(error @ password_hash::Error::OutOfMemory) => Err(PasswordError::Hashing(error)),
            Err(error) => Err(PasswordError::Unreadable(error)),
        }
    }

    /// What to do instead of [`Verifier::verify`] when there is no such account, or it has no
    /// password: takes the same time, and refuses. Without it, the time of the answer would tell
    /// who has an account.
    pub fn absent(&self, password: &Password) -> Verdict {
        // The verdict is known; only the work counts.
        let _: Result<Verdict, PasswordError> = black_box(self.verify(password, &self.nobodys));
        Verdict::Refused
    }

    /// Whether a stored hash was made otherwise than [`Verifier::hash`] would make it now.
    #[must_use]
    pub fn needs_rehash(&self, stored: &PasswordHash) -> bool {
        parsed(stored).map_or(true, |hash| self.is_of_other_costs(&hash))
    }

    fn is_of_other_costs(&self, hash: &phc::PasswordHash) -> bool {
        let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        let same_costs = Params::try_from(hash).is_ok_and(|params| costs(&params) == costs(&self.params));
        let same_algorithm = hash.algorithm == ARGON2ID_IDENT && hash.version == Some(Version::V0x13.into());
        let output_len = hash.hash.as_ref().map(phc::Output::len);
        !(same_costs && same_algorithm && output_len == Some(Params::DEFAULT_OUTPUT_LEN))
    }

    fn hash_text(&self, password: &str) -> Result<PasswordHash, PasswordError> {
        let hash = self.argon2().hash_password(password.as_bytes()).map_err(PasswordError::Hashing)?;
        Ok(PasswordHash(hash.to_string()))
    }

    fn argon2(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone())
    }
}

/// A PHC string may leave out salt and hash, which to the library would be a wrong password.
fn parsed(stored: &PasswordHash) -> Result<phc::PasswordHash, PasswordError> {
    match phc::PasswordHash::new(&stored.0) {
        Ok(hash) if hash.hash.is_some() => Ok(hash),
        Ok(_) => Err(PasswordError::Unreadable(password_hash::Error::EncodingInvalid)),
        Err(error) => Err(PasswordError::Unreadable(error.into())),
    }
}

impl Default for Verifier {
    fn default() -> Self {
        Self::owasp()
    }
}

impl PasswordHash {
    /// Takes what was read from the database.
    #[must_use]
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// What to write to the database.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash([redacted])")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::Policy;

    const PASSWORD: &str = "lamp-otter-crisp-violin";
    const ACCEPTED: Verdict = Verdict::Accepted { renewed: None };

    fn hashed(verifier: &Verifier, password: &str) -> PasswordHash {
        verifier.hash(&Policy::alone().check(password.into(), &[]).unwrap()).unwrap()
    }

    #[test]
    fn the_right_password_is_accepted_and_another_refused() {
        let verifier = Verifier::owasp();
        let hash = hashed(&verifier, PASSWORD);
        assert_eq!(verifier.verify(&PASSWORD.into(), &hash), Ok(ACCEPTED));
        assert_eq!(verifier.verify(&"lamp-otter-crisp-violim".into(), &hash), Ok(Verdict::Refused));
        assert_eq!(verifier.verify(&"".into(), &hash), Ok(Verdict::Refused));
    }

    #[test]
    fn a_hash_is_a_phc_string_with_the_costs_that_owasp_recommends() {
        let hash = hashed(&Verifier::owasp(), PASSWORD);
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
    }

    #[test]
    fn the_same_password_has_another_hash_each_time() {
        let verifier = Verifier::weak_for_tests();
        assert_ne!(hashed(&verifier, PASSWORD), hashed(&verifier, PASSWORD));
    }

    #[test]
    fn a_password_is_accepted_however_its_accents_are_typed() {
        let verifier = Verifier::weak_for_tests();
        let hash = hashed(&verifier, "cafe\u{301} otter crisp violin");
        assert_eq!(verifier.verify(&"caf\u{e9} otter crisp violin".into(), &hash), Ok(ACCEPTED));
    }

    #[test]
    fn no_character_of_a_long_password_is_ignored() {
        let verifier = Verifier::weak_for_tests();
        let long: String = "lamp otter crisp violin ".chars().cycle().take(256).collect();
        let hash = hashed(&verifier, &long);
        assert_eq!(verifier.verify(&long[..255].into(), &hash), Ok(Verdict::Refused));
        assert_eq!(verifier.verify(&format!("{long}x").as_str().into(), &hash), Ok(Verdict::Refused));
    }

    #[test]
    fn a_hash_with_other_costs_is_renewed_when_its_password_is_accepted() {
        let (old, new) = (Verifier::weak_for_tests(), Verifier::owasp());
        let hash = hashed(&old, PASSWORD);
        assert!(new.needs_rehash(&hash) && !old.needs_rehash(&hash));
        assert_eq!(new.verify(&"wrong".into(), &hash), Ok(Verdict::Refused));
        let Ok(Verdict::Accepted { renewed: Some(renewed) }) = new.verify(&PASSWORD.into(), &hash) else {
            panic!("not renewed");
        };
        assert!(!new.needs_rehash(&renewed));
        assert_eq!(new.verify(&PASSWORD.into(), &renewed), Ok(ACCEPTED));
    }

    #[test]
    fn a_hash_of_another_variant_of_argon2_is_renewed() {
        let verifier = Verifier::weak_for_tests();
        let argon2i = Argon2::new(Algorithm::Argon2i, Version::V0x13, WEAK);
        let hash = PasswordHash::from_stored(argon2i.hash_password(PASSWORD.as_bytes()).unwrap().to_string());
        assert!(verifier.needs_rehash(&hash));
        assert!(matches!(verifier.verify(&PASSWORD.into(), &hash), Ok(Verdict::Accepted { renewed: Some(_) })));
    }

    #[test]
    fn an_unreadable_hash_is_an_error_and_not_a_wrong_password() {
        let verifier = Verifier::weak_for_tests();
        for stored in ["", "plain text", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA"] {
            let stored = PasswordHash::from_stored(stored);
            let verdict = verifier.verify(&PASSWORD.into(), &stored);
            assert!(matches!(verdict, Err(PasswordError::Unreadable(_))), "{}: {verdict:?}", stored.as_str());
            assert!(verifier.needs_rehash(&stored));
        }
    }

    #[test]
    fn an_account_that_does_not_exist_takes_as_long_as_one_that_does() {
        let verifier = Verifier::owasp();
        let hash = hashed(&verifier, PASSWORD);
        let wrong = Password::from("crisp-violin-lamp-otter");
        let time = |work: &dyn Fn() -> Verdict| -> Duration {
            let start = Instant::now();
            assert_eq!(work(), Verdict::Refused);
            start.elapsed()
        };
        // By turns, and the least of several: what the work itself takes on a busy machine.
        let (mut present, mut absent) = (Duration::MAX, Duration::MAX);
        for _ in 0..8 {
            present = present.min(time(&|| verifier.verify(&wrong, &hash).unwrap()));
            absent = absent.min(time(&|| verifier.absent(&wrong)));
        }
        assert!(absent > present / 2 && absent < present * 2, "{absent:?} and {present:?}");
    }

    #[test]
    fn what_nobody_has_is_readable_and_has_todays_costs() {
        for verifier in [Verifier::owasp(), Verifier::weak_for_tests()] {
            assert!(!verifier.needs_rehash(&verifier.nobodys));
            assert_eq!(verifier.verify(&PASSWORD.into(), &verifier.nobodys), Ok(Verdict::Refused));
        }
    }

    #[test]
    fn a_hash_does_not_show_itself() {
        let hash = hashed(&Verifier::weak_for_tests(), PASSWORD);
        assert_eq!(format!("{hash:?}"), "PasswordHash([redacted])");
    }
}
