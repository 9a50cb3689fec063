//! From a resource to the columns of an identity, and to what is kept beside them.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde_json::{Value, json};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{Attribute, Identity};
use tenure_domain::people::FieldChange;
use tenure_scim::schema::ENTERPRISE_USER;

use crate::FieldError;
use crate::scim::fault::Fault;
use crate::text::{DEPARTMENT, FREE, KEY, MAIL, NAME, Sort, fits_index, typed};

/// What the identity has columns for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) user_name: String,
    pub(super) external_id: Option<String>,
    pub(super) display_name: String,
    pub(super) given_name: String,
    pub(super) family_name: String,
    pub(super) email: String,
    pub(super) department: String,
    pub(super) title: String,
    pub(super) employee_id: Option<String>,
    /// What was said of a manager; nobody may have that key.
    pub(super) manager: Option<IdentityId>,
    pub(super) time_zone: String,
    pub(super) attributes: BTreeMap<String, String>,
}

/// What further attributes of the identity are called, and where they stand in the resource.
const ATTRIBUTES: [(&str, bool, &str); 6] = [
    ("user_type", false, "userType"),
    ("locale", false, "locale"),
    ("preferred_language", false, "preferredLanguage"),
    ("cost_center", true, "costCenter"),
    ("organization", true, "organization"),
    ("division", true, "division"),
];

/// The longest resource that is kept, in bytes of JSON.
const LONGEST: usize = 64 << 10;

impl Columns {
    /// Reads a resource in its one form. Where it names no time zone that there is, the source's default counts.
    ///
    /// # Errors
    /// `invalidValue` naming the attribute.
    pub(super) fn read(resource: &Value, default_zone: &str) -> Result<Self, Fault> {
        let mut faults = Vec::new();
        let enterprise = &resource[ENTERPRISE_USER];
        let mut text = |name: &'static str, value: &Value, sort: &Sort| typed(name, value.as_str().unwrap_or_default(), sort, &mut faults);
        let name = &resource["name"];
        let user_name = text("userName", &resource["userName"], &KEY);
        let given_name = text("name.givenName", &name["givenName"], &NAME);
        let family_name = text("name.familyName", &name["familyName"], &NAME);
        let formatted = text("name.formatted", &name["formatted"], &NAME);
        let shown = text("displayName", &resource["displayName"], &NAME);
        let both = format!("{given_name} {family_name}").trim().to_owned();
        let display_name = [shown, formatted, both, user_name.clone()].into_iter().find(|n| !n.is_empty()).unwrap_or_default();
        let email = text("emails.value", first_mail(resource), &MAIL);
        let department = text("department", &enterprise["department"], &DEPARTMENT);
        let title = text("title", &resource["title"], &NAME);
        let number = text("employeeNumber", &enterprise["employeeNumber"], &KEY);
        let external_id = resource["externalId"].as_str().filter(|name| !name.is_empty()).map(str::to_owned);
        let mut attributes = BTreeMap::new();
        for (attribute, extended, path) in ATTRIBUTES {
            let value = text(path, &(if extended { enterprise } else { resource })[path], &FREE);
            if !value.is_empty() {
                attributes.insert(attribute.to_owned(), value);
            }
        }
        if faults.is_empty() && (user_name.is_empty() || user_name.chars().count() > 200 || user_name.contains(char::is_whitespace)) {
            faults.push(FieldError::new("userName", "has 1 to 200 characters and no blanks"));
        }
        if let Err(reason) = fits_index(&display_name) {
            faults.push(FieldError::new("displayName", reason));
        }
        let shaped = email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'));
        if !email.is_empty() && (!shaped || email.contains(char::is_whitespace)) {
            faults.push(FieldError::new("emails.value", "a mail address looks like name@example.com"));
        }
        if external_id.as_ref().is_some_and(|name| name.chars().count() > 255 || name.contains('\0')) {
            faults.push(FieldError::new("externalId", "has at most 255 characters, and never U+0000"));
        }
        if let Some(fault) = faults.first() {
            return Err(Fault::invalid(format!("`{}` {}", fault.field, fault.message)));
        }
        let zone = resource["timezone"].as_str().and_then(|zone| zone.parse::<Tz>().ok());
        Ok(Self {
            user_name,
            external_id,
            display_name,
            given_name,
            family_name,
            email,
            department,
            title,
            employee_id: (!number.is_empty()).then_some(number),
            manager: enterprise["manager"]["value"].as_str().and_then(|id| id.parse().ok()),
            time_zone: zone.map_or_else(|| default_zone.to_owned(), |zone| zone.name().to_owned()),
            attributes,
        })
    }

