//! Asking a filter of a resource.

use std::cmp::Ordering;

use chrono::DateTime;
use serde_json::{Number, Value};

use super::Op;
use super::compile::{Compiled, Node, Place};
use super::literal::Wanted;
use crate::text;

impl Compiled {
    /// Whether a resource fulfils it. Its attributes must be named as the schema writes them
    /// ([`crate::resource::accept`] sees to that).
    pub fn matches(&self, resource: &Value) -> bool {
        ask(&self.0, resource)
    }
}

fn ask(node: &Node, resource: &Value) -> bool {
    match node {
        Node::Absent { matches } => *matches,
        Node::And(parts) => parts.iter().all(|part| ask(part, resource)),
        Node::Or(parts) => parts.iter().any(|part| ask(part, resource)),
        Node::Not(inner) => !ask(inner, resource),
        Node::Present(place) => any(place, resource, &mut present),
        Node::Values { place, inner } => any(place, resource, &mut |value| ask(inner, value)),
        Node::Compare { place, op, wanted: Wanted::Null } => any(place, resource, &mut present) == (*op == Op::NotEqual),
        Node::Compare { place, op, wanted } => {
            let mut seen = false;
            let found = any(place, resource, &mut |value| {
                seen |= !value.is_null();
                compare(value, *op, wanted)
            });
            // Nothing is not equal to something.
            found || (*op == Op::NotEqual && !seen)
        }
    }
}

/// Whether one of the values at a place fulfils something.
fn any(place: &Place, resource: &Value, test: &mut dyn FnMut(&Value) -> bool) -> bool {
    let holder = match &place.extension {
        None => Some(resource),
        Some(urn) => resource.get(urn),
    };
    let found = match holder {
        // A list of simple values: the value itself is `value`.
        Some(simple) if !simple.is_object() && place.name == "value" => Some(simple),
        Some(object) => object.get(&place.name),
        None => None,
    };
    let mut each = |value: &Value| match &place.sub {
        None => test(value),
        Some(sub) => match value.get(sub) {
            Some(Value::Array(parts)) => parts.iter().any(&mut *test),
            Some(part) => test(part),
            None => false,
        },
    };
    match found {
        None => false,
        Some(Value::Array(values)) => values.iter().any(each),
        Some(value) => each(value),
    }
}

fn present(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => values.iter().any(present),
        Value::Object(parts) => parts.values().any(present),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

fn compare(value: &Value, op: Op, wanted: &Wanted) -> bool {
    match (value, wanted) {
        (Value::Bool(value), Wanted::Bool(wanted)) => ordered(op, value.cmp(wanted)),
        (Value::Number(value), Wanted::Number(wanted)) => numbers(value, wanted).is_some_and(|order| ordered(op, order)),
        (Value::String(value), Wanted::Moment(wanted)) => {
            DateTime::parse_from_rfc3339(value).is_ok_and(|moment| ordered(op, moment.to_utc().cmp(wanted)))
        }
        (Value::String(value), Wanted::Text { text: wanted, case_exact }) => match op {
            Op::Equal => text::same(value, wanted, *case_exact),
            Op::NotEqual => !text::same(value, wanted, *case_exact),
            Op::Contains => text::contains(value, wanted, *case_exact),
            Op::StartsWith => text::starts_with(value, wanted, *case_exact),
            Op::EndsWith => text::ends_with(value, wanted, *case_exact),
            _ => ordered(op, text::order(value, wanted, *case_exact)),
        },
        // A value of another kind than the schema says is different from all.
        _ => op == Op::NotEqual && !value.is_null(),
    }
}

fn ordered(op: Op, order: Ordering) -> bool {
    match op {
        Op::Equal => order.is_eq(),
        Op::NotEqual => order.is_ne(),
        Op::Greater => order.is_gt(),
        Op::GreaterOrEqual => order.is_ge(),
        Op::Less => order.is_lt(),
        Op::LessOrEqual => order.is_le(),
        Op::Contains | Op::StartsWith | Op::EndsWith => false,
    }
}

fn numbers(a: &Number, b: &Number) -> Option<Ordering> {
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}
