//! One row of a snapshot, as it was read.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A person in a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonRow {
    /// Its line in the file, the header being line 1.
    pub line: u64,
    /// Its key in the source. Never empty.
    pub employee_id: String,
    /// Never empty.
    pub user_name: String,
    /// May be empty.
    pub given_name: String,
    /// May be empty.
    pub family_name: String,
    /// As mapped, else given and family name, else the user name.
    pub display_name: String,
    /// May be empty.
    pub email: String,
    /// May be empty.
    pub department: String,
    /// May be empty.
    pub title: String,
    /// `employee_id` of the manager; empty for none.
    pub manager: String,
    /// First day.
    pub start_on: Option<NaiveDate>,
    /// Last day.
    pub end_on: Option<NaiveDate>,
    /// IANA name; empty for the source's default.
    pub time_zone: String,
    /// Mapped columns beyond the standard ones.
    pub attributes: BTreeMap<String, String>,
}

/// A row, or a whole file, that cannot be taken, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("line {line}{}: {reason}", .field.as_ref().map(|f| format!(", {f}")).unwrap_or_default())]
pub struct RejectedRow {
    /// Its line in the file, the header being line 1.
    pub line: u64,
    /// The column, where one is to blame.
    pub field: Option<String>,
    /// What is wrong and what to do, in plain words.
    pub reason: String,
    /// The person's key, if it could be read: that person is then left as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employee_id: Option<String>,
}

/// A file, read: the rows that can be taken and those that cannot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// In the order of the file.
    pub rows: Vec<PersonRow>,
    /// In the order of the file; a file with very many has only its first ones here.
    pub rejected: Vec<RejectedRow>,
    /// How many more rows were rejected than `rejected` holds.
    pub rejected_more: u64,
    /// Rows that were taken, though something about them should be looked at.
    pub warnings: Vec<RejectedRow>,
}
