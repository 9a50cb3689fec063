//! A first proposal of how the columns of a file are read, by their names.

use super::mapping::{DELIMITERS, Mapping};
use crate::{Ctx, ServiceError};

/// How a new file is read: as the configuration says of its source, else as its last import was,
/// else as the names of its columns suggest. The person sees it before anything happens.
pub(super) async fn first_mapping(ctx: &Ctx, source: &str, content: &[u8]) -> Result<Mapping, ServiceError> {
    if ctx.app.settings.mappings.contains_key(source) {
        return Ok(ctx.app.settings.mapping(source));
    }
    let last = ctx.app.store.read().await?.last_mapping(source).await?.and_then(|value| serde_json::from_value(value).ok());
    Ok(fitted(last.unwrap_or_else(|| ctx.app.settings.mapping(source)), |delimiter| head(content, delimiter).0))
}

/// The names in the first line, and the first row below, as far as they can be read.
pub(super) fn head(content: &[u8], delimiter: char) -> (Vec<String>, Vec<String>) {
    let start = &content[..content.len().min(64 << 10)];
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let mut reader =
        ::csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(u8::try_from(delimiter).unwrap_or(b',')).from_reader(start);
    let mut record = ::csv::ByteRecord::new();
    let mut next = || match reader.read_byte_record(&mut record) {
        Ok(true) => record.iter().map(|f| String::from_utf8_lossy(f).trim().to_owned()).collect(),
        _ => Vec::new(),
    };
    (next(), next())
}

/// What the columns of other systems are called, in small letters and digits only.
const NAMES: [(&str, &[&str]); 12] = [
    ("employee_id", &["employeeid", "employeenumber", "employeeno", "personnelnumber", "personid", "workerid", "staffid"]),
    ("user_name", &["username", "login", "loginname", "signinname", "samaccountname", "userprincipalname", "upn", "userid"]),
    ("given_name", &["givenname", "firstname", "forename"]),
    ("family_name", &["familyname", "lastname", "surname", "sn"]),
    ("email", &["email", "emailaddress", "mail", "workemail"]),
    ("department", &["department", "dept", "departmentname", "orgunit", "division"]),
    ("title", &["title", "jobtitle", "position", "job"]),
    ("manager_id", &["managerid", "manager", "manageremployeeid", "managernumber", "supervisorid", "reportsto"]),
    ("start_date", &["startdate", "starton", "hiredate", "entrydate", "firstday"]),
    ("end_date", &["enddate", "endon", "terminationdate", "leavedate", "lastday"]),
    ("time_zone", &["timezone", "tz"]),
    ("display_name", &["displayname", "fullname", "name"]),
];

/// The mapping, fitted to a file of which `columns` yields the header for a delimiter. Only what
/// the file does not have is changed, and only to a column whose name says the same; what remains
/// missing stays, so that nobody's attribute is emptied because a column was renamed.
fn fitted(mut mapping: Mapping, columns: impl Fn(char) -> Vec<String>) -> Mapping {
    let mut header = columns(mapping.delimiter);
    if header.len() < 2 {
        for delimiter in DELIMITERS {
            let other = columns(delimiter);
            if other.len() > header.len() {
                header = other;
                mapping.delimiter = delimiter;
            }
        }
    }
    for (attribute, names) in NAMES {
        let (set, optional) = match attribute {
            "employee_id" => (Some(&mut mapping.employee_id), None),
            "user_name" => (Some(&mut mapping.user_name), None),
            "given_name" => (Some(&mut mapping.given_name), None),
            "family_name" => (Some(&mut mapping.family_name), None),
            "email" => (Some(&mut mapping.email), None),
            "department" => (Some(&mut mapping.department), None),
            "title" => (Some(&mut mapping.title), None),
            "manager_id" => (Some(&mut mapping.manager_id), None),
            "start_date" => (Some(&mut mapping.start_date), None),
            "end_date" => (None, Some(&mut mapping.end_date)),
            "time_zone" => (None, Some(&mut mapping.time_zone)),
            _ => (None, Some(&mut mapping.display_name)),
        };
        let there = |name: &str| header.iter().any(|h| h.eq_ignore_ascii_case(name.trim()));
        let found = || names.iter().find_map(|name| header.iter().find(|h| folded(h) == *name)).cloned();
        if let Some(set) = set.filter(|set| !set.trim().is_empty() && !there(set)) {
            if let Some(found) = found() {
                *set = found;
            }
        } else if let Some(set) = optional.filter(|set| set.is_none() && !there(attribute)) {
            *set = found();
        }
    }
    mapping
}

fn folded(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(header: &str) -> Mapping {
        fitted(Mapping::default(), |delimiter| header.split(delimiter).map(str::to_owned).collect())
    }

    #[test]
    fn our_own_format_stays_as_it_is() {
        assert_eq!(
            fit("employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date,end_date"),
            Mapping::default()
        );
    }

    #[test]
    fn the_names_of_other_systems_are_known_and_so_is_the_delimiter() {
        let mapping = fit("Employee Number;Login;First Name;Last Name;E-Mail;Dept;Job Title;Manager;Hire Date;Termination Date;Site");
        assert_eq!(mapping.delimiter, ';');
        assert_eq!(
            (mapping.employee_id.as_str(), mapping.user_name.as_str(), mapping.email.as_str()),
            ("Employee Number", "Login", "E-Mail")
        );
        assert_eq!(
            (mapping.manager_id.as_str(), mapping.end_date.as_deref(), mapping.time_zone),
            ("Manager", Some("Termination Date"), None)
        );
    }

    #[test]
    fn a_column_that_is_gone_is_not_taken_for_one_that_never_was() {
        assert_eq!(fit("employee_id,user_name").department, "department");
    }
}
