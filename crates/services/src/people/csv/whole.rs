//! What only the whole file can tell: keys and names that are there twice, managers that are not,
//! and circles of managers.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use tenure_domain::fold::fold;
use tenure_domain::people::{PersonRow, RejectedRow, Snapshot};

use super::cell::quoted;
use super::cycles::circles;
use super::rejections::{Rejections, warnings};
use crate::people::mapping::{CyclePolicy, Mapping};

/// Rows that contradict others, by their index.
type Bad = BTreeMap<usize, RejectedRow>;

/// The snapshot of rows that are right by themselves.
pub(super) fn check(mut rows: Vec<PersonRow>, rejections: Rejections, mapping: &Mapping) -> Snapshot {
    let mut bad = Bad::new();
    let mut warned = Vec::new();
    let found = keys(&rows, &rejections, mapping, &mut bad);
    names(&rows, mapping, &mut bad);
    cycles(&rows, &found, mapping, &mut bad, &mut warned);
    managers(&rows, &found, &rejections, mapping, &mut bad, &mut warned);
    if !bad.is_empty() {
        let mut index = 0;
        rows.retain(|_| {
            index += 1;
            !bad.contains_key(&(index - 1))
        });
    }
    let (rejected, rejected_more) = rejections.finish(bad.into_values());
    Snapshot { rows, rejected, rejected_more, warnings: warnings(warned) }
}

fn fault(row: &PersonRow, field: &str, reason: String) -> RejectedRow {
    RejectedRow { line: row.line, field: Some(field.to_owned()), reason, employee_id: Some(row.employee_id.clone()) }
}

/// Rejects every row whose key is there twice: nobody can tell which one is right. Gives the index
/// of each one's manager.
fn keys(rows: &[PersonRow], rejections: &Rejections, mapping: &Mapping, bad: &mut Bad) -> Vec<Option<usize>> {
    let mut by_key = HashMap::with_capacity(rows.len());
    let twice = |row: &PersonRow, other: u64| {
        let reason = format!(
            "{} is on line {} and on line {}; one person has one row: take one out",
            quoted(&row.employee_id),
            row.line.min(other),
            row.line.max(other)
        );
        fault(row, &mapping.employee_id, reason)
    };
    for (index, row) in rows.iter().enumerate() {
        let first = *by_key.entry(row.employee_id.as_str()).or_insert(index);
        if first != index {
            bad.entry(first).or_insert_with(|| twice(&rows[first], row.line));
            bad.insert(index, twice(row, rows[first].line));
        } else if let Some(line) = rejections.line_of(&row.employee_id) {
            bad.insert(index, twice(row, line));
        }
    }
    rows.iter().map(|row| if row.manager.is_empty() { None } else { by_key.get(row.manager.as_str()).copied() }).collect()
}

/// Rejects every row whose user name another person has, whatever its case.
fn names(rows: &[PersonRow], mapping: &Mapping, bad: &mut Bad) {
    let mut by_name = HashMap::with_capacity(rows.len());
    let shared = |row: &PersonRow, other: &PersonRow| {
        let (early, late) = if row.line < other.line { (row, other) } else { (other, row) };
        let reason = format!(
            "{} is the user name on line {} ({}) and on line {} ({}); case does not count: give one of the two another name",
            quoted(&row.user_name),
            early.line,
            quoted(&early.employee_id),
            late.line,
            quoted(&late.employee_id)
        );
        fault(row, &mapping.user_name, reason)
    };
    for (index, row) in rows.iter().enumerate() {
        let first = *by_name.entry(folded(&row.user_name)).or_insert(index);
        let other = &rows[first];
        // One person who is there twice was told so already.
        if first != index && other.employee_id != row.employee_id {
            bad.entry(first).or_insert_with(|| shared(other, row));
            bad.entry(index).or_insert_with(|| shared(row, other));
        }
    }
}

/// The same as [`fold`] gives, without a copy for the common user name.
fn folded(name: &str) -> Cow<'_, str> {
    let is_folded = name.bytes().all(|byte| matches!(byte, b'!'..=b'~') && !byte.is_ascii_uppercase());
    if is_folded { Cow::Borrowed(name) } else { Cow::Owned(fold(name)) }
}

/// Rejects rows whose manager is not in the file, and warns of those whose manager's row is
/// rejected: that manager may not be recorded.
fn managers(
    rows: &[PersonRow],
    found: &[Option<usize>],
    rejections: &Rejections,
    mapping: &Mapping,
    bad: &mut Bad,
    warned: &mut Vec<RejectedRow>,
) {
    for (index, row) in rows.iter().enumerate() {
        if row.manager.is_empty() || found[index].is_some() || rejections.line_of(&row.manager).is_some() {
            continue;
        }
        bad.entry(index).or_insert_with(|| {
            let reason = format!(
                "{} {} is not in the file; add that person, or correct the field or leave it empty",
                mapping.manager_id,
                quoted(&row.manager)
            );
            fault(row, &mapping.manager_id, reason)
        });
    }
    for (index, row) in rows.iter().enumerate().filter(|(_, row)| !row.manager.is_empty()) {
        let rejected = match found[index] {
            Some(manager) => bad.get(&manager).map(|rejected| rejected.line),
            None => rejections.line_of(&row.manager),
        };
        if let Some(line) = rejected.filter(|_| !bad.contains_key(&index)) {
            warned.push(fault(
                row,
                &mapping.manager_id,
                format!("the row of the manager {}, on line {line}, is rejected; correct that row", quoted(&row.manager)),
            ));
        }
    }
}

fn cycles(rows: &[PersonRow], found: &[Option<usize>], mapping: &Mapping, bad: &mut Bad, warned: &mut Vec<RejectedRow>) {
    for cycle in circles(found) {
        // A circle through a rejected row is not going to be recorded.
        if cycle.iter().any(|index| bad.contains_key(index)) {
            continue;
        }
        let circle = named(cycle.iter().map(|index| quoted(&rows[*index].employee_id)), cycle.len(), &quoted(&rows[cycle[0]].employee_id));
        match mapping.manager_cycles {
            CyclePolicy::Warn => {
                let reason =
                    format!("these people are each other's managers in a circle: {circle}; taken as it is, correct it at the source");
                warned.push(fault(&rows[cycle[0]], &mapping.manager_id, reason));
            }
            CyclePolicy::Refuse => {
                for index in cycle {
                    let reason = format!("is in a circle of managers: {circle}; name somebody outside of it at one place");
                    bad.insert(index, fault(&rows[index], &mapping.manager_id, reason));
                }
            }
        }
    }
}

/// `E1 → E2 → E1`; of a long circle the first ones.
fn named(members: impl Iterator<Item = String>, count: usize, first: &str) -> String {
    const SHOWN: usize = 20;
    let mut names: Vec<_> = members.take(SHOWN).collect();
    if count > SHOWN {
        names.push(format!("… {} more", count - SHOWN));
    }
    format!("{} → {first}", names.join(" → "))
}