    /// Writes them into an identity. `source` is the name of who says so.
    pub(super) fn write(&self, manager: Option<IdentityId>, source: &str, into: &mut Identity) {
        into.user_name.clone_from(&self.user_name);
        into.display_name.clone_from(&self.display_name);
        into.given_name.clone_from(&self.given_name);
        into.family_name.clone_from(&self.family_name);
        into.email.clone_from(&self.email);
        into.department.clone_from(&self.department);
        into.title.clone_from(&self.title);
        into.employee_id.clone_from(&self.employee_id);
        into.manager_id = manager;
        into.time_zone.clone_from(&self.time_zone);
        into.attributes.retain(|name, _| !ATTRIBUTES.iter().any(|(ours, ..)| ours == name));
        for (name, value) in &self.attributes {
            into.attributes.insert(name.clone(), Attribute { value: value.clone(), source: source.to_owned() });
        }
    }
}

/// The address that counts: the primary one, else that of work, else the first.
fn first_mail(resource: &Value) -> &Value {
    let all = resource["emails"].as_array().map(Vec::as_slice).unwrap_or_default();
    let primary = all.iter().find(|mail| mail["primary"] == json!(true));
    let work = all.iter().find(|mail| mail["type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("work")));
    primary.or(work).or(all.first()).map_or(&Value::Null, |mail| &mail["value"])
}

/// What of a resource is kept beside the columns: all that was written, but what only the server says, what has a
/// place of its own, and never a password.
///
/// # Errors
/// `invalidValue` when it is too long, or has a character that no database keeps.
pub(super) fn kept(resource: &Value) -> Result<Value, Fault> {
    let mut kept = resource.clone();
    if let Some(map) = kept.as_object_mut() {
        for name in ["schemas", "id", "meta", "groups", "userName", "externalId", "password"] {
            map.remove(name);
        }
    }
    if let Some(manager) = kept.get_mut(ENTERPRISE_USER).and_then(|e| e.get_mut("manager")).and_then(Value::as_object_mut) {
        manager.remove("displayName");
        if manager.get("value").and_then(Value::as_str).is_some_and(|id| id.parse::<IdentityId>().is_ok()) {
            manager.remove("$ref");
        }
    }
    let text = kept.to_string();
    if text.len() > LONGEST {
        return Err(Fault::invalid(format!("the resource has {} bytes of JSON; {LONGEST} are taken", text.len())));
    }
    // As JSON writes it; PostgreSQL keeps none.
    if text.contains("\\u0000") {
        return Err(Fault::invalid("the resource holds the character U+0000, which is not taken"));
    }
    Ok(kept)
}

/// What differs between two identities, for the event.
pub(super) fn differences(before: &Identity, after: &Identity) -> Vec<FieldChange> {
    let id = |id: Option<IdentityId>| id.map(|id| id.to_string()).unwrap_or_default();
    let attribute = |i: &Identity, name: &str| i.attributes.get(name).map(|a| a.value.clone()).unwrap_or_default();
    let mut pairs = vec![
        ("user_name", before.user_name.clone(), after.user_name.clone()),
        ("display_name", before.display_name.clone(), after.display_name.clone()),
        ("given_name", before.given_name.clone(), after.given_name.clone()),
        ("family_name", before.family_name.clone(), after.family_name.clone()),
        ("email", before.email.clone(), after.email.clone()),
        ("department", before.department.clone(), after.department.clone()),
        ("title", before.title.clone(), after.title.clone()),
        ("employee_id", before.employee_id.clone().unwrap_or_default(), after.employee_id.clone().unwrap_or_default()),
        ("manager", id(before.manager_id), id(after.manager_id)),
        ("time_zone", before.time_zone.clone(), after.time_zone.clone()),
    ];
    pairs.extend(ATTRIBUTES.iter().map(|(name, ..)| (*name, attribute(before, name), attribute(after, name))));
    let changed = pairs.into_iter().filter(|(_, before, after)| before != after);
    changed.map(|(field, before, after)| FieldChange { field: field.to_owned(), before, after }).collect()
}
