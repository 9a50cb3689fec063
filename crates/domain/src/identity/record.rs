//! The identity as it is recorded.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{IdentityKind, LifecycleState};
use crate::fold::{fold, search_fold};
use crate::id::{IdentityId, SourceId};
use crate::rule::{Attributes, Value};

/// An attribute beyond the standard ones, with where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Its value, as text.
    pub value: String,
    /// The name of the source, or `portal` when a person typed it.
    pub source: String,
}

/// An identity: the durable record of a governed subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Identity {
    /// Its key.
    pub id: IdentityId,
    /// Person, or one of the non-human kinds.
    pub kind: IdentityKind,
    /// Where it stands in its life.
    pub state: LifecycleState,
    /// Unique among identities that are not archived, whatever its case.
    pub user_name: String,
    /// Its key in the source, for instance an employee number.
    pub employee_id: Option<String>,
    /// The source that owns its standard attributes.
    pub source_id: Option<SourceId>,
    /// The name that people read.
    pub display_name: String,
    /// Given name; empty for a non-human identity.
    pub given_name: String,
    /// Family name; empty for a non-human identity.
    pub family_name: String,
    /// Mail address, may be empty.
    pub email: String,
    /// Department, may be empty.
    pub department: String,
    /// Job title, may be empty.
    pub title: String,
    /// What a non-human identity is for.
    pub purpose: String,
    /// The person it reports to.
    pub manager_id: Option<IdentityId>,
    /// Who answers for a non-human identity.
    pub owner_id: Option<IdentityId>,
    /// The main identity of which this is a persona (for instance an administrator's second one).
    pub persona_of: Option<IdentityId>,
    /// IANA name of its time zone: its days begin there.
    pub time_zone: String,
    /// First day.
    pub start_on: Option<NaiveDate>,
    /// Last day, after which it ends.
    pub end_on: Option<NaiveDate>,
    /// Whether the last snapshot of its source listed it. An identity that was ended here while
    /// its source still lists it is not brought back by the next snapshot.
    pub source_present: bool,
    /// Raised when it ends; a session or token that carries an older one is dead.
    pub epoch: i64,
    /// Attributes beyond the standard ones.
    #[cfg_attr(feature = "sqlx", sqlx(json))]
    pub attributes: BTreeMap<String, Attribute>,
    /// Raised with each change.
    pub version: i64,
    /// When it was first recorded.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

impl Identity {
    /// One that is recorded now and begins at once, of which nothing is said but its names. Its days are those of UTC.
    pub fn new(
        id: IdentityId,
        kind: IdentityKind,
        user_name: impl Into<String>,
        display_name: impl Into<String>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            kind,
            state: LifecycleState::Active,
            user_name: user_name.into(),
            employee_id: None,
            source_id: None,
            display_name: display_name.into(),
            given_name: String::new(),
            family_name: String::new(),
            email: String::new(),
            department: String::new(),
            title: String::new(),
            purpose: String::new(),
            manager_id: None,
            owner_id: None,
            persona_of: None,
            time_zone: "UTC".to_owned(),
            start_on: None,
            end_on: None,
            source_present: true,
            epoch: 0,
            attributes: BTreeMap::new(),
            version: 1,
            created_at: now,
            updated_at: now,
            ended_at: None,
        }
    }

    /// The key by which lists sort names.
    pub fn name_key(&self) -> String {
        fold(&self.display_name)
    }

    /// The words by which search finds it.
    pub fn search_text(&self) -> String {
        let email_user = self.email.split('@').next().unwrap_or_default();
        let employee_id = self.employee_id.as_deref().unwrap_or_default();
        let mut words =
            vec![self.display_name.as_str(), self.user_name.as_str(), employee_id, self.department.as_str(), self.title.as_str()];
        if email_user != self.user_name {
            words.push(email_user);
        }
        search_fold(&words.join(" "))
    }
}

impl Attributes for Identity {
    fn value(&self, name: &str) -> Option<Value<'_>> {
        Some(match name {
            "kind" => Value::Text(self.kind.as_str()),
            "state" => Value::Text(self.state.as_str()),
            "user_name" => Value::Text(&self.user_name),
            "employee_id" => Value::Text(self.employee_id.as_deref()?),
            "display_name" => Value::Text(&self.display_name),
            "given_name" => Value::Text(&self.given_name),
            "family_name" => Value::Text(&self.family_name),
            "department" => Value::Text(&self.department),
            "title" => Value::Text(&self.title),
            "email" => Value::Text(&self.email),
            "time_zone" => Value::Text(&self.time_zone),
            "start_on" => Value::Date(self.start_on?),
            "end_on" => Value::Date(self.end_on?),
            other => Value::Text(&self.attributes.get(other)?.value),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use uuid::Uuid;

    fn nadia() -> Identity {
        let day = |text: &str| text.parse().ok();
        let id = IdentityId::from_uuid(Uuid::nil());
        Identity {
            employee_id: Some("1042".to_owned()),
            given_name: "Nadia".to_owned(),
            family_name: "Varga".to_owned(),
            email: "nadia.varga@example.org".to_owned(),
            department: "cargo".to_owned(),
            time_zone: "Europe/Stockholm".to_owned(),
            start_on: day("2024-02-29"),
            attributes: BTreeMap::from([("city".to_owned(), Attribute { value: "Malmö".to_owned(), source: "hr".to_owned() })]),
            ..Identity::new(id, IdentityKind::Person, "nadia.varga", "Nadia Varga", DateTime::UNIX_EPOCH)
        }
    }

    #[test]
    fn rules_and_mappings_find_its_attributes_by_name() {
        let nadia = nadia();
        for (name, expected) in [
            ("kind", "person"),
            ("state", "active"),
            ("user_name", "nadia.varga"),
            ("employee_id", "1042"),
            ("display_name", "Nadia Varga"),
            ("given_name", "Nadia"),
            ("family_name", "Varga"),
            ("email", "nadia.varga@example.org"),
            ("department", "cargo"),
            ("title", ""),
            ("time_zone", "Europe/Stockholm"),
            ("city", "Malmö"),
        ] {
            assert_eq!(nadia.value(name), Some(Value::Text(expected)), "{name}");
        }
        assert_eq!(nadia.value("start_on"), nadia.start_on.map(Value::Date));
        assert_eq!((nadia.value("end_on"), nadia.value("cost_centre")), (None, None));
    }
}
