//! The names of columns: found, missing, double, unknown.

use std::collections::HashMap;

use csv::StringRecord;
use tenure_domain::people::RejectedRow;

use super::cell::{self, quoted};

/// A column that a reader wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column<'a> {
    /// Its name, whatever its case.
    pub name: &'a str,
    /// Whether the file must have it.
    pub required: bool,
}

/// The names, checked.
pub(super) fn names(record: &StringRecord, line: u64, delimiter: u8) -> Result<Vec<String>, RejectedRow> {
    let fault = |field: Option<String>, reason: String| Err(RejectedRow { line, field, reason, employee_id: None });
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut names = Vec::with_capacity(record.len());
    for (index, raw) in record.iter().enumerate() {
        let number = index + 1;
        let name = match cell::clean(raw, &cell::KEY) {
            Ok(name) if name.is_empty() => {
                return fault(
                    None,
                    format!(
                        "column {number} of {} has no name in the header; name it, take the column out, or put a header on the first line if there is none",
                        record.len()
                    ),
                );
            }
            Ok(name) => name.into_owned(),
            Err(reason) => return fault(None, format!("the name of column {number} in the header {reason}")),
        };
        if let Some(first) = seen.insert(name.to_lowercase(), number) {
            return fault(
                Some(name.clone()),
                format!("columns {first} and {number} have the same name {}; take one out or rename it", quoted(&name)),
            );
        }
        names.push(name);
    }
    if let [only] = names.as_slice()
        && let Some(other) =
            [',', ';', '\t', '|'].into_iter().find(|other| u32::from(*other) != u32::from(delimiter) && only.contains(*other))
    {
        return fault(
            None,
            format!(
                "the header is one column, {}; it seems to be separated by {other:?}: set `delimiter` in the configuration",
                quoted(only)
            ),
        );
    }
    Ok(names)
}

/// Where the wanted columns stand.
pub(super) fn find(header: &[String], line: u64, wanted: &[Column<'_>], ignored: &[String]) -> Result<Vec<Option<usize>>, RejectedRow> {
    let fault = |field: &str, reason: String| Err(RejectedRow { line, field: Some(field.to_owned()), reason, employee_id: None });
    let places: HashMap<String, usize> = header.iter().enumerate().map(|(index, name)| (name.to_lowercase(), index)).collect();
    let mut found = Vec::with_capacity(wanted.len());
    for column in wanted {
        let place = places.get(&column.name.trim().to_lowercase()).copied();
        if place.is_none() && column.required {
            let there: Vec<_> = header.iter().take(40).map(|name| quoted(name)).collect();
            return fault(
                column.name,
                format!("the column is missing; the header has {}: add it, or map the attribute to one of these", there.join(", ")),
            );
        }
        found.push(place);
    }
    for (index, name) in header.iter().enumerate() {
        if !found.contains(&Some(index)) && !ignored.iter().any(|ignored| ignored.trim().to_lowercase() == name.to_lowercase()) {
            return fault(
                name,
                "the column is unknown; map it to an attribute or ignore it in the configuration, or take it out of the file".to_owned(),
            );
        }
    }
    Ok(found)
}
