//! Sorting (RFC 7644, 3.4.2.3).

use std::cmp::Ordering;

use chrono::DateTime;
use serde_json::Value;

use crate::error::{ScimError, ScimType};
use crate::schema::value::is_primary;
use crate::schema::{Kind, Resolved, ResourceType};
use crate::{AttrPath, text};

/// By what a list is sorted.
#[derive(Debug, Clone)]
pub struct Sort {
    extension: Option<String>,
    name: String,
    sub: Option<String>,
    kind: Kind,
    case_exact: bool,
    descending: bool,
}

impl Sort {
    /// By an attribute. Of a complex one its `value` counts, of many values the primary one, else the first.
    ///
    /// # Errors
    /// `invalidValue` when there is no such attribute, or it has no order.
    pub fn by(of: &ResourceType, path: &AttrPath, descending: bool) -> Result<Self, ScimError> {
        let invalid = || ScimError::bad(ScimType::InvalidValue, format!("{} cannot be sorted by `{path}`", of.name));
        let Some(Resolved::Attribute { extension, attribute, sub }) = of.resolve(path) else { return Err(invalid()) };
        let sub = sub.or_else(|| if attribute.kind == Kind::Complex { attribute.sub("value") } else { None });
        let leaf = sub.unwrap_or(attribute);
        if leaf.kind == Kind::Complex || leaf.returned == crate::schema::Returned::Never {
            return Err(invalid());
        }
        Ok(Self {
            extension: extension.map(Into::into),
            name: attribute.name.clone(),
            sub: sub.map(|sub| sub.name.clone()),
            kind: leaf.kind,
            case_exact: leaf.case_exact,
            descending,
        })
    }

    /// Sorts; what is equal stays in its order.
    pub fn sort(&self, resources: &mut [Value]) {
        resources.sort_by(|a, b| self.compare(a, b));
    }

    /// Which of two comes first. Without a value comes last in ascending order, first in descending order.
    pub fn compare(&self, a: &Value, b: &Value) -> Ordering {
        let order = match (self.key(a), self.key(b)) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(a), Some(b)) => self.values(a, b),
        };
        if self.descending { order.reverse() } else { order }
    }

    fn key<'a>(&self, resource: &'a Value) -> Option<&'a Value> {
        let holder = self.extension.as_ref().map_or(Some(resource), |urn| resource.get(urn))?;
        let mut value = holder.get(&self.name)?;
        if let Value::Array(values) = value {
            value = values.iter().find(|value| is_primary(value)).or_else(|| values.first())?;
        }
        let value = self.sub.as_ref().map_or(Some(value), |sub| value.get(sub))?;
        (!value.is_null()).then_some(value)
    }

    fn values(&self, a: &Value, b: &Value) -> Ordering {
        match (a, b) {
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (Value::Number(a), Value::Number(b)) => a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal),
            (Value::String(a), Value::String(b)) => {
                let moment = |text: &str| DateTime::parse_from_rfc3339(text).ok();
                match (self.kind, moment(a), moment(b)) {
                    (Kind::DateTime, Some(a), Some(b)) => a.cmp(&b),
                    _ => text::order(a, b, self.case_exact),
                }
            }
            _ => Ordering::Equal,
        }
    }
}
