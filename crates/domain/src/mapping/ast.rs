//! The tree that an expression is.

use std::collections::BTreeSet;

use super::day::Pattern;
use super::function::Function;
use crate::rule::{self, Expr};

/// A part of an expression. The parser makes only trees whose types fit.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Node {
    /// `"text"`
    Text(Box<str>),
    /// `given_name`
    Attribute(Box<str>),
    /// `x + y`: at least two, none of which is a `Join` itself.
    Join(Vec<Node>),
    /// `lower(x)`
    Apply(Function, Box<Node>),
    /// `first(x, 3)`
    First(Box<Node>, usize),
    /// `replace(x, "from", "to")`
    Replace {
        text: Box<Node>,
        /// Never empty.
        from: Box<str>,
        to: Box<str>,
    },
    /// `default(x, y)`
    Default(Box<Node>, Box<Node>),
    /// `date(x, "%Y")`
    Date(Box<Node>, Pattern),
    /// `if(CONDITION, x, y)`
    If(Expr, Box<Node>, Box<Node>),
}

impl Node {
    /// Whether its value is a day, and no text.
    pub(super) fn is_date(&self) -> bool {
        match self {
            Self::Attribute(name) => rule::is_date(name),
            Self::Default(value, _) | Self::If(_, value, _) => value.is_date(),
            _ => false,
        }
    }

    /// Texts, one after the other. Joins of joins are one: the order of joining does not matter.
    pub(super) fn join(parts: impl IntoIterator<Item = Node>) -> Node {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Self::Join(inner) => flat.extend(inner),
                single => flat.push(single),
            }
        }
        if flat.len() == 1 { flat.swap_remove(0) } else { Self::Join(flat) }
    }

    pub(super) fn collect_attributes<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        match self {
            Self::Text(_) => {}
            Self::Attribute(name) => {
                names.insert(name);
            }
            Self::Join(parts) => parts.iter().for_each(|part| part.collect_attributes(names)),
            Self::Apply(_, inner) | Self::First(inner, _) | Self::Replace { text: inner, .. } | Self::Date(inner, _) => {
                inner.collect_attributes(names);
            }
            Self::Default(value, otherwise) => {
                value.collect_attributes(names);
                otherwise.collect_attributes(names);
            }
            Self::If(condition, value, otherwise) => {
                names.extend(condition.attributes());
                value.collect_attributes(names);
                otherwise.collect_attributes(names);
            }
        }
    }
}
