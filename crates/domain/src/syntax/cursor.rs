//! Where a parser stands among the tokens.

use super::lexer::{Kind, Token, tokens};
use super::{Language, MAX_CHARS, MAX_DEPTH, ParseError};

/// A place among the tokens of one text, and how deep it is nested.
pub(crate) struct Cursor {
    language: &'static Language,
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Cursor {
    /// Stands before the first token.
    ///
    /// # Errors
    /// [`ParseError`] when the text is too long, or has a character that means nothing.
    pub(crate) fn new(source: &str, language: &'static Language) -> Result<Self, ParseError> {
        language.within_limit(1 + MAX_CHARS, source.chars().count())?;
        Ok(Self { language, tokens: tokens(source, language)?, next: 0, depth: 0 })
    }

    /// The next token. The last is [`Kind::End`], and nothing takes that one.
    pub(crate) fn peek(&self) -> &Kind {
        &self.tokens[self.next].kind
    }

    /// Whether the token after the next one is this symbol.
    pub(crate) fn then_symbol(&self, expected: &str) -> bool {
        self.tokens.get(self.next + 1).is_some_and(|token| matches!(&token.kind, Kind::Symbol(symbol) if *symbol == expected))
    }

    /// The character at which the next token begins, from 1.
    pub(crate) fn place(&self) -> usize {
        self.tokens[self.next].at
    }

    /// How an error message calls the next token.
    pub(crate) fn found(&self) -> String {
        self.peek().found(self.language.noun)
    }

    /// Takes the next token, whatever it is.
    pub(crate) fn advance(&mut self) {
        self.next = (self.next + 1).min(self.tokens.len() - 1);
    }

    /// Takes the next token if it is this word.
    pub(crate) fn take_word(&mut self, expected: &str) -> bool {
        let taken = matches!(self.peek(), Kind::Word(word) if word == expected);
        self.next += usize::from(taken);
        taken
    }

    /// Takes the next token if it is this symbol.
    pub(crate) fn take_symbol(&mut self, expected: &str) -> bool {
        let taken = matches!(self.peek(), Kind::Symbol(symbol) if *symbol == expected);
        self.next += usize::from(taken);
        taken
    }

    /// Takes a closing parenthesis.
    ///
    /// # Errors
    /// [`ParseError`] with the hint when something else comes.
    pub(crate) fn close(&mut self, hint: &str) -> Result<(), ParseError> {
        if self.take_symbol(")") { Ok(()) } else { Err(self.unexpected("`)`", hint)) }
    }

    /// One level deeper, after the token that opens it. Everything that recurses passes here,
    /// which bounds the stack.
    ///
    /// # Errors
    /// [`ParseError`] below the deepest level.
    pub(crate) fn deeper(&mut self) -> Result<(), ParseError> {
        self.depth += 1;
        if self.depth <= MAX_DEPTH {
            return Ok(());
        }
        self.next -= 1;
        Err(self
            .unexpected("", &format!("more than {MAX_DEPTH} levels of `not` and parentheses: write the {} flatter", self.language.noun)))
    }

    /// One level up again.
    pub(crate) fn shallower(&mut self) {
        self.depth -= 1;
    }

    /// The next token is wrong: what else would be right (nothing to say when empty), and what to do.
    pub(crate) fn unexpected(&self, expected: &str, hint: &str) -> ParseError {
        let expected = if expected.is_empty() { String::new() } else { format!(", expected {expected}") };
        ParseError { at: self.place(), message: format!("found {}{expected}: {hint}", self.found()) }
    }
}
