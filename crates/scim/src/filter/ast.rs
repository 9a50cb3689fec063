//! What a filter is, and its written form.

use std::fmt;

use serde_json::Number;

use crate::AttrPath;

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `eq`
    Equal,
    /// `ne`
    NotEqual,
    /// `co`
    Contains,
    /// `sw`
    StartsWith,
    /// `ew`
    EndsWith,
    /// `gt`
    Greater,
    /// `ge`
    GreaterOrEqual,
    /// `lt`
    Less,
    /// `le`
    LessOrEqual,
}

impl Op {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Equal,
        Self::NotEqual,
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Greater,
        Self::GreaterOrEqual,
        Self::Less,
        Self::LessOrEqual,
    ];

    /// As it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::Contains => "co",
            Self::StartsWith => "sw",
            Self::EndsWith => "ew",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "ge",
            Self::Less => "lt",
            Self::LessOrEqual => "le",
        }
    }

    /// Whether it needs an order: `gt`, `ge`, `lt`, `le`.
    pub const fn orders(self) -> bool {
        matches!(self, Self::Greater | Self::GreaterOrEqual | Self::Less | Self::LessOrEqual)
    }

    /// Whether it looks into a text: `co`, `sw`, `ew`.
    pub const fn looks_inside(self) -> bool {
        matches!(self, Self::Contains | Self::StartsWith | Self::EndsWith)
    }
}

/// What an attribute is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text, also a moment.
    Text(String),
}

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// `userName eq "bjensen"`
    Compare {
        /// The attribute.
        path: AttrPath,
        /// How.
        op: Op,
        /// With what.
        value: Literal,
    },
    /// `title pr`
    Present(AttrPath),
    /// All of these, two or more.
    And(Vec<Filter>),
    /// One of these, two or more.
    Or(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// `emails[type eq "work"]`: one value of the list fulfils all of it.
    Values {
        /// The list.
        path: AttrPath,
        /// What one value fulfils.
        filter: Box<Filter>,
    },
}

impl Filter {
    /// A comparison for equality with a text: what a client asks most.
    pub fn equal(name: &str, value: &str) -> Self {
        Self::Compare { path: AttrPath::new(name), op: Op::Equal, value: Literal::Text(value.into()) }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(text) => write!(f, "{}", serde_json::Value::String(text.clone())),
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, parts: &[Filter], word: &str, or: bool| {
            for (n, part) in parts.iter().enumerate() {
                if n > 0 {
                    write!(f, " {word} ")?;
                }
                // `and` binds closer than `or`, so `or` needs parentheses for less.
                let alone = match part {
                    Filter::And(_) => or,
                    Filter::Or(_) => false,
                    _ => true,
                };
                if alone { write!(f, "{part}")? } else { write!(f, "({part})")? }
            }
            Ok(())
        };
        match self {
            Self::Compare { path, op, value } => write!(f, "{path} {} {value}", op.word()),
            Self::Present(path) => write!(f, "{path} pr"),
            Self::And(parts) => list(f, parts, "and", false),
            Self::Or(parts) => list(f, parts, "or", true),
            Self::Not(inner) => write!(f, "not ({inner})"),
            Self::Values { path, filter } => write!(f, "{path}[{filter}]"),
        }
    }
}
