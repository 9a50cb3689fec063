//! The canonical source of an expression: it parses back to the same tree.

use std::fmt::{self, Display, Formatter};

use super::Expression;
use super::ast::Node;
use crate::syntax::quoted;

/// A text as a literal.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        quoted(f, self.0)
    }
}

impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Display for Node {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => quoted(f, text),
            Self::Attribute(name) => f.write_str(name),
            // `+` is the only operator, so nothing needs parentheses.
            Self::Join(parts) => {
                for (index, part) in parts.iter().enumerate() {
                    write!(f, "{}{part}", if index > 0 { " + " } else { "" })?;
                }
                Ok(())
            }
            Self::Apply(function, inner) => write!(f, "{}({inner})", function.as_str()),
            Self::First(inner, chars) => write!(f, "first({inner}, {chars})"),
            Self::Replace { text, from, to } => write!(f, "replace({text}, {}, {})", Quoted(from), Quoted(to)),
            Self::Default(value, otherwise) => write!(f, "default({value}, {otherwise})"),
            Self::Date(value, pattern) => write!(f, "date({value}, {})", Quoted(&pattern.to_string())),
            Self::If(condition, value, otherwise) => write!(f, "if({condition}, {value}, {otherwise})"),
        }
    }
}
