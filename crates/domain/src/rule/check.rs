//! Types of attributes: which comparisons and literals each can have.

use super::ast::{Comparison, Literal};
use crate::identity::{IdentityKind, LifecycleState};
use crate::syntax::Kind;

/// Words that mean something in a rule, and so cannot name an attribute.
const RESERVED: [&str; 11] = ["and", "or", "not", "in", "is", "empty", "starts", "with", "contains", "true", "false"];

/// Whether an attribute can have this name: small letters, digits and `_`, a letter first, and no
/// word of the rule language.
pub fn is_attribute_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    let shape = bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    shape && !is_reserved(name)
}

pub(crate) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

enum Type {
    Text,
    Date,
    /// One of a few words; which, and what one of them is called.
    Words(&'static str, Vec<&'static str>),
}

fn type_of(attribute: &str) -> Type {
    match attribute {
        "start_on" | "end_on" => Type::Date,
        "kind" => Type::Words("kind", IdentityKind::ALL.iter().map(|kind| kind.as_str()).collect()),
        "state" => Type::Words("state", LifecycleState::ALL.iter().map(|state| state.as_str()).collect()),
        _ => Type::Text,
    }
}

/// Whether the values of an attribute are days.
pub(crate) fn is_date(attribute: &str) -> bool {
    matches!(type_of(attribute), Type::Date)
}

/// Whether an attribute can be compared in this way at all.
pub(super) fn comparison(attribute: &str, comparison: Comparison) -> Result<(), String> {
    let found = comparison.as_str();
    match type_of(attribute) {
        Type::Date if matches!(comparison, Comparison::StartsWith | Comparison::Contains) => {
            Err(format!("found `{found}`, but `{attribute}` is a date: compare it with ==, !=, <, <=, > or >="))
        }
        Type::Text | Type::Words(..) if comparison.is_order() => Err(format!(
            "found `{found}`, but only start_on and end_on have an order and `{attribute}` is text: compare it with ==, !=, in, starts with or contains"
        )),
        // Half a word of a fixed list would silently match nobody, or a state added later.
        Type::Words(name, words) if matches!(comparison, Comparison::StartsWith | Comparison::Contains) => {
            Err(format!("found `{found}`, but a {name} is one of {}: compare it with ==, != or in", words.join(", ")))
        }
        _ => Ok(()),
    }
}

/// The literal that a token is, if the attribute can be compared with it; `found` is how a message
/// calls the token.
pub(super) fn literal(attribute: &str, token: &Kind, found: &str) -> Result<Literal, String> {
    match (type_of(attribute), token) {
        (Type::Date, Kind::Date(date)) => Ok(Literal::Date(*date)),
        (Type::Date, Kind::Text(_)) => {
            Err(format!("found {found}, but `{attribute}` is a date: write a day without quotes, as 2026-01-31"))
        }
        (Type::Date, _) => Err(format!("found {found}, expected a date to compare `{attribute}` with: write it as 2026-01-31")),
        (Type::Text | Type::Words(..), Kind::Text(text)) if text.is_empty() => {
            Err(format!("found an empty text, which nothing equals: write `{attribute} is empty` or `{attribute} is not empty`"))
        }
        (Type::Words(name, words), Kind::Text(text)) if !words.contains(&text.to_lowercase().as_str()) => {
            Err(format!("found {found}, but there is no such {name}: write one of {}", words.join(", ")))
        }
        (Type::Text | Type::Words(..), Kind::Text(text)) => Ok(Literal::from(text.as_str())),
        (Type::Text | Type::Words(..), Kind::Date(date)) => {
            Err(format!("found {found}, but `{attribute}` is text: write \"{date}\" in double quotes"))
        }
        (Type::Text | Type::Words(..), _) => {
            Err(format!("found {found}, expected a text to compare `{attribute}` with: write it in double quotes"))
        }
    }
}
