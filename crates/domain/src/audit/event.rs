//! One event: who did what to what, when, by which way, and what it was before and after.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::access::{Channel, Principal, TargetName};
use crate::id::{EventId, IdentityId};

text_enum! {
    /// Streams keep events of different subjects apart.
    pub enum Stream {
        /// Identities: joiners, movers, leavers, attributes.
        Identity = "identity", "identity";
        /// Credentials: issue, use, end.
        Credential = "credential", "credential";
        /// Roles, rules, assignments, grants.
        Access = "access", "access";
        /// Reviews.
        Review = "review", "review";
        /// Sign-in, configuration, imports as a whole.
        System = "system", "system";
    }
}

text_enum! {
    /// How it ended.
    pub enum Outcome {
        /// It was done.
        Done = "done", "done";
        /// It was refused.
        Refused = "refused", "refused";
    }
}

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// person, token, local-operator, system, anonymous.
    pub kind: String,
    /// The identity, if one acted.
    pub identity_id: Option<IdentityId>,
    /// Name for people.
    pub label: String,
}

impl From<&Principal> for Actor {
    fn from(who: &Principal) -> Self {
        Self { kind: who.kind_word().to_owned(), identity_id: who.identity_id(), label: who.label.clone() }
    }
}

/// What of an event is sealed. Its JSON text is what the tree's leaf is made of: kept and exported
/// byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventBody {
    /// Its key.
    pub id: EventId,
    /// When.
    pub at: DateTime<Utc>,
    /// Which stream.
    pub stream: Stream,
    /// What was done: `identity.ended`.
    pub action: String,
    /// Who did it.
    pub actor: Actor,
    /// By which way.
    pub channel: Channel,
    /// What belongs together.
    pub request_id: String,
    /// What it was done to.
    pub target_kind: String,
    /// Its key.
    pub target_id: String,
    /// Its name for people, at the time.
    pub target_label: String,
    /// The identity it concerns.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub identity_id: Option<IdentityId>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, if somebody said so.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub reason: String,
    /// What it was before.
    #[serde(skip_serializing_if = "Value::is_null", default)]
    pub before: Value,
    /// What it is after.
    #[serde(skip_serializing_if = "Value::is_null", default)]
    pub after: Value,
}

/// An event on its way to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent(pub EventBody);

impl AuditEvent {
    /// Names what it was done to.
    pub fn target<T: TargetName>(mut self, target: &T, label: impl Into<String>) -> Self {
        self.0.target_kind = target.kind().to_owned();
        self.0.target_id = target.key();
        self.0.target_label = label.into();
        self
    }

    /// Names the identity it concerns.
    pub fn about(mut self, identity_id: IdentityId) -> Self {
        self.0.identity_id = Some(identity_id);
        self
    }

    /// Says why.
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.0.reason = reason.into();
        self
    }

    /// What it was before.
    pub fn before(mut self, value: Value) -> Self {
        self.0.before = value;
        self
    }

    /// What it is after.
    pub fn after(mut self, value: Value) -> Self {
        self.0.after = value;
        self
    }

    /// It was refused.
    pub fn refused(mut self) -> Self {
        self.0.outcome = Outcome::Refused;
        self
    }
}

/// At least one event: what a transaction takes to commit.
#[derive(Debug, Clone)]
pub struct Events {
    first: AuditEvent,
    more: Vec<AuditEvent>,
}

impl Events {
    /// Starts with one.
    pub fn one(first: AuditEvent) -> Self {
        Self { first, more: Vec::new() }
    }

    /// All of these, if there is one.
    pub fn all(events: impl IntoIterator<Item = AuditEvent>) -> Option<Self> {
        let mut events = events.into_iter();
        Some(Self { first: events.next()?, more: events.collect() })
    }

    /// Adds another.
    pub fn push(&mut self, event: AuditEvent) {
        self.more.push(event);
    }

    /// Adds others.
    pub fn extend(&mut self, events: impl IntoIterator<Item = AuditEvent>) {
        self.more.extend(events);
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = &AuditEvent> {
        std::iter::once(&self.first).chain(&self.more)
    }
}

impl From<AuditEvent> for Events {
    fn from(event: AuditEvent) -> Self {
        Self::one(event)
    }
}
