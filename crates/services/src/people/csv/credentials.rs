//! The inventory of credentials that other systems issued. Never the secrets themselves.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use chrono::{DateTime, Utc};
use tenure_domain::credential::{CredentialKind, CredentialState};
use tenure_domain::people::RejectedRow;

use super::cell::{FREE, KEY, NAME, quoted};
use super::file::{CsvFile, Row};
use super::header::Column;
use super::rejections::Rejections;
use super::value;

/// One credential of an inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRow {
    /// Its line in the file, the header being line 1.
    pub line: u64,
    /// Who issued it.
    pub issuer: String,
    /// Its name or number at the issuer; unique there.
    pub external_id: String,
    /// Password, key, token and so on.
    pub kind: CredentialKind,
    /// The name that people read; the external id when the file gives none.
    pub label: String,
    /// May be empty.
    pub purpose: String,
    /// The user name of the identity that has it; empty for nobody.
    pub owner: String,
    /// The target on which it works, by name; may be empty.
    pub application: String,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it was last used, if anybody tells.
    pub last_used: Option<DateTime<Utc>>,
    /// When its secret was last replaced.
    pub rotated: Option<DateTime<Utc>>,
    /// When it ends by itself.
    pub expires: Option<DateTime<Utc>>,
    /// What stops working when it dies, by name.
    pub dependents: Vec<String>,
    /// Active, when the file does not say.
    pub state: CredentialState,
}

/// A file of credentials, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CredentialSnapshot {
    /// In the order of the file.
    pub rows: Vec<CredentialRow>,
    /// In the order of the file; a file with very many has only its first ones here.
    pub rejected: Vec<RejectedRow>,
    /// How many more rows were rejected than `rejected` holds.
    pub rejected_more: u64,
}

const COLUMNS: [&str; 13] = [
    "issuer",
    "external_id",
    "kind",
    "label",
    "purpose",
    "owner",
    "application",
    "created",
    "last_used",
    "rotated",
    "expires",
    "dependents",
    "state",
];

/// The states that an inventory can report. The others are steps that Tenure itself takes.
const STATES: [CredentialState; 6] = [
    CredentialState::Issued,
    CredentialState::Active,
    CredentialState::Suspended,
    CredentialState::Compromised,
    CredentialState::Revoked,
    CredentialState::Expired,
];

/// Reads an inventory of credentials: the columns `issuer`, `external_id`, `kind`, `label`,
/// `purpose`, `owner`, `application`, `created`, `last_used`, `rotated`, `expires`, `dependents`
/// and, if it is there, `state`. Times are days or RFC 3339; dependents are separated by `;`.
///
/// # Errors
/// A fault of the file itself, after which nothing of it can be taken.
pub fn read_credentials(reader: impl Read) -> Result<CredentialSnapshot, RejectedRow> {
    let mut file = CsvFile::open(reader, ',')?;
    let columns = file.columns(&COLUMNS.map(|name| Column { name, required: name != "state" }), &[])?;
    let mut rows = Vec::new();
    let mut rejections = Rejections::default();
    while let Some(row) = file.next_row()? {
        match row.and_then(|row| credential(&row, &columns)) {
            Ok(row) => rows.push(row),
            Err(rejected) => rejections.push(rejected),
        }
    }
    let twice = remove_contradicting(&mut rows);
    let (rejected, rejected_more) = rejections.finish(twice);
    Ok(CredentialSnapshot { rows, rejected, rejected_more })
}

fn credential(row: &Row<'_>, columns: &[Option<usize>]) -> Result<CredentialRow, RejectedRow> {
    let &[issuer, external_id, kind, label, purpose, owner, application, created, last_used, rotated, expires, dependents, state] = columns
    else {
        return Err(row.fault(None, "the columns of the file were not found".to_owned()));
    };
    let moment = |column| value::moment(&row.text(column, &KEY)?).map_err(|reason| row.fault(column, reason));
    let external = row.required(external_id, &KEY)?.into_owned();
    let made = moment(created)?.ok_or_else(|| row.fault(created, "is empty; write when it was made, as 2026-01-31".to_owned()))?;
    let since = |column| {
        let time = moment(column)?;
        // By day: one of the two may be exact and the other a day only.
        match time.filter(|time| time.date_naive() < made.date_naive()) {
            Some(time) => Err(row.fault(
                column,
                format!("{} is before the credential was created, {}; correct one of the two", time.date_naive(), made.date_naive()),
            )),
            None => Ok(time),
        }
    };
    let name = row.text(label, &NAME)?;
    Ok(CredentialRow {
        line: row.line,
        issuer: row.required(issuer, &KEY)?.into_owned(),
        label: if name.is_empty() { external.clone() } else { name.into_owned() },
        external_id: external,
        kind: word(row, kind, CredentialKind::ALL, CredentialKind::as_str)?
            .ok_or_else(|| row.fault(kind, "is empty; write what it is, such as api-key".to_owned()))?,
        purpose: row.text(purpose, &FREE)?.into_owned(),
        owner: row.text(owner, &KEY)?.into_owned(),
        application: row.text(application, &NAME)?.into_owned(),
        created: made,
        last_used: since(last_used)?,
        rotated: since(rotated)?,
        expires: since(expires)?,
        dependents: row.text(dependents, &FREE)?.split(';').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        state: word(row, state, &STATES, CredentialState::as_str)?.unwrap_or(CredentialState::Active),
    })
}

/// One of a few words, whatever its case; None for an empty field.
fn word<T: Copy>(row: &Row<'_>, column: Option<usize>, all: &[T], as_str: fn(T) -> &'static str) -> Result<Option<T>, RejectedRow> {
    let text = row.text(column, &KEY)?;
    if text.is_empty() {
        return Ok(None);
    }
    let found = all.iter().copied().find(|value| as_str(*value).eq_ignore_ascii_case(&text));
    found.map(Some).ok_or_else(|| {
        let words: Vec<_> = all.iter().map(|value| as_str(*value)).collect();
        row.fault(column, format!("{} is not known here; write one of {}", quoted(&text), words.join(", ")))
    })
}

/// Takes out every row whose issuer and external id another row has: nobody can tell which one is
/// right.
fn remove_contradicting(rows: &mut Vec<CredentialRow>) -> Vec<RejectedRow> {
    let mut bad: BTreeMap<u64, RejectedRow> = BTreeMap::new();
    let mut first: HashMap<(&str, &str), u64> = HashMap::with_capacity(rows.len());
    for row in rows.iter() {
        let line = *first.entry((&row.issuer, &row.external_id)).or_insert(row.line);
        if line != row.line {
            let reason =
                format!("{} of {} is on line {line} and on line {}; take one out", quoted(&row.external_id), quoted(&row.issuer), row.line);
            for line in [line, row.line] {
                bad.entry(line).or_insert_with(|| RejectedRow {
                    line,
                    field: Some("external_id".to_owned()),
                    reason: reason.clone(),
                    employee_id: None,
                });
            }
        }
    }
    rows.retain(|row| !bad.contains_key(&row.line));
    bad.into_values().collect()
}
