//! What the small languages over attributes share: tokens that know their place, a cursor over
//! them, and text in quotes. What a text may say is the language's own affair.

mod cursor;
mod lexer;
mod print;

pub(crate) use cursor::Cursor;
pub(crate) use lexer::Kind;
pub(crate) use print::{printed_chars, quoted};

/// The most characters that a rule or an expression can have, as written and in canonical form.
pub const MAX_CHARS: usize = 4_000;
/// How deep `not`, functions and parentheses can be nested.
pub const MAX_DEPTH: usize = 64;

/// Why a text is not a rule, or not an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("character {at}: {message}")]
pub struct ParseError {
    /// The character at which it is wrong, from 1.
    pub at: usize,
    /// What was found, what was expected and what to do.
    pub message: String,
}

/// In what the languages differ before any grammar.
#[derive(Debug)]
pub(crate) struct Language {
    /// What a text in it is called.
    pub(crate) noun: &'static str,
    /// Its symbols beyond those of conditions.
    pub(crate) symbols: &'static [&'static str],
    /// What people write who know another language, and what is right here; asked before what
    /// all languages say.
    pub(crate) foreign: &'static [(&'static str, &'static str)],
    /// Whether whole numbers mean something.
    pub(crate) numbers: bool,
    /// What helps when a text is too long.
    pub(crate) shorter: &'static str,
}

impl Language {
    /// Whether a text is short enough.
    ///
    /// # Errors
    /// [`ParseError`] at the place `at`, which says how long it may be.
    pub(crate) fn within_limit(&self, at: usize, chars: usize) -> Result<(), ParseError> {
        if chars <= MAX_CHARS {
            return Ok(());
        }
        Err(ParseError { at, message: format!("the {} has {chars} characters, {MAX_CHARS} are allowed: {}", self.noun, self.shorter) })
    }
}
