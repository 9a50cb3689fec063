//! From characters to tokens.

use chrono::NaiveDate;

use super::{Language, ParseError};

/// The smallest part of a text that means something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name or a keyword.
    Word(String),
    /// What stood between the quotes, without escapes.
    Text(String),
    Date(NaiveDate),
    /// The digits of a whole number, in languages that have any.
    Number(String),
    Symbol(&'static str),
    End,
}

impl Kind {
    /// How an error message calls it.
    pub(super) fn found(&self, noun: &str) -> String {
        match self {
            Self::Word(word) => format!("`{word}`"),
            Self::Text(text) if text.chars().count() > 40 => "a long text".to_owned(),
            Self::Text(text) => format!("the text \"{text}\""),
            Self::Date(date) => format!("the date {date}"),
            Self::Number(digits) if digits.len() > 40 => "a long number".to_owned(),
            Self::Number(digits) => format!("`{digits}`"),
            Self::Symbol(symbol) => format!("`{symbol}`"),
            Self::End => format!("the end of the {noun}"),
        }
    }
}

/// A token and the column of its first character, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) kind: Kind,
}

/// The symbols of conditions. Longest first, so that `<=` is not read as `<`.
const SYMBOLS: [&str; 9] = ["==", "!=", "<=", ">=", "<", ">", "(", ")", ","];

/// What people write who know another language, and what is right here.
const FOREIGN: [(&str, &str); 9] = [
    ("=", "write `==`"),
    ("&&", "write `and`"),
    ("||", "write `or`"),
    ("!", "write `not`, or `!=`"),
    ("'", "put text in double quotes"),
    ("“", "put text in straight double quotes"),
    ("”", "put text in straight double quotes"),
    ("„", "put text in straight double quotes"),
    ("[", "write a list in parentheses: in (\"a\", \"b\")"),
];

/// Cuts a text into tokens; the last one is [`Kind::End`].
pub(super) fn tokens(source: &str, language: &'static Language) -> Result<Vec<Token>, ParseError> {
    let mut lexer = Lexer { language, rest: source, at: 1 };
    let mut tokens = Vec::new();
    loop {
        lexer.take_while(char::is_whitespace);
        let (at, kind) = (lexer.at, lexer.kind()?);
        let end = kind == Kind::End;
        tokens.push(Token { at, kind });
        if end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    language: &'static Language,
    rest: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn kind(&mut self) -> Result<Kind, ParseError> {
        let Some(first) = self.rest.chars().next() else { return Ok(Kind::End) };
        if first == '"' {
            return self.text();
        }
        if first.is_ascii_digit() {
            return self.digits();
        }
        if first.is_alphabetic() || first == '_' {
            return Ok(Kind::Word(self.take_while(|c| c.is_alphanumeric() || c == '_').to_owned()));
        }
        if let Some(symbol) = SYMBOLS.iter().chain(self.language.symbols).copied().find(|symbol| self.rest.starts_with(symbol)) {
            self.take(symbol.len());
            return Ok(Kind::Symbol(symbol));
        }
        let hint = self.language.foreign.iter().chain(&FOREIGN).find(|(foreign, _)| self.rest.starts_with(foreign));
        let (found, hint) = hint
            .map_or((first.escape_debug().to_string(), "take it out, or put text in double quotes"), |(foreign, hint)| {
                ((*foreign).to_owned(), *hint)
            });
        Err(ParseError { at: self.at, message: format!("found `{found}`, which no {} has here: {hint}", self.language.noun) })
    }

    fn text(&mut self) -> Result<Kind, ParseError> {
        let start = self.at;
        let mut text = String::new();
        self.take(1);
        loop {
            let at = self.at;
            match self.next() {
                Some('"') => return Ok(Kind::Text(text)),
                Some('\\') => match self.next() {
                    Some(escaped @ ('"' | '\\')) => text.push(escaped),
                    _ => {
                        return Err(ParseError {
                            at,
                            message: "found a backslash, expected `\\\"` or `\\\\`: write a backslash in text twice".to_owned(),
                        });
                    }
                },
                Some(c) if c.is_control() => {
                    return Err(ParseError {
                        at,
                        message: format!(
                            "found {} inside a text: close the text with a double quote before it",
                            if c == '\n' || c == '\r' { "a line break" } else { "a control character" }
                        ),
                    });
                }
                Some(c) => text.push(c),
                None => return Err(ParseError { at: start, message: "this text has no end: close it with a double quote".to_owned() }),
            }
        }
    }

    fn digits(&mut self) -> Result<Kind, ParseError> {
        let at = self.at;
        let written = self.take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '/' | ':' | '_'));
        if self.language.numbers && written.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Kind::Number(written.to_owned()));
        }
        let (number, example) = if self.language.numbers { ("a whole number or ", "20 or ") } else { ("", "") };
        exact_date(written).map(Kind::Date).ok_or_else(|| ParseError {
            at,
            message: format!(
                "found `{written}`, expected {number}a day of the calendar: write it as {example}2026-01-31, or put text in double quotes"
            ),
        })
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.take(c.len_utf8());
        Some(c)
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &'a str {
        self.take(self.rest.find(|c| !keep(c)).unwrap_or(self.rest.len()))
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        self.at += taken.chars().count();
        taken
    }
}

/// A day written with four, two and two digits. chrono alone would also take `2026-1-3`, which
/// would print otherwise than it was written.
fn exact_date(written: &str) -> Option<NaiveDate> {
    let shape = written.len() == 10
        && written.bytes().enumerate().all(|(index, byte)| if matches!(index, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    shape.then(|| written.parse().ok()).flatten()
}
