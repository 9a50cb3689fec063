//! An account as it is told, by itself or among all.

use std::collections::BTreeMap;

use serde_json::Value;
use tenure_scim::ResourceType;
use tenure_scim::filter::{Compiled, PatchPath};
use tenure_scim::schema::{Attribute, ENTERPRISE_USER, Resolved, Returned};

use super::wire::id;
use crate::{AccountRef, FoundAccount};

/// What is told of every account, as far as it is there: what may tell whose it is.
const ALWAYS: [&str; 10] = [
    "userName",
    "externalId",
    "displayName",
    "title",
    "userType",
    "name.givenName",
    "name.familyName",
    "name.formatted",
    "emails",
    "phoneNumbers",
];
const ALWAYS_OF_ENTERPRISE: [&str; 5] = ["employeeNumber", "department", "costCenter", "organization", "division"];

/// Which attributes of an account are told, by the paths by which a draft sets them.
pub(super) struct Told(Vec<Place>);

/// Where the values of one path are.
struct Place {
    /// As it was asked for.
    name: String,
    extension: Option<&'static str>,
    attribute: &'static Attribute,
    filter: Option<Compiled>,
    sub: Option<&'static str>,
}

impl Told {
    /// What is always told, and what is wanted. What is no path of a user, and what is never told, is left out.
    pub(super) fn new(wanted: &[String]) -> Self {
        let enterprise = ALWAYS_OF_ENTERPRISE.iter().map(|name| format!("{ENTERPRISE_USER}:{name}"));
        let names = ALWAYS.iter().map(|name| (*name).to_owned()).chain(enterprise).chain(wanted.iter().cloned());
        let mut places: Vec<Place> = Vec::new();
        for name in names {
            if !places.iter().any(|place| place.name == name) {
                places.extend(place(name));
            }
        }
        Self(places)
    }

    pub(super) fn account(&self, user: &Value) -> FoundAccount {
        let name = user.get("userName").and_then(Value::as_str).unwrap_or_default().to_owned();
        let account = AccountRef { key: id(user).to_owned(), name };
        let enabled = user.get("active") != Some(&Value::Bool(false));
        let attributes: BTreeMap<String, Vec<String>> = self.0.iter().map(|place| (place.name.clone(), place.values(user))).collect();
        let attributes = attributes.into_iter().filter(|(_, values)| !values.is_empty()).collect();
        FoundAccount { account, enabled, attributes, last_used_at: None }
    }
}

fn place(name: String) -> Option<Place> {
    let of = ResourceType::users();
    let path: PatchPath = name.parse().ok()?;
    let Some(Resolved::Attribute { extension, attribute, sub }) = of.resolve(&path.attr) else { return None };
    let is_secret = |attribute: &Attribute| attribute.returned == Returned::Never || attribute.name.to_lowercase().ends_with("password");
    if is_secret(attribute) || sub.is_some_and(is_secret) {
        return None;
    }
    let filter = match &path.filter {
        Some(filter) => Some(filter.compile_values(attribute).ok()?),
        None => None,
    };
    Some(Place { name, extension, attribute, filter, sub: sub.map(|sub| sub.name.as_str()) })
}

impl Place {
    fn values(&self, user: &Value) -> Vec<String> {
        let holder = match self.extension {
            Some(urn) => user.get(urn),
            None => Some(user),
        };
        let whole = holder.and_then(|holder| holder.get(&self.attribute.name));
        let each = match whole {
            Some(Value::Array(values)) => values.as_slice(),
            Some(value) => std::slice::from_ref(value),
            None => &[],
        };
        let each = each.iter().filter(|value| self.filter.as_ref().is_none_or(|filter| filter.matches(value)));
        // A value with parts stands for its `value`, as in a draft.
        let leaf = |value: &Value| match value {
            Value::Object(parts) => parts.get(self.sub.unwrap_or("value")).and_then(text),
            simple if self.sub.is_none() => text(simple),
            _ => None,
        };
        each.filter_map(leaf).collect()
    }
}

/// A simple value as a draft writes it.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(wanted: &[&str]) -> BTreeMap<String, Vec<String>> {
        let user = json!({
            "id": "1", "userName": "ana", "active": true, "password": "pw", "title": "",
            "name": { "familyName": "Bo", "honorificPrefix": "Dr" },
            "emails": [{ "value": "h@x", "type": "home" }, { "value": "w@x", "type": "work", "primary": true }],
            "roles": [{ "value": "a" }, { "value": "b" }],
            ENTERPRISE_USER: { "department": "R", "manager": { "value": "7" } },
        });
        let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        Told::new(&wanted).account(&user).attributes
    }

    #[test]
    fn a_path_of_a_draft_tells_what_the_draft_would_set() {
        let manager = format!("{ENTERPRISE_USER}:manager");
        for (path, values) in [
            ("NAME.familyname", &["Bo"][..]),
            ("name.honorificPrefix", &["Dr"]),
            ("emails[type eq \"work\"].value", &["w@x"]),
            ("emails[type eq \"HOME\"]", &["h@x"]),
            ("emails[primary eq true].type", &["work"]),
            ("emails.value", &["h@x", "w@x"]),
            ("emails", &["h@x", "w@x"]),
            ("roles", &["a", "b"]),
            ("active", &["true"]),
            ("urn:ietf:params:scim:schemas:core:2.0:User:userName", &["ana"]),
            (&manager, &["7"]),
        ] {
            assert_eq!(
                told(&[path]).get(path).map(Vec::as_slice),
                Some(values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>().as_slice()),
                "{path}"
            );
        }
    }

    #[test]
    fn what_is_absent_secret_or_no_path_is_left_out() {
        let usual = told(&[]);
        assert_eq!(usual["name.familyName"], ["Bo"]);
        assert!(!usual.contains_key("title"));
        for path in ["password", "PassWord", "nickName", "emails[type eq \"other\"].value", "nothing", "name", "x[", "", ENTERPRISE_USER] {
            assert_eq!(told(&[path]), usual, "{path}");
        }
    }
}
