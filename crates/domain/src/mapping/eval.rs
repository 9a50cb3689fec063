//! Evaluation. It never fails: what cannot be said is absent.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::MAX_RESULT;
use super::ast::Node;
use crate::rule::{Attributes, Value, matches};

/// The text of a part; none when it is absent. At most [`MAX_RESULT`] characters.
pub(super) fn text<'a, A: Attributes>(node: &'a Node, attributes: &'a A) -> Option<Cow<'a, str>> {
    whole(node, attributes).map(cut)
}

fn whole<'a, A: Attributes>(node: &'a Node, attributes: &'a A) -> Option<Cow<'a, str>> {
    match node {
        Node::Text(text) => Some(Cow::Borrowed(text)),
        Node::Attribute(name) => match attributes.value(name)? {
            Value::Text(text) => (!text.is_empty()).then_some(Cow::Borrowed(text)),
            // The parser lets no day through here.
            Value::Date(_) => None,
        },
        Node::Join(parts) => {
            let mut out = String::new();
            for part in parts {
                out.push_str(&text(part, attributes)?);
            }
            Some(Cow::Owned(out))
        }
        Node::Apply(function, inner) => of(inner, attributes, |text| function.apply(text)),
        Node::First(inner, chars) => of(inner, attributes, |text| text.chars().take(*chars).collect()),
        Node::Replace { text, from, to } => of(text, attributes, |text| replace(text, from, to)),
        Node::Default(value, otherwise) => text(value, attributes).filter(|text| !text.is_empty()).or_else(|| text(otherwise, attributes)),
        Node::Date(value, pattern) => Some(Cow::Owned(pattern.write(day(value, attributes)?))),
        Node::If(condition, value, otherwise) => text(if matches(condition, attributes) { value } else { otherwise }, attributes),
    }
}

/// The day of a part; none when it is absent.
fn day<A: Attributes>(node: &Node, attributes: &A) -> Option<NaiveDate> {
    match node {
        Node::Attribute(name) => match attributes.value(name)? {
            Value::Date(day) => Some(day),
            Value::Text(_) => None,
        },
        Node::Default(value, otherwise) => day(value, attributes).or_else(|| day(otherwise, attributes)),
        Node::If(condition, value, otherwise) => day(if matches(condition, attributes) { value } else { otherwise }, attributes),
        // The parser lets no text through here.
        _ => None,
    }
}

/// What a function makes of a text. A text of which nothing is left is absent: a name in letters
/// that `ascii` does not know must not become the dot of `ascii(given_name) + "." + …`.
fn of<'a, A: Attributes>(inner: &'a Node, attributes: &'a A, function: impl FnOnce(&str) -> String) -> Option<Cow<'a, str>> {
    let text = text(inner, attributes)?;
    let out = function(&text);
    (text.is_empty() || !out.is_empty()).then_some(Cow::Owned(out))
}

/// As `str::replace`, but it stops when what it made will be cut anyway.
fn replace(text: &str, from: &str, to: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split(from).enumerate() {
        if index > 0 {
            out.push_str(to);
        }
        out.push_str(part);
        // No character has more than four bytes.
        if out.len() > 4 * MAX_RESULT {
            break;
        }
    }
    out
}

fn cut(text: Cow<'_, str>) -> Cow<'_, str> {
    let Some((end, _)) = text.char_indices().nth(MAX_RESULT) else { return text };
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..end]),
        Cow::Owned(mut text) => {
            text.truncate(end);
            Cow::Owned(text)
        }
    }
}
