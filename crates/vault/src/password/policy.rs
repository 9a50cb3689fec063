//! What is accepted as a new password: length, a block-list, and no rules of composition (NIST
//! SP 800-63B-4, 3.1.1.2).
//!
//! In two points this asks for more than NIST, which compares the whole password with its list:
//! the names of the person, the organisation and the product are refused as a part of a password
//! too (OWASP ASVS 5.0, 6.2.11), and what is estimated as easy to guess is refused even when it is
//! on no list. `SHORTEST_WORD` and the scores in [`Policy`] are where to loosen that.

use std::fmt;

use zeroize::Zeroizing;
use zxcvbn::feedback::{Feedback, Warning};
use zxcvbn::{Score, zxcvbn};

use super::common::is_common;
use super::{Password, PasswordFault};

/// The product's own name is always on the block-list.
const PRODUCT: &str = "tenure";
/// Shorter words occur in others by chance ("ann" in "planning").
const SHORTEST_WORD: usize = 4;
/// So many characters are judged for how easy they are to guess: if they resist, so does the whole.
/// More would let anyone buy a second of computing with a text made for it.
const EXAMINED: usize = 64;

/// The rules for new passwords. They are for choosing only: a password that is in use keeps
/// working when they change.
#[derive(Debug, Clone)]
pub struct Policy {
    minimum: usize,
    score: Score,
    words: Vec<String>,
}

/// A password that a [`Policy`] has accepted. Only this can be hashed for storage.
pub struct NewPassword(Password);

impl Policy {
    /// The most characters, well above the 64 that must be allowed at least.
    pub const MAXIMUM: usize = 256;

    /// For a password that is the only factor: 15 characters.
    #[must_use]
    pub const fn alone() -> Self {
        Self { minimum: 15, score: Score::Three, words: Vec::new() }
    }

    /// For a password of which a second factor is required too: 8 characters.
    ///
    /// Eight random characters are enough here, so less resistance to guessing is asked for.
    #[must_use]
    pub const fn with_second_factor() -> Self {
        Self { minimum: 8, score: Score::Two, words: Vec::new() }
    }

    /// Refuses these too, wherever they stand in a password: the names of the organisation, of its
    /// products and places.
    #[must_use]
    pub fn refusing<I: IntoIterator<Item: AsRef<str>>>(mut self, names: I) -> Self {
        names.into_iter().for_each(|name| self.words.extend(words_of(name.as_ref())));
        self
    }

    /// The fewest characters, to say it beside the field.
    #[must_use]
    pub const fn minimum(&self) -> usize {
        self.minimum
    }

    /// Accepts a password, or says all that is wrong with it. `about` is what anyone may know of
    /// the person: user name, display name, mail address.
    ///
    /// It takes some milliseconds of computing, so async code had better let
    /// [`PasswordPool::check`](crate::PasswordPool::check) do it.
    ///
    /// # Errors
    ///
    /// Each [`PasswordFault`], at least one.
    pub fn check(&self, password: Password, about: &[&str]) -> Result<NewPassword, Vec<PasswordFault>> {
        let own_words = about.iter().flat_map(|text| words_of(text));
        let words: Vec<String> = self.words.iter().cloned().chain([PRODUCT.to_owned()]).chain(own_words).collect();

        let mut faults = Vec::new();
        let length = self.length_fault(password.characters());
        faults.extend(self.contained(&password, &words));
        // Of a password that is too short, everybody knows that it is easy to guess.
        if length.is_none() {
            faults.extend(self.weakness(&password, &words));
        }
        faults.splice(0..0, length);
        if faults.is_empty() { Ok(NewPassword(password)) } else { Err(faults) }
    }

    fn length_fault(&self, characters: usize) -> Option<PasswordFault> {
        let (minimum, maximum) = (self.minimum, Self::MAXIMUM);
        match characters {
            few if few < minimum => Some(PasswordFault::TooShort { minimum, characters }),
            many if many > maximum => Some(PasswordFault::TooLong { maximum, characters }),
            _ => None,
        }
    }

    fn contained(&self, password: &Password, words: &[String]) -> Vec<PasswordFault> {
        let password = Zeroizing::new(password.expose().to_lowercase());
        let mut found: Vec<&String> = words.iter().filter(|word| password.contains(*word)).collect();
        found.dedup();
        found.into_iter().map(|word| PasswordFault::Contains { word: word.clone() }).collect()
    }

    /// The estimate of zxcvbn (Wheeler, USENIX Security 2016), which knows some 30,000 passwords
    /// in common use, names, words, dates and patterns of the keyboard.
    fn weakness(&self, password: &Password, words: &[String]) -> Option<PasswordFault> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if is_common(password.expose()) {
            return Some(PasswordFault::Common);
        }
        let beginning: String = password.expose().chars().take(EXAMINED).collect();
        let beginning = Zeroizing::new(beginning);
        let estimate = zxcvbn(&beginning, &words);
        if estimate.score() >= self.score {
            return None;
        }
        let feedback = estimate.feedback();
        if feedback.and_then(Feedback::warning).is_some_and(is_of_the_list) {
            return Some(PasswordFault::Common);
        }
        Some(PasswordFault::Guessable { advice: feedback.map(sentences).unwrap_or_default() })
    }
}

const fn is_of_the_list(warning: Warning) -> bool {
    matches!(
        warning,
        Warning::ThisIsATop10Password
            | Warning::ThisIsATop100Password
            | Warning::ThisIsACommonPassword
            | Warning::ThisIsSimilarToACommonlyUsedPassword
    )
}

