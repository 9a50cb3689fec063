//! PATCH on an attribute of many values.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::apply::{merge, mutability, part};
use super::{Action, Operation};
use crate::Reading;
use crate::error::{ScimError, ScimType};
use crate::filter::{Compiled, Filter, Op};
use crate::schema::value::is_primary;
use crate::schema::{Attribute, Kind};

/// The list as it is after an operation; [`Value::Null`] when nothing is left.
pub(super) fn change(
    attribute: &Attribute,
    sub: Option<&Attribute>,
    operation: &Operation,
    old: Value,
    reading: Reading,
) -> Result<Value, ScimError> {
    let values = match old {
        Value::Array(values) => values,
        Value::Null => Vec::new(),
        one => vec![one],
    };
    let values = match (&operation.path.filter, sub) {
        (None, None) => whole(attribute, &operation.action, values, reading)?,
        (None, Some(sub)) => chosen(attribute, Some(sub), None, &operation.action, values, reading)?,
        (Some(filter), sub) => chosen(attribute, sub, Some(filter), &operation.action, values, reading)?,
    };
    Ok(if values.is_empty() { Value::Null } else { Value::Array(values) })
}

/// Without a filter and without a part: the list itself.
fn whole(attribute: &Attribute, action: &Action, values: Vec<Value>, reading: Reading) -> Result<Vec<Value>, ScimError> {
    let incoming = |value: &Value| {
        let list = if value.is_array() || value.is_null() { value.clone() } else { Value::Array(vec![value.clone()]) };
        attribute.accept(list, reading).map(|list| match list {
            Value::Array(values) => values,
            _ => Vec::new(),
        })
    };
    match action {
        Action::Remove => Ok(Vec::new()),
        Action::Replace(value) => {
            let mut kept = Vec::new();
            append(attribute, &mut kept, incoming(value)?);
            Ok(kept)
        }
        Action::Add(value) => {
            let mut values = values;
            append(attribute, &mut values, incoming(value)?);
            Ok(values)
        }
        Action::RemoveThese(these) => {
            let gone: HashSet<String> = these.iter().map(key).collect();
            Ok(values.into_iter().filter(|value| !gone.contains(&key(value)) && !gone.contains(&value.to_string())).collect())
        }
    }
}

/// What a value is known by where it refers to something: its `value`.
fn key(value: &Value) -> String {
    value.get("value").unwrap_or(value).to_string()
}

/// Adds what is not there yet. A new primary value takes that from the others.
fn append(attribute: &Attribute, values: &mut Vec<Value>, more: Vec<Value>) {
    let name = |value: &Value| if attribute.refers() { key(value) } else { value.to_string() };
    let mut there: HashSet<String> = values.iter().map(name).collect();
    for value in more {
        if there.insert(name(&value)) {
            values.push(value);
            let last = values.len() - 1;
            only_primary(values, last);
        }
    }
}

fn only_primary(values: &mut [Value], chosen: usize) {
    if !values.get(chosen).is_some_and(is_primary) {
        return;
    }
    for (n, value) in values.iter_mut().enumerate() {
        if n != chosen && is_primary(value) {
            if let Some(parts) = value.as_object_mut() {
                parts.insert("primary".into(), Value::Bool(false));
            }
        }
    }
}

/// Some values of the list, or a part of each.
fn chosen(
    attribute: &Attribute,
    sub: Option<&Attribute>,
    filter: Option<&Filter>,
    action: &Action,
    mut values: Vec<Value>,
    reading: Reading,
) -> Result<Vec<Value>, ScimError> {
    let compiled = filter.map(|filter| filter.compile_values(attribute)).transpose();
    let compiled: Option<Compiled> = compiled.map_err(|error| ScimError { scim_type: Some(ScimType::InvalidPath), ..error })?;
    let matches = |value: &Value| compiled.as_ref().is_none_or(|compiled| compiled.matches(value));
    let places: Vec<usize> = values.iter().enumerate().filter(|(_, value)| matches(value)).map(|(n, _)| n).collect();
    if places.is_empty() {
        return none_matched(attribute, sub, filter, action, values, reading);
    }
    let writes_primary = sub.is_none_or(|sub| sub.name == "primary");
    for &n in &places {
        let old = std::mem::take(&mut values[n]);
        values[n] = match (action, sub) {
            (Action::Remove | Action::RemoveThese(_), None) => Value::Null,
            (Action::Remove | Action::RemoveThese(_), Some(sub)) => part(old, sub, Value::Null)?,
            (Action::Add(value) | Action::Replace(value), Some(sub)) => part(old, sub, sub.accept(value.clone(), reading)?)?,
            (Action::Add(value), None) if attribute.kind == Kind::Complex => merge(attribute, old, unwrapped(value), reading)?,
            (Action::Add(value) | Action::Replace(value), None) => attribute.accept_one(unwrapped(value), reading)?,
        };
    }
    if writes_primary {
        let made: Vec<usize> = places.into_iter().filter(|&n| is_primary(&values[n])).collect();
        match made.as_slice() {
            [] => {}
            [one] => only_primary(&mut values, *one),
            _ => return Err(ScimError::bad(ScimType::InvalidValue, format!("only one value of `{}` can be primary", attribute.name))),
        }
    }
    values.retain(|value| !value.is_null());
    Ok(values)
}

/// `emails[type eq "work"]` has one value, but some write it as a list of one.
fn unwrapped(value: &Value) -> Value {
    match value {
        Value::Array(values) if values.len() == 1 => values.first().cloned().unwrap_or_default(),
        other => other.clone(),
    }
}

fn none_matched(
    attribute: &Attribute,
    sub: Option<&Attribute>,
    filter: Option<&Filter>,
    action: &Action,
    mut values: Vec<Value>,
    reading: Reading,
) -> Result<Vec<Value>, ScimError> {
    let no_target = || ScimError::bad(ScimType::NoTarget, format!("no value of `{}` is matched by the path", attribute.name));
    match action {
        // A member that is gone is gone.
        Action::Remove | Action::RemoveThese(_) if filter.is_none() || (reading == Reading::Lenient && attribute.refers()) => Ok(values),
        Action::Add(value) => {
            // `add emails[type eq "work"].value` where there is none: the filter says what the new one is.
            let mut new = Map::new();
            if !filter.is_none_or(|filter| described(attribute, filter, &mut new)) {
                return Err(no_target());
            }
            let new = if new.is_empty() { Value::Null } else { attribute.accept_one(Value::Object(new), reading)? };
            let new = match sub {
                Some(sub) => part(new, sub, sub.accept(value.clone(), reading)?)?,
                None => merge(attribute, new, unwrapped(value), reading)?,
            };
            if new.is_null() {
                return Err(mutability(attribute, "would get a value without parts"));
            }
            append(attribute, &mut values, vec![new]);
            Ok(values)
        }
        _ => Err(no_target()),
    }
}

/// The parts that a filter of `eq` and `and` tells; false for any other filter.
fn described(attribute: &Attribute, filter: &Filter, into: &mut Map<String, Value>) -> bool {
    match filter {
        Filter::And(all) => all.iter().all(|one| described(attribute, one, into)),
        Filter::Compare { path, op: Op::Equal, value } if path.urn.is_none() && path.sub.is_none() => {
            let Some(sub) = attribute.sub(&path.name) else { return false };
            into.insert(sub.name.clone(), value.json());
            true
        }
        _ => false,
    }
}
