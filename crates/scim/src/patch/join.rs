//! Joining neighbours: Entra ID sends one operation for each member, and a large group must not be walked through for each.

use serde_json::{Value, json};

use super::expand::{Target, target};
use super::{Action, Operation};
use crate::filter::{Filter, Op};
use crate::schema::ResourceType;

/// The same changes in fewer operations. Only lists that refer to other resources are joined: of these, nothing but
/// who is in them counts.
pub(super) fn neighbours(of: &ResourceType, operations: Vec<Operation>) -> Vec<Operation> {
    let mut joined: Vec<Operation> = Vec::with_capacity(operations.len());
    for operation in operations {
        let operation = by_value(of, operation);
        match joined.last_mut() {
            Some(last) if last.path == operation.path && last.path.filter.is_none() && refers(of, &operation) => {
                match (&mut last.action, operation.action) {
                    (Action::Add(Value::Array(have)), Action::Add(Value::Array(more))) => have.extend(more),
                    (Action::RemoveThese(have), Action::RemoveThese(more)) => have.extend(more),
                    (_, action) => joined.push(Operation { path: operation.path, action }),
                }
            }
            _ => joined.push(operation),
        }
    }
    joined
}

fn refers(of: &ResourceType, operation: &Operation) -> bool {
    matches!(target(of, &operation.path), Ok(Target::Attribute { attribute, sub: None, .. }) if attribute.multi_valued && attribute.refers())
}

/// `remove members[value eq "x"]` as the removal of this value.
fn by_value(of: &ResourceType, mut operation: Operation) -> Operation {
    let named = match &operation.path.filter {
        Some(Filter::Compare { path, op: Op::Equal, value }) if path.sub.is_none() && path.name.eq_ignore_ascii_case("value") => {
            value.text()
        }
        _ => None,
    };
    if let (Some(value), Action::Remove, true) = (named, &operation.action, refers(of, &operation)) {
        operation.action = Action::RemoveThese(vec![json!({ "value": value })]);
        operation.path.filter = None;
    }
    operation
}
