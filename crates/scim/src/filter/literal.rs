//! What an attribute is compared with, made ready for its kind.

use chrono::{DateTime, Utc};
use serde_json::Number;

use super::{Literal, Op};
use crate::error::{ScimError, ScimType};
use crate::schema::value::said;
use crate::schema::{Attribute, Kind};

/// A literal that fits its attribute.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    Null,
    Bool(bool),
    Number(Number),
    Text { text: String, case_exact: bool },
    Moment(DateTime<Utc>),
}

fn invalid(attribute: &Attribute, words: &str) -> ScimError {
    ScimError::bad(ScimType::InvalidFilter, format!("`{}` {words}", attribute.name))
}

/// Checks the operator and the literal against the attribute.
pub(super) fn wanted(attribute: &Attribute, op: Op, literal: &Literal) -> Result<Wanted, ScimError> {
    if *literal == Literal::Null {
        return match op {
            Op::Equal | Op::NotEqual => Ok(Wanted::Null),
            _ => Err(invalid(attribute, "can be compared with null by eq and ne only")),
        };
    }
    match attribute.kind {
        Kind::Boolean | Kind::Binary if op.orders() => Err(invalid(attribute, "has no order: gt, ge, lt and le cannot be asked of it")),
        Kind::Boolean | Kind::Integer | Kind::Decimal if op.looks_inside() => {
            Err(invalid(attribute, "is no text: co, sw and ew cannot be asked of it"))
        }
        Kind::Boolean => match literal {
            Literal::Bool(value) => Ok(Wanted::Bool(*value)),
            Literal::Text(text) => said(text).map(Wanted::Bool).ok_or_else(|| invalid(attribute, "is compared with true or false")),
            _ => Err(invalid(attribute, "is compared with true or false")),
        },
        Kind::Integer | Kind::Decimal => match literal {
            Literal::Number(number) => Ok(Wanted::Number(number.clone())),
            _ => Err(invalid(attribute, "is compared with a number")),
        },
        Kind::DateTime if !op.looks_inside() => {
            let moment = literal.text().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
            moment
                .map(|moment| Wanted::Moment(moment.to_utc()))
                .ok_or_else(|| invalid(attribute, "is compared with a moment as in \"2011-05-13T04:42:34Z\""))
        }
        Kind::Complex => Err(invalid(attribute, "has parts; compare one of them")),
        Kind::String | Kind::Reference | Kind::Binary | Kind::DateTime => {
            let text = literal.text().ok_or_else(|| invalid(attribute, "is compared with text in double quotes"))?;
            let case_exact = attribute.case_exact;
            let folded = !case_exact && op == Op::Contains;
            Ok(Wanted::Text { text: if folded { text.to_lowercase() } else { text.into() }, case_exact })
        }
    }
}
