//! What an event changed: the fields that differ, before and after.

use serde_json::Value;

use crate::components::Change;

/// The changes between two values, and how many fields did not change.
pub(super) fn changes(before: &Value, after: &Value) -> (Vec<Change>, usize) {
    let (mut list, mut same) = (Vec::new(), 0);
    match (before.as_object(), after.as_object()) {
        (None, None) => push(&mut list, "value", Some(before), Some(after), &mut same),
        (before, after) => {
            let empty = serde_json::Map::new();
            let (before, after) = (before.unwrap_or(&empty), after.unwrap_or(&empty));
            let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                push(&mut list, key, before.get(key), after.get(key), &mut same);
            }
        }
    }
    (list, same)
}

fn push(list: &mut Vec<Change>, field: &str, before: Option<&Value>, after: Option<&Value>, same: &mut usize) {
    let (before, after) = (before.and_then(said), after.and_then(said));
    if before == after {
        *same += usize::from(before.is_some());
    } else {
        list.push(Change { field: field.to_owned(), before, after });
    }
}

/// A value as it is read; None for none.
fn said(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) if items.is_empty() => None,
        Value::Array(items) => Some(items.iter().filter_map(said).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            Some(fields.iter().filter_map(|(key, value)| said(value).map(|value| format!("{key} {value}"))).collect::<Vec<_>>().join("; "))
        }
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::changes;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_shown() {
        let (list, same) = changes(
            &json!({ "state": "active", "mail": "a@b", "n": null }),
            &json!({ "state": "terminated", "mail": "a@b", "new": [1, 2] }),
        );
        assert_eq!(same, 1);
        let shown: Vec<_> = list.iter().map(|c| (c.field.as_str(), c.before.as_deref(), c.after.as_deref())).collect();
        assert_eq!(shown, [("new", None, Some("1, 2")), ("state", Some("active"), Some("terminated"))]);
    }

    #[test]
    fn nothing_on_both_sides_is_nothing() {
        let (list, same) = changes(&json!(null), &json!(null));
        assert!(list.is_empty() && same == 0);
        assert_eq!(changes(&json!(null), &json!({ "a": { "b": 1 } })).0[0].after.as_deref(), Some("b 1"));
    }
}
