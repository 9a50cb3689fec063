//! Birthright rules: a small typed expression over an identity's attributes.
//!
//! `department == "cargo" and title in ("Team lead", "Team member") and not start_on > 2026-01-01`

mod ast;
mod caseless;
mod check;
mod eval;
mod parser;
mod print;

#[cfg(test)]
pub(crate) mod somebody;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;

pub use ast::{Comparison, Expr, Literal, Text};
pub use check::is_attribute_name;
pub(crate) use check::{is_date, is_reserved};
pub use eval::matches;
pub(crate) use parser::condition;
pub use parser::parse;

pub use crate::syntax::{MAX_CHARS, MAX_DEPTH, ParseError};

/// A value of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// Text; comparisons ignore case.
    Text(&'a str),
    /// A day.
    Date(NaiveDate),
}

/// Where a rule finds attributes.
pub trait Attributes {
    /// The value of an attribute; None when it has none.
    fn value(&self, name: &str) -> Option<Value<'_>>;
}
