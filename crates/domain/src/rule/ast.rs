//! The tree that a rule is.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::caseless;

/// How a value is compared with a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`; true for an attribute without a value.
    NotEqual,
    /// `<`, dates only.
    Before,
    /// `<=`, dates only.
    AtMost,
    /// `>`, dates only.
    After,
    /// `>=`, dates only.
    AtLeast,
    /// `starts with`, text only.
    StartsWith,
    /// `contains`, text only.
    Contains,
}

impl Comparison {
    /// Its spelling in a rule.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Before => "<",
            Self::AtMost => "<=",
            Self::After => ">",
            Self::AtLeast => ">=",
            Self::StartsWith => "starts with",
            Self::Contains => "contains",
        }
    }

    /// Whether it asks which of two days comes first.
    pub const fn is_order(self) -> bool {
        matches!(self, Self::Before | Self::AtMost | Self::After | Self::AtLeast)
    }
}

/// A text literal. It is folded once, here, so that a comparison folds nothing but the value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Text {
    written: Box<str>,
    folded: Box<str>,
}

impl Text {
    /// Keeps a text as it was written, and folded.
    pub fn new(written: &str) -> Self {
        Self { written: written.into(), folded: caseless::fold(written).into() }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// As it is compared.
    pub(super) fn folded(&self) -> &str {
        &self.folded
    }
}

/// What a value is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Literal {
    /// `"cargo"`
    Text(Text),
    /// `2026-01-31`
    Date(NaiveDate),
}

impl From<&str> for Literal {
    fn from(text: &str) -> Self {
        Self::Text(Text::new(text))
    }
}

impl From<NaiveDate> for Literal {
    fn from(date: NaiveDate) -> Self {
        Self::Date(date)
    }
}

/// A rule. The parser never makes an `And` or `Or` of fewer than two parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Expr {
    /// `true`: everybody.
    True,
    /// `department == "cargo"`
    Compare {
        /// Its name.
        attribute: String,
        /// How.
        comparison: Comparison,
        /// With what.
        literal: Literal,
    },
    /// `department in ("cargo", "core")`
    In {
        /// Its name.
        attribute: String,
        /// `not in`; true for an attribute without a value.
        negated: bool,
        /// At least one.
        literals: Vec<Literal>,
    },
    /// `title is empty`
    Empty {
        /// Its name.
        attribute: String,
        /// `is not empty`
        negated: bool,
    },
    /// `not …`
    Not(Box<Expr>),
    /// All of them.
    And(Vec<Expr>),
    /// Any of them.
    Or(Vec<Expr>),
}

impl Expr {
    /// The clauses that must all be true, each with its source: a page can count the matching
    /// people clause by clause. A rule without a top-level `and` is one clause.
    pub fn clauses(&self) -> Vec<(String, Expr)> {
        match self {
            Self::And(parts) if !parts.is_empty() => parts.iter().flat_map(Self::clauses).collect(),
            clause => vec![(clause.to_string(), clause.clone())],
        }
    }

    /// The names of the attributes that it uses.
    pub fn attributes(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.collect_attributes(&mut names);
        names
    }

    fn collect_attributes<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        match self {
            Self::True => {}
            Self::Compare { attribute, .. } | Self::In { attribute, .. } | Self::Empty { attribute, .. } => {
                names.insert(attribute);
            }
            Self::Not(inner) => inner.collect_attributes(names),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.collect_attributes(names)),
        }
    }
}
