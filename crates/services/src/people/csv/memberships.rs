//! What people really hold, by team.

use std::collections::HashMap;
use std::io::Read;

use tenure_domain::people::RejectedRow;

use super::cell::KEY;
use super::file::{CsvFile, Row};
use super::header::Column;
use super::rejections::Rejections;

/// One membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipRow {
    /// Its line in the file, the header being line 1.
    pub line: u64,
    /// The person's key in the source.
    pub employee_id: String,
    /// The team.
    pub team: String,
    /// What the person is there: `lead`, `member`, or another word of the source.
    pub role: String,
}

/// A file of memberships, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MembershipSnapshot {
    /// In the order of the file, each membership once.
    pub rows: Vec<MembershipRow>,
    /// In the order of the file; a file with very many has only its first ones here.
    pub rejected: Vec<RejectedRow>,
    /// How many more rows were rejected than `rejected` holds.
    pub rejected_more: u64,
}

/// Reads a full list of memberships: the columns `employee_id`, `team` and `role`.
///
/// # Errors
/// A fault of the file itself, after which nothing of it can be taken.
pub fn read_memberships(reader: impl Read) -> Result<MembershipSnapshot, RejectedRow> {
    let mut file = CsvFile::open(reader, ',')?;
    let columns = file.columns(&["employee_id", "team", "role"].map(|name| Column { name, required: true }), &[])?;
    let mut rows = Vec::new();
    let mut rejections = Rejections::default();
    while let Some(row) = file.next_row()? {
        match row.and_then(|row| membership(&row, &columns)) {
            Ok(row) => rows.push(row),
            Err(rejected) => rejections.push(rejected),
        }
    }
    let twice = remove_repeated(&mut rows);
    let (rejected, rejected_more) = rejections.finish(twice);
    Ok(MembershipSnapshot { rows, rejected, rejected_more })
}

fn membership(row: &Row<'_>, columns: &[Option<usize>]) -> Result<MembershipRow, RejectedRow> {
    let employee_id = row.required(columns[0], &KEY)?.into_owned();
    let known = |fault| RejectedRow { employee_id: Some(employee_id.clone()), ..fault };
    let team = row.required(columns[1], &KEY).map_err(known)?.into_owned();
    let role = row.required(columns[2], &KEY).map_err(known)?.into_owned();
    Ok(MembershipRow { line: row.line, employee_id, team, role })
}

/// Keeps the first of equal memberships. They do not contradict each other, so it stays.
fn remove_repeated(rows: &mut Vec<MembershipRow>) -> Vec<RejectedRow> {
    let mut repeated = Vec::new();
    let mut keep = vec![true; rows.len()];
    let mut first: HashMap<(&str, &str, &str), u64> = HashMap::with_capacity(rows.len());
    for (row, keep) in rows.iter().zip(&mut keep) {
        let line = *first.entry((&row.employee_id, &row.team, &row.role)).or_insert(row.line);
        if line != row.line {
            *keep = false;
            let reason = format!("the same membership is on line {line} and on line {}; take one out", row.line);
            repeated.push(RejectedRow { line: row.line, field: None, reason, employee_id: Some(row.employee_id.clone()) });
        }
    }
    let mut keep = keep.into_iter();
    rows.retain(|_| keep.next().unwrap_or(true));
    repeated
}
