//! What is frozen in the transaction that ended the identity.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ItemClass, ItemState, Moment};
use crate::access::Channel;
use crate::id::IdentityId;
use crate::identity::IdentityKind;

/// The format and its version: the first thing that a reader looks at.
pub const FORMAT: &str = "tenure-record-1";

/// The header of the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// The instance of Tenure that ended the identity.
    pub instance: Uuid,
    /// This record.
    pub record: Uuid,
    /// Who ended.
    pub identity: Subject,
    /// The moment of the transaction.
    pub ended_at: Moment,
    /// The last day of employment, where there is one.
    pub last_day: Option<NaiveDate>,
    /// Why.
    pub reason: String,
    /// By which way.
    pub channel: Channel,
    /// Who ended it.
    pub by: Party,
    /// How many items follow.
    pub items: u64,
}

/// The identity as it was when it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Its id.
    pub id: IdentityId,
    /// Its user name.
    pub user_name: String,
    /// Name for people.
    pub display_name: String,
    /// What it is.
    pub kind: IdentityKind,
}

/// Somebody who acts or vouches: an identity, or Tenure, or an operator at the command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// The identity, if it is one.
    pub id: Option<IdentityId>,
    /// Name for people.
    pub name: String,
}

/// One thing that could act in the identity's name, or must get another owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its id, unique in the record.
    pub id: Uuid,
    /// What it is.
    pub class: ItemClass,
    /// The application on which it is, or `Tenure`.
    pub target: String,
    /// It, in words: `token "ci" (tnr_…a7)`.
    pub subject: String,
    /// What must become true, in words.
    pub must: String,
    /// Whether Tenure can bring that about.
    pub enforceable: bool,
    /// Where it stood when the manifest was frozen: pending, verified (dead in the same transaction), or
    /// needs a human.
    pub state: ItemState,
    /// How a verified one is known to be dead.
    pub evidence: Option<String>,
    /// Why it cannot be enforced, or why a human is needed.
    pub note: Option<String>,
}

impl Item {
    /// What is wrong with how it begins, if anything.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let verified = self.state == ItemState::Verified;
        let explained = self.state == ItemState::NeedsHuman || !self.enforceable;
        if !self.state.may_begin() {
            Some("an item begins as pending, verified or needs-human")
        } else if verified != has_words(self.evidence.as_deref()) || verified != self.evidence.is_some() {
            Some("evidence belongs to an item that was verified in the transaction, and only to that")
        } else if verified && !self.enforceable {
            Some("what Tenure cannot enforce is not dead in the transaction")
        } else if explained != has_words(self.note.as_deref()) || explained != self.note.is_some() {
            Some("a note belongs to an item that Tenure cannot enforce or that needs a human, and only to that")
        } else {
            None
        }
    }
}

/// Whether there is more than white space.
pub(super) fn has_words(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim_ascii().is_empty())
}
