//! Snapshots of people.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;

use tenure_domain::people::{PersonRow, RejectedRow, Snapshot};

use super::cell::{DEPARTMENT, FREE, KEY, MAIL, NAME, fits_index, quoted};
use super::file::{CsvFile, Row};
use super::header::Column;
use super::rejections::Rejections;
use super::{value, whole};
use crate::people::mapping::Mapping;

/// Reads a full snapshot of the people of a source.
///
/// Rows that cannot be taken are in `rejected`, each with its line, its column, the reason and
/// what to do; so are rows that contradict each other, all of them. In `warnings` are circles of
/// managers, where the mapping lets them through, and managers whose own row is rejected.
///
/// # Errors
/// A fault of the file itself, after which nothing of it can be taken.
pub fn read_people(reader: impl Read, mapping: &Mapping) -> Result<Snapshot, RejectedRow> {
    if let Some(fault) = mapping.check().into_iter().next() {
        return Err(RejectedRow {
            line: 1,
            field: None,
            reason: format!("the column mapping in the configuration is wrong: {fault}"),
            employee_id: None,
        });
    }
    let mut file = CsvFile::open(reader, mapping.delimiter)?;
    let columns = Columns::find(&file, mapping)?;
    let mut rows = Vec::new();
    let mut rejections = Rejections::default();
    while let Some(row) = file.next_row()? {
        match row.and_then(|row| columns.person(&row)) {
            Ok(person) => rows.push(person),
            Err(rejected) => rejections.push(rejected),
        }
    }
    Ok(whole::check(rows, rejections, mapping))
}

/// Where each attribute stands in a row; None for what the source does not have.
struct Columns {
    employee_id: Option<usize>,
    user_name: Option<usize>,
    given_name: Option<usize>,
    family_name: Option<usize>,
    email: Option<usize>,
    department: Option<usize>,
    title: Option<usize>,
    manager: Option<usize>,
    start_on: Option<usize>,
    end_on: Option<usize>,
    time_zone: Option<usize>,
    display_name: Option<usize>,
    attributes: Vec<(String, Option<usize>)>,
}

impl Columns {
    fn find<R: Read>(file: &CsvFile<R>, mapping: &Mapping) -> Result<Self, RejectedRow> {
        let wanted: Vec<_> = mapping.columns().map(|(name, required)| Column { name, required }).collect();
        let places = file.columns(&wanted, &mapping.ignore)?;
        let place = |name: &str| wanted.iter().position(|column| column.name == name).and_then(|index| places[index]);
        let optional = |set: &Option<String>, default: &str| place(set.as_deref().unwrap_or(default));
        Ok(Self {
            employee_id: place(&mapping.employee_id),
            user_name: place(&mapping.user_name),
            given_name: place(&mapping.given_name),
            family_name: place(&mapping.family_name),
            email: place(&mapping.email),
            department: place(&mapping.department),
            title: place(&mapping.title),
            manager: place(&mapping.manager_id),
            start_on: place(&mapping.start_date),
            end_on: optional(&mapping.end_date, "end_date"),
            time_zone: optional(&mapping.time_zone, "time_zone"),
            display_name: optional(&mapping.display_name, "display_name"),
            attributes: mapping.attributes.iter().map(|(name, column)| (name.clone(), place(column))).collect(),
        })
    }

    fn person(&self, row: &Row<'_>) -> Result<PersonRow, RejectedRow> {
        let employee_id = row.required(self.employee_id, &KEY)?;
        self.named(row, &employee_id).map_err(|fault| RejectedRow { employee_id: Some(employee_id.into_owned()), ..fault })
    }

    fn named(&self, row: &Row<'_>, employee_id: &str) -> Result<PersonRow, RejectedRow> {
        let user_name = row.required(self.user_name, &KEY)?;
        let given_name = row.text(self.given_name, &NAME)?;
        let family_name = row.text(self.family_name, &NAME)?;
        let display_name = display_name(row.text(self.display_name, &NAME)?, &given_name, &family_name, &user_name);
        fits_index(&display_name).map_err(|reason| row.fault(self.display_name.or(self.family_name), reason))?;
        let email = row.text(self.email, &MAIL)?;
        value::mail(&email).map_err(|reason| row.fault(self.email, reason))?;
        let manager = row.text(self.manager, &KEY)?;
        if manager == employee_id {
            return Err(row.fault(
                self.manager,
                format!("{} is named as the manager of themselves; name another person, or leave the field empty", quoted(employee_id)),
            ));
        }
        let start_on = value::day(&row.text(self.start_on, &KEY)?).map_err(|reason| row.fault(self.start_on, reason))?;
        let end_on = value::last_day(&row.text(self.end_on, &KEY)?).map_err(|reason| row.fault(self.end_on, reason))?;
        if let (Some(start), Some(end)) = (start_on, end_on)
            && end < start
        {
            return Err(row.fault(self.end_on, format!("the last day, {end}, is before the first, {start}; correct one of the two")));
        }
        let time_zone = row.text(self.time_zone, &KEY)?;
        value::time_zone(&time_zone).map_err(|reason| row.fault(self.time_zone, reason))?;
        let mut attributes = BTreeMap::new();
        for (name, column) in &self.attributes {
            attributes.insert(name.clone(), row.text(*column, &FREE)?.into_owned());
        }
        Ok(PersonRow {
            line: row.line,
            employee_id: employee_id.to_owned(),
            user_name: user_name.into_owned(),
            given_name: given_name.into_owned(),
            family_name: family_name.into_owned(),
            display_name,
            email: email.into_owned(),
            department: row.text(self.department, &DEPARTMENT)?.into_owned(),
            title: row.text(self.title, &NAME)?.into_owned(),
            manager: manager.into_owned(),
            start_on,
            end_on,
            time_zone: time_zone.into_owned(),
            attributes,
        })
    }
}

/// As mapped, else given and family name, else the user name.
fn display_name(mapped: Cow<'_, str>, given: &str, family: &str, user_name: &str) -> String {
    match (given, family) {
        _ if !mapped.is_empty() => mapped.into_owned(),
        ("", "") => user_name.to_owned(),
        ("", name) | (name, "") => name.to_owned(),
        (given, family) => format!("{given} {family}"),
    }
}
