//! The canonical source of a rule: it parses back to the same tree.

use std::fmt::{self, Display, Formatter, Write};

use super::ast::{Expr, Literal, Text};
use crate::syntax::quoted;

/// How tightly a part binds; one that binds less than its place needs stands in parentheses.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::True => f.write_str("true"),
            Self::Compare { attribute, comparison, literal } => write!(f, "{attribute} {} {literal}", comparison.as_str()),
            Self::In { attribute, negated, literals } => {
                write!(f, "{attribute} {}in (", if *negated { "not " } else { "" })?;
                separated(f, literals, ", ", |f, literal| literal.fmt(f))?;
                f.write_char(')')
            }
            Self::Empty { attribute, negated } => write!(f, "{attribute} is {}empty", if *negated { "not " } else { "" }),
            Self::Not(inner) => {
                f.write_str("not ")?;
                part(f, inner, Binding::Not)
            }
            // The parser makes none of these; they are what they mean.
            Self::And(parts) if parts.is_empty() => f.write_str("true"),
            Self::Or(parts) if parts.is_empty() => f.write_str("not true"),
            Self::And(parts) | Self::Or(parts) if parts.len() == 1 => parts[0].fmt(f),
            Self::And(parts) => separated(f, parts, " and ", |f, inner| part(f, inner, Binding::Not)),
            Self::Or(parts) => separated(f, parts, " or ", |f, inner| part(f, inner, Binding::And)),
        }
    }
}

fn part(f: &mut Formatter<'_>, inner: &Expr, least: Binding) -> fmt::Result {
    let binding = match inner {
        Expr::Or(_) => Binding::Or,
        Expr::And(_) => Binding::And,
        _ => Binding::Not,
    };
    if binding < least { write!(f, "({inner})") } else { inner.fmt(f) }
}

fn separated<T>(f: &mut Formatter<'_>, items: &[T], by: &str, print: impl Fn(&mut Formatter<'_>, &T) -> fmt::Result) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(by)?;
        }
        print(f, item)?;
    }
    Ok(())
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            Self::Date(date) => date.fmt(f),
        }
    }
}

impl Display for Text {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        quoted(f, self.as_str())
    }
}
