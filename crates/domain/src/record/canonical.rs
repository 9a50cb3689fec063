//! One JSON text for one value: RFC 8785 (JSON Canonicalization Scheme), for what a record has.

use serde_json::Value;

/// The value has a number that is not an integer. A record has none, so that nobody has to agree on how
/// to write a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number is not an integer that every reader can hold")]
pub struct NotCanonical;

/// The largest integer that every JSON reader can hold (RFC 7493, 2.2).
const LARGEST: u64 = (1 << 53) - 1;

/// Writes a value in its canonical form: no white space, members by name, integers only, in strings
/// only what must be escaped.
///
/// # Errors
/// [`NotCanonical`] when there is a number that is not an integer from 0 to 2⁵³ - 1.
pub fn canonical(value: &Value) -> Result<String, NotCanonical> {
    let mut text = String::new();
    write(value, &mut text)?;
    Ok(text)
}

fn write(value: &Value, to: &mut String) -> Result<(), NotCanonical> {
    match value {
        Value::Null => to.push_str("null"),
        Value::Bool(true) => to.push_str("true"),
        Value::Bool(false) => to.push_str("false"),
        Value::Number(number) => {
            let number = number.as_u64().filter(|number| *number <= LARGEST).ok_or(NotCanonical)?;
            to.push_str(&number.to_string());
        }
        Value::String(text) => write_string(text, to),
        Value::Array(values) => {
            to.push('[');
            for (at, value) in values.iter().enumerate() {
                to.push_str(if at == 0 { "" } else { "," });
                write(value, to)?;
            }
            to.push(']');
        }
        Value::Object(members) => {
            // RFC 8785 sorts by UTF-16 code units. All names of a record are ASCII, where that is the
            // order of bytes.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            to.push('{');
            for (at, (name, value)) in members.into_iter().enumerate() {
                to.push_str(if at == 0 { "" } else { "," });
                write_string(name, to);
                to.push(':');
                write(value, to)?;
            }
            to.push('}');
        }
    }
    Ok(())
}

/// RFC 8785, 3.2.2.2.
fn write_string(text: &str, to: &mut String) {
    to.push('"');
    for c in text.chars() {
        match c {
            '"' => to.push_str("\\\""),
            '\\' => to.push_str("\\\\"),
            '\u{8}' => to.push_str("\\b"),
            '\t' => to.push_str("\\t"),
            '\n' => to.push_str("\\n"),
            '\u{c}' => to.push_str("\\f"),
            '\r' => to.push_str("\\r"),
            c if c < ' ' => to.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => to.push(c),
        }
    }
    to.push('"');
}
