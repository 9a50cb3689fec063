//! How the columns of a source's file map to attributes: part of the configuration.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tenure_domain::rule::is_attribute_name;

/// What happens to people who are, round a circle, each other's managers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CyclePolicy {
    /// They are taken as they are, with a warning.
    #[default]
    Warn,
    /// Their rows are rejected.
    Refuse,
}

/// Which column holds which attribute.
///
/// The defaults are the columns of Tenure's own format. A column that is named here must be in
/// the file, since a missing one would empty the attribute of everybody; an attribute that the
/// source does not have is set to the empty text. Only `end_date`, `time_zone` and `display_name`
/// may be absent from the file while they are not set here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// Column of the key. Never empty.
    pub employee_id: String,
    /// Column of the sign-in name. Never empty.
    pub user_name: String,
    /// Column of the given name.
    pub given_name: String,
    /// Column of the family name.
    pub family_name: String,
    /// Column of the mail address.
    pub email: String,
    /// Column of the department.
    pub department: String,
    /// Column of the job title.
    pub title: String,
    /// Column of the manager's key.
    pub manager_id: String,
    /// Column of the first day.
    pub start_date: String,
    /// Column of the last day; `end_date`, if there is one, when not set.
    pub end_date: Option<String>,
    /// Column of the IANA time zone; `time_zone`, if there is one, when not set.
    pub time_zone: Option<String>,
    /// Column of the name that people read; `display_name`, if there is one, when not set.
    pub display_name: Option<String>,
    /// Further attributes, each with its column.
    pub attributes: BTreeMap<String, String>,
    /// Columns that are left out.
    pub ignore: Vec<String>,
    /// The attributes whose change makes a mover.
    pub mover_attributes: Vec<String>,
    /// The time zone of people whose row names none.
    pub default_time_zone: String,
    /// What separates fields: a comma, a semicolon, a tab or `|`.
    pub delimiter: char,
    /// What happens to circles of managers.
    pub manager_cycles: CyclePolicy,
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            employee_id: "employee_id".to_owned(),
            user_name: "user_name".to_owned(),
            given_name: "given_name".to_owned(),
            family_name: "family_name".to_owned(),
            email: "email".to_owned(),
            department: "department".to_owned(),
            title: "title".to_owned(),
            manager_id: "manager_id".to_owned(),
            start_date: "start_date".to_owned(),
            end_date: None,
            time_zone: None,
            display_name: None,
            attributes: BTreeMap::new(),
            ignore: Vec::new(),
            mover_attributes: vec!["department".to_owned()],
            default_time_zone: "UTC".to_owned(),
            delimiter: ',',
            manager_cycles: CyclePolicy::Warn,
        }
    }
}

/// The delimiters that a file can have.
pub const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// The standard attributes that a snapshot can change, as a plan names them.
pub const STANDARD: [&str; 11] = [
    "user_name",
    "display_name",
    "given_name",
    "family_name",
    "email",
    "department",
    "title",
    "manager",
    "start_on",
    "end_on",
    "time_zone",
];

/// Names that mean something else already, and so cannot be those of further attributes.
const TAKEN: [&str; 6] = ["kind", "state", "employee_id", "manager_id", "start_date", "end_date"];

impl Mapping {
    /// Every fault in it, in plain words; empty when it can be used.
    pub fn check(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, column) in [("employee_id", &self.employee_id), ("user_name", &self.user_name)] {
            if column.trim().is_empty() {
                faults.push(format!("{name} has no column: every person needs one, so name the column that holds it"));
            }
        }
        for (name, column) in &self.attributes {
            if STANDARD.contains(&name.as_str()) || TAKEN.contains(&name.as_str()) {
                faults.push(format!(
                    "attributes.{name}: `{name}` is a standard attribute; map it by its own setting, or choose another name"
                ));
            } else if !is_attribute_name(name) {
                faults.push(format!("attributes.{name}: rules cannot use this name; write it in the letters a to z, digits and `_`, a letter first, and not as a word of the rule language"));
            }
            if column.trim().is_empty() {
                faults.push(format!("attributes.{name} has no column: name one, or leave the attribute out"));
            }
        }
        for name in &self.mover_attributes {
            if !STANDARD.contains(&name.as_str()) && !self.attributes.contains_key(name) {
                faults.push(format!(
                    "mover_attributes: `{name}` is neither a standard attribute ({}) nor one of `attributes`",
                    STANDARD.join(", ")
                ));
            }
        }
        let used: BTreeSet<String> = self.columns().map(|(column, _)| column.trim().to_lowercase()).collect();
        for column in self.ignore.iter().filter(|column| used.contains(&column.trim().to_lowercase())) {
            faults.push(format!("ignore: the column `{column}` is also mapped to an attribute; take it out of one of the two"));
        }
        if self.default_time_zone.parse::<chrono_tz::Tz>().is_err() {
            faults.push(format!(
                "default_time_zone: `{}` is not a time zone; write an IANA name such as Europe/Vienna, or UTC",
                self.default_time_zone
            ));
        }
        if !DELIMITERS.contains(&self.delimiter) {
            faults.push(format!("delimiter: {:?} cannot separate fields; write a comma, a semicolon, a tab or |", self.delimiter));
        }
        faults
    }

    /// The columns that are set, and whether the file must have each.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&str, bool)> {
        let required = [
            &self.employee_id,
            &self.user_name,
            &self.given_name,
            &self.family_name,
            &self.email,
            &self.department,
            &self.title,
            &self.manager_id,
            &self.start_date,
        ];
        let optional = [(&self.end_date, "end_date"), (&self.time_zone, "time_zone"), (&self.display_name, "display_name")];
        let required = required.into_iter().chain(self.attributes.values()).map(|column| (column.as_str(), true));
        required
            .chain(optional.into_iter().map(|(set, default)| set.as_deref().map_or((default, false), |column| (column, true))))
            .filter(|(column, _)| !column.trim().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_mapping_has_no_fault() {
        assert_eq!(Mapping::default().check(), Vec::<String>::new());
        assert_eq!(serde_json::from_str::<Mapping>("{}").unwrap(), Mapping::default());
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let mapping: Mapping = serde_json::from_str(
            r#"{"employee_id": " ", "user_name": "Mail", "email": "Mail", "attributes": {"and": "a", "title": "b", "Ort": "c", "site": "", "state": "d"},
                "ignore": ["mail", "notes"], "mover_attributes": ["site", "cost_centre"], "default_time_zone": "Vienna", "delimiter": "x"}"#,
        )
        .unwrap();
        let starts = [
            "employee_id has no column",
            "attributes.Ort: rules cannot",
            "attributes.and: rules cannot",
            "attributes.site has no column",
            "attributes.state: `state` is a standard",
            "attributes.title: `title` is a standard",
            "mover_attributes: `cost_centre` is neither",
            "ignore: the column `mail`",
            "default_time_zone: `Vienna`",
            "delimiter: 'x'",
        ];
        let faults = mapping.check();
        assert_eq!(faults.len(), starts.len(), "{faults:#?}");
        for (fault, start) in faults.iter().zip(starts) {
            assert!(fault.starts_with(start), "{fault}");
        }
    }

    #[test]
    fn an_unknown_setting_is_an_error() {
        let error = serde_json::from_str::<Mapping>(r#"{"departement": "Abteilung"}"#).unwrap_err().to_string();
        assert!(error.contains("unknown field `departement`"), "{error}");
        assert_eq!(serde_json::from_str::<Mapping>(r#"{"manager_cycles": "refuse"}"#).unwrap().manager_cycles, CyclePolicy::Refuse);
    }
}
