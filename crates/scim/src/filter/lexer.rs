//! From characters to tokens.

use serde_json::Number;

use super::{LONGEST_FILTER, Literal};
use crate::error::{ScimError, ScimType};
use crate::text::short;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// An attribute, an operator or a keyword.
    Word(String),
    Literal(Literal),
    Open,
    Close,
    OpenValue,
    CloseValue,
    /// A part after a value filter: `.value`.
    Sub(String),
    End,
}

impl Kind {
    pub(super) fn found(&self) -> String {
        match self {
            Self::Word(word) => format!("`{}`", short(word)),
            Self::Literal(Literal::Text(text)) => format!("the text \"{}\"", short(text)),
            Self::Literal(literal) => format!("`{literal}`"),
            Self::Open => "`(`".into(),
            Self::Close => "`)`".into(),
            Self::OpenValue => "`[`".into(),
            Self::CloseValue => "`]`".into(),
            Self::Sub(name) => format!("`.{}`", short(name)),
            Self::End => "the end".into(),
        }
    }
}

/// A token and the place of its first character, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) at: usize,
    pub(super) kind: Kind,
}

pub(super) fn error(kind: ScimType, at: usize, words: impl std::fmt::Display) -> ScimError {
    ScimError::bad(kind, format!("at character {at}: {words}"))
}

/// Cuts a filter or a path into tokens; the last one is [`Kind::End`].
pub(super) fn tokens(source: &str, fault: ScimType) -> Result<Vec<Token>, ScimError> {
    if source.len() > LONGEST_FILTER {
        return Err(ScimError::bad(fault, format!("this is longer than {LONGEST_FILTER} bytes")));
    }
    let mut rest = source;
    let mut at = 1;
    let mut tokens = Vec::new();
    loop {
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        at += rest.len() - trimmed.len();
        rest = trimmed;
        let Some(first) = rest.chars().next() else {
            tokens.push(Token { at, kind: Kind::End });
            return Ok(tokens);
        };
        let (length, kind) = match first {
            '(' => (1, Kind::Open),
            ')' => (1, Kind::Close),
            '[' => (1, Kind::OpenValue),
            ']' => (1, Kind::CloseValue),
            '"' => text(rest).ok_or_else(|| error(fault, at, "this text has no closing quote, or a wrong escape"))?,
            '.' => {
                let length = word_length(&rest[1..]) + 1;
                (length, Kind::Sub(rest[1..length].into()))
            }
            '-' | '0'..='9' => number(rest).ok_or_else(|| error(fault, at, "this is not a number"))?,
            c if c.is_ascii_alphabetic() || c == '$' => {
                let length = word_length(rest);
                (length, word(&rest[..length]))
            }
            '\'' => return Err(error(fault, at, "put text in double quotes")),
            c => return Err(error(fault, at, format!("`{c}` does not belong here"))),
        };
        tokens.push(Token { at, kind });
        // Places are told in characters.
        at += rest[..length].chars().count();
        rest = &rest[length..];
    }
}

fn word_length(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"$-_:.".contains(byte)).count()
}

fn word(word: &str) -> Kind {
    match word {
        _ if word.eq_ignore_ascii_case("true") => Kind::Literal(Literal::Bool(true)),
        _ if word.eq_ignore_ascii_case("false") => Kind::Literal(Literal::Bool(false)),
        _ if word.eq_ignore_ascii_case("null") => Kind::Literal(Literal::Null),
        _ => Kind::Word(word.into()),
    }
}

fn text(rest: &str) -> Option<(usize, Kind)> {
    let mut escaped = false;
    let end = rest.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    let length = end + 2;
    let text = serde_json::from_str(rest.get(..length)?).ok()?;
    Some((length, Kind::Literal(Literal::Text(text))))
}

fn number(rest: &str) -> Option<(usize, Kind)> {
    let length = rest.bytes().take_while(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte)).count();
    let number: Number = serde_json::from_str(&rest[..length]).ok()?;
    Some((length, Kind::Literal(Literal::Number(number))))
}
