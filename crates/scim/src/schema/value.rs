//! Whether a value fits its attribute, and its one form: names as the schema writes them, nothing unassigned.

use chrono::DateTime;
use serde_json::{Map, Value, json};

use super::{Attribute, Kind};
use crate::Reading;
use crate::error::{ScimError, ScimType};
use crate::text::short;

fn wrong(name: &str, wants: &str, got: &Value) -> ScimError {
    let got = match got {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::String(text) => format!("\"{}\"", short(text)),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "an object".into(),
    };
    ScimError::bad(ScimType::InvalidValue, format!("`{name}` takes {wants}, not {got}"))
}

impl Attribute {
    /// Brings a value into its one form. [`Value::Null`] means unassigned, as do an empty list and an empty object.
    ///
    /// # Errors
    /// `invalidValue` when it does not fit.
    pub fn accept(&self, value: Value, reading: Reading) -> Result<Value, ScimError> {
        if value.is_null() {
            return Ok(value);
        }
        if !self.multi_valued {
            return self.accept_one(value, reading);
        }
        let values = match value {
            Value::Array(values) => values,
            one if reading == Reading::Lenient => vec![one],
            other => return Err(wrong(&self.name, "a list", &other)),
        };
        let mut kept = Vec::with_capacity(values.len());
        for value in values {
            let value = self.accept_one(value, reading)?;
            if !value.is_null() {
                kept.push(value);
            }
        }
        if kept.iter().filter(|value| is_primary(value)).count() > 1 {
            return Err(ScimError::bad(ScimType::InvalidValue, format!("only one value of `{}` can be primary", self.name)));
        }
        Ok(if kept.is_empty() { Value::Null } else { Value::Array(kept) })
    }

    /// The same for one value of a list.
    ///
    /// # Errors
    /// `invalidValue` when it does not fit.
    pub fn accept_one(&self, value: Value, reading: Reading) -> Result<Value, ScimError> {
        let name = self.name.as_str();
        match (self.kind, value) {
            (_, Value::Null) => Ok(Value::Null),
            (Kind::Complex, value) => self.accept_complex(value, reading),
            (Kind::String | Kind::Reference | Kind::Binary, Value::String(text)) => Ok(Value::String(text)),
            (Kind::Boolean, Value::Bool(value)) => Ok(Value::Bool(value)),
            (Kind::Boolean, Value::String(text)) if reading == Reading::Lenient && said(&text).is_some() => Ok(json!(said(&text))),
            (Kind::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => Ok(Value::Number(number)),
            (Kind::Decimal, Value::Number(number)) => Ok(Value::Number(number)),
            (Kind::DateTime, Value::String(text)) if DateTime::parse_from_rfc3339(&text).is_ok() => Ok(Value::String(text)),
            (Kind::String | Kind::Reference, other) => Err(wrong(name, "text", &other)),
            (Kind::Binary, other) => Err(wrong(name, "bytes in base64", &other)),
            (Kind::Boolean, other) => Err(wrong(name, "true or false", &other)),
            (Kind::Integer, other) => Err(wrong(name, "a whole number", &other)),
            (Kind::Decimal, other) => Err(wrong(name, "a number", &other)),
            (Kind::DateTime, other) => Err(wrong(name, "a moment as in 2011-05-13T04:42:34Z", &other)),
        }
    }

    fn accept_complex(&self, value: Value, reading: Reading) -> Result<Value, ScimError> {
        let parts = match value {
            Value::Object(parts) => parts,
            // `"manager": "26118915"`, `"roles": ["admin"]`.
            Value::String(text) if reading == Reading::Lenient && self.sub("value").is_some() => {
                if text.is_empty() {
                    return Ok(Value::Null);
                }
                Map::from_iter([("value".to_owned(), Value::String(text))])
            }
            other => return Err(wrong(&self.name, "an object", &other)),
        };
        let mut kept = Map::new();
        for (key, value) in parts {
            // What the schema does not know is not kept (RFC 7643, 2.2 leaves it to the server).
            let Some(sub) = self.sub(&key) else { continue };
            let value = sub.accept(value, reading)?;
            if !value.is_null() {
                kept.insert(sub.name.clone(), value);
            }
        }
        Ok(if kept.is_empty() { Value::Null } else { Value::Object(kept) })
    }
}

/// `"True"` and `"False"`, as Entra ID writes them.
pub(crate) fn said(text: &str) -> Option<bool> {
    match text {
        text if text.eq_ignore_ascii_case("true") => Some(true),
        text if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

pub(crate) fn is_primary(value: &Value) -> bool {
    value.get("primary") == Some(&Value::Bool(true))
}
