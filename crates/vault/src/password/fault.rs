//! What can be wrong with a new password, in plain words.

use serde::Serialize;

/// A reason why a new password is not accepted. `Display` says it to the person who chose it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum PasswordFault {
    /// Too few characters.
    #[error("Use at least {minimum} characters. This has {characters}. A few unrelated words are easy to remember.")]
    TooShort {
        /// The fewest allowed.
        minimum: usize,
        /// How many it has.
        characters: usize,
    },
    /// Too many characters. It is refused, not cut.
    #[error("Use at most {maximum} characters. This has {characters}.")]
    TooLong {
        /// The most allowed.
        maximum: usize,
        /// How many it has.
        characters: usize,
    },
    /// It holds a word that anyone would try first.
    #[error("Leave out “{word}”: your own name, the organisation's and the product's are tried first.")]
    Contains {
        /// The word, in lower case.
        word: String,
    },
    /// It is on the list of passwords that many people use, or close to one.
    #[error("Many people use this password or one like it, so it is tried first. Choose another.")]
    Common,
    /// It was in a breach, or, once in 16,384 times, looks as if it was.
    #[error("This password was in a breach of some other site, so it is tried first. Choose another.")]
    Breached,
    /// Whether it was in a breach cannot be said now.
    #[error("It cannot be looked up now whether this password was in a breach. Try again, or tell an administrator.")]
    NotLookedUp,
    /// It is long enough, but made of what guessing programs try early.
    #[error("This is easy to guess. {}", advice.join(" "))]
    Guessable {
        /// What makes it so, and what would help, in sentences.
        advice: Vec<String>,
    },
}
