//! Attribute mappings: typed expressions with which the attributes of an identity become the name
//! and the attributes of its account on a target.
//!
//! `lower(first(ascii(given_name), 1) + letters(ascii(family_name)))`
//!
//! - A value is a text in double quotes, the name of an attribute (those of rules), or a function;
//!   `+` joins texts, parentheses group.
//! - `lower(x)`, `upper(x)`; `trim(x)` without outer blanks; `ascii(x)` in plain ASCII, where Latin
//!   letters lose their marks (`ß` is `ss`, `ø` is `o`) and what has no plain letter is left out;
//!   `letters(x)` keeps the letters and digits a–z, A–Z, 0–9; `first(x, n)` the first n characters;
//!   `replace(x, "from", "to")`.
//! - `default(x, y)` is y where x is absent or empty; `if(CONDITION, x, y)` asks a condition of
//!   rules ([`crate::rule`]).
//! - `date(x, "%Y%m%d")` writes a day as text: `%Y` year, `%y` its last two digits, `%m` month, `%d`
//!   day, `%j` day of the year, `%%` a percent sign. A day without it is no text, which the parser says.
//!
//! **Absent** is an attribute without a value or with an empty one, and a text of which a function
//! leaves nothing. What has an absent part is absent, but for `default` and `if`. The literal `""` is
//! nothing to add, and not absent: `given_name + default(" " + middle_name, "")`. A result that is
//! empty is absent.
//!
//! Every text, in between too, is cut after [`MAX_RESULT`] characters.

mod ast;
mod call;
mod candidates;
mod day;
mod eval;
mod function;
mod latin;
mod parser;
mod print;
mod read;
mod table;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::str::FromStr;

use ast::Node;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::rule::Attributes;
pub use crate::syntax::{MAX_CHARS, MAX_DEPTH, ParseError};
pub use candidates::{MAX_NAME, candidates};
pub use parser::parse;
pub use read::{MAX_ATTRIBUTE_NAME, MAX_ATTRIBUTES, MappingFault};
pub use table::{Mapped, Mapping};

/// The most characters that a result has; what is longer is cut.
pub const MAX_RESULT: usize = 1_000;

/// How a text is made of an identity's attributes. It is kept, in JSON too, as its canonical source.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Expression(Node);

impl Expression {
    /// The text for an identity; none when it is absent or empty. At most [`MAX_RESULT`] characters.
    pub fn evaluate(&self, attributes: &impl Attributes) -> Option<String> {
        eval::text(&self.0, attributes).filter(|text| !text.is_empty()).map(Cow::into_owned)
    }

    /// The names of the attributes that it reads: a change of another one changes nothing.
    pub fn attributes(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.0.collect_attributes(&mut names);
        names
    }
}

impl FromStr for Expression {
    type Err = ParseError;

    fn from_str(source: &str) -> Result<Self, ParseError> {
        parse(source)
    }
}

impl Serialize for Expression {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let source = Cow::<'de, str>::deserialize(from)?;
        parse(&source).map_err(de::Error::custom)
    }
}