fn sentences(feedback: &Feedback) -> Vec<String> {
    let warning = feedback.warning().map(|warning| warning.to_string());
    warning.into_iter().chain(feedback.suggestions().iter().map(ToString::to_string)).collect()
}

/// The words in a name or an address, in lower case: "Ada.Lovelace@example.org" has `lovelace` and
/// `example`, and with what it was joined by also `ada.lovelace@example.org`.
fn words_of(name: &str) -> Vec<String> {
    let name = name.trim().to_lowercase();
    let parts = name.split(|c: char| !c.is_alphanumeric()).map(ToOwned::to_owned);
    let mut words: Vec<String> = parts.chain([name.clone()]).collect();
    words.retain(|word| word.chars().count() >= SHORTEST_WORD);
    words.sort();
    words.dedup();
    words
}

impl NewPassword {
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(policy: &Policy, password: &str) -> Vec<PasswordFault> {
        policy.check(password.into(), &[]).err().unwrap_or_default()
    }

    fn contains(word: &str) -> PasswordFault {
        PasswordFault::Contains { word: word.to_owned() }
    }

    #[test]
    fn a_few_unrelated_words_are_accepted() {
        assert_eq!(faults(&Policy::alone(), "lamp-otter-crisp-violin"), []);
        assert_eq!(faults(&Policy::alone(), "correct horse battery staple"), []);
    }

    #[test]
    fn every_script_is_accepted_and_counted_in_characters() {
        assert_eq!(faults(&Policy::alone(), "дождь шуршит по старой крыше"), []);
        let faults = faults(&Policy::alone(), "日本語のパスワード");
        assert_eq!(faults, [PasswordFault::TooShort { minimum: 15, characters: 9 }]);
    }

    #[test]
    fn a_password_alone_has_at_least_15_characters() {
        let short = PasswordFault::TooShort { minimum: 15, characters: 14 };
        assert_eq!(faults(&Policy::alone(), "k7#Rm2xQp!v9Zw"), [short]);
        assert_eq!(faults(&Policy::alone(), "k7#Rm2xQp!v9Zwq"), []);
    }

    #[test]
    fn a_password_with_a_second_factor_has_at_least_8() {
        let short = PasswordFault::TooShort { minimum: 8, characters: 7 };
        assert_eq!(faults(&Policy::with_second_factor(), "kqRmxwp"), [short]);
        assert_eq!(faults(&Policy::with_second_factor(), "kqRmxwpv"), []);
    }

    #[test]
    fn a_password_of_256_characters_is_accepted_and_a_longer_one_is_refused_not_cut() {
        let long: String = "lamp otter crisp violin ".chars().cycle().take(257).collect();
        assert_eq!(faults(&Policy::alone(), &long[..256]), []);
        let fault = PasswordFault::TooLong { maximum: 256, characters: 257 };
        assert_eq!(faults(&Policy::alone(), &long), [fault]);
    }

    #[test]
    fn common_passwords_are_refused() {
        for common in ["password", "qwertyuiop", "P@ssw0rd", "iloveyou", "drowssap"] {
            assert_eq!(faults(&Policy::with_second_factor(), common), [PasswordFault::Common], "{common}");
        }
    }

    #[test]
    fn long_passwords_that_are_easy_to_guess_are_refused_with_advice() {
        for easy in ["aaaaaaaaaaaaaaaaaaaa", "passwordpassword", "123456789012345678", "abcdefghijklmnopqrst"] {
            match faults(&Policy::alone(), easy).as_slice() {
                [PasswordFault::Guessable { advice }] => assert!(!advice.is_empty(), "{easy}"),
                other => panic!("{easy}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_password_with_the_persons_own_name_is_refused() {
        let about = ["alovelace", "Ada Lovelace", "ada.lovelace@example.org"];
        let password = "crisp-LoveLace-violin-otter".into();
        let faults = Policy::alone().check(password, &about).err().unwrap_or_default();
        assert_eq!(faults, [contains("lovelace")]);
    }

    #[test]
    fn a_password_with_the_organisations_or_the_products_name_is_refused() {
        let policy = Policy::alone().refusing(["Acme Rockets Ltd"]);
        assert_eq!(faults(&policy, "otter crisp acme violin"), [contains("acme")]);
        assert_eq!(faults(&policy, "otter crisp Tenure violin"), [contains("tenure")]);
    }

    #[test]
    fn a_short_name_does_not_forbid_the_words_that_hold_it() {
        let accepted = Policy::alone().check("planning otters crisp violin".into(), &["Ann", "ann@x.de"]);
        assert!(accepted.is_ok());
    }

    #[test]
    fn all_faults_are_said_at_once() {
        let short = PasswordFault::TooShort { minimum: 15, characters: 7 };
        assert_eq!(faults(&Policy::alone(), "tenure1"), [short, contains("tenure")]);
        let short = PasswordFault::TooShort { minimum: 15, characters: 0 };
        assert_eq!(faults(&Policy::alone(), ""), [short]);
    }

    #[test]
    fn an_accepted_password_does_not_show_itself() {
        let accepted = Policy::alone().check("lamp-otter-crisp-violin".into(), &[]);
        assert_eq!(format!("{accepted:?}"), "Ok(NewPassword([redacted]))");
    }
}
