//! Evaluation. It is hot (every identity × every rule) and allocates nothing.

use super::ast::{Comparison, Expr, Literal};
use super::{Attributes, Value, caseless};

/// Whether a rule is true for an identity.
///
/// An attribute without a value, or with an empty one, equals nothing: of the comparisons only
/// `!=`, `not in` and `is empty` are true for it.
pub fn matches<A: Attributes + ?Sized>(expr: &Expr, attributes: &A) -> bool {
    match expr {
        Expr::True => true,
        Expr::Compare { attribute, comparison, literal } => match value(attributes, attribute) {
            Some(value) => compare(value, *comparison, literal),
            None => *comparison == Comparison::NotEqual,
        },
        Expr::In { attribute, negated, literals } => {
            let found = value(attributes, attribute).is_some_and(|value| literals.iter().any(|literal| equals(value, literal)));
            found != *negated
        }
        Expr::Empty { attribute, negated } => value(attributes, attribute).is_none() != *negated,
        Expr::Not(inner) => !matches(inner, attributes),
        Expr::And(parts) => parts.iter().all(|part| matches(part, attributes)),
        Expr::Or(parts) => parts.iter().any(|part| matches(part, attributes)),
    }
}

fn value<'a, A: Attributes + ?Sized>(attributes: &'a A, name: &str) -> Option<Value<'a>> {
    attributes.value(name).filter(|value| !matches!(value, Value::Text("")))
}

fn equals(value: Value<'_>, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::Text(value), Literal::Text(text)) => caseless::equals(value, text.folded()),
        (Value::Date(value), Literal::Date(date)) => value == *date,
        // The parser lets no such pair through; a tree made by hand may hold one.
        (Value::Text(_), Literal::Date(_)) | (Value::Date(_), Literal::Text(_)) => false,
    }
}

fn compare(value: Value<'_>, comparison: Comparison, literal: &Literal) -> bool {
    match (comparison, value, literal) {
        (Comparison::Equal, ..) => equals(value, literal),
        (Comparison::NotEqual, ..) => !equals(value, literal),
        (Comparison::Before, Value::Date(value), Literal::Date(date)) => value < *date,
        (Comparison::AtMost, Value::Date(value), Literal::Date(date)) => value <= *date,
        (Comparison::After, Value::Date(value), Literal::Date(date)) => value > *date,
        (Comparison::AtLeast, Value::Date(value), Literal::Date(date)) => value >= *date,
        (Comparison::StartsWith, Value::Text(value), Literal::Text(text)) => caseless::starts_with(value, text.folded()),
        (Comparison::Contains, Value::Text(value), Literal::Text(text)) => caseless::contains(value, text.folded()),
        _ => false,
    }
}
