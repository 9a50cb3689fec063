//! What became of an item.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::manifest::has_words;
use super::{ItemState, Moment, Party};
use crate::id::OperationId;
use crate::merkle::Hash;

/// A transition of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordEvent {
    /// Its number in the record, from 1 and without a gap.
    pub number: u64,
    /// When. Never before the event before it.
    pub at: Moment,
    /// Which item.
    pub item: Uuid,
    /// Where it stands now.
    pub state: ItemState,
    /// What a machine read or was told: with acknowledged and verified.
    pub evidence: Option<String>,
    /// Who vouches: with attested.
    pub by: Option<Party>,
    /// A person's words, or why: with attested, needs-human, pending and superseded.
    pub note: Option<String>,
    /// A file that the person gave: with attested, if there is one.
    pub file: Option<Attachment>,
    /// The operation that did it, if there is one.
    pub operation: Option<OperationId>,
}

/// A file that is kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// The SHA-256 of its content.
    pub sha256: Hash,
}

/// What became of an item, each kind with what it must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is owed again.
    Pending {
        /// Why.
        note: String,
    },
    /// The target said yes.
    Acknowledged {
        /// What it said.
        evidence: String,
    },
    /// It was read back as true.
    Verified {
        /// What was read, from where.
        evidence: String,
    },
    /// A person states that it is done.
    Attested {
        /// Who.
        by: Party,
        /// Their words.
        note: String,
        /// A file to prove it.
        file: Option<Attachment>,
    },
    /// A person has to look.
    NeedsHuman {
        /// Why, in plain words.
        note: String,
    },
    /// It is not owed any more.
    Superseded {
        /// Why.
        note: String,
    },
}

impl Change {
    /// What its item is after it.
    pub const fn state(&self) -> ItemState {
        match self {
            Self::Pending { .. } => ItemState::Pending,
            Self::Acknowledged { .. } => ItemState::Acknowledged,
            Self::Verified { .. } => ItemState::Verified,
            Self::Attested { .. } => ItemState::Attested,
            Self::NeedsHuman { .. } => ItemState::NeedsHuman,
            Self::Superseded { .. } => ItemState::Superseded,
        }
    }

    /// As an event of a record.
    pub(super) fn into_event(self, number: u64, at: Moment, item: Uuid, operation: Option<OperationId>) -> RecordEvent {
        let blank = |state| RecordEvent { number, at, item, state, evidence: None, by: None, note: None, file: None, operation };
        let noted = |state, note| RecordEvent { note: Some(cut(note)), ..blank(state) };
        let proven = |state, evidence| RecordEvent { evidence: Some(cut(evidence)), ..blank(state) };
        match self {
            Self::Pending { note } => noted(ItemState::Pending, note),
            Self::Acknowledged { evidence } => proven(ItemState::Acknowledged, evidence),
            Self::Verified { evidence } => proven(ItemState::Verified, evidence),
            Self::Attested { by, note, file } => RecordEvent { by: Some(by), file, ..noted(ItemState::Attested, note) },
            Self::NeedsHuman { note } => noted(ItemState::NeedsHuman, note),
            Self::Superseded { note } => noted(ItemState::Superseded, note),
        }
    }
}

/// Above this a text from a target is cut.
const LONGEST: usize = 16 << 10;

/// Cuts a text that may come from a target. A refusal would leave an item open that is dead.
fn cut(mut text: String) -> String {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push('…');
    }
    text
}

impl RecordEvent {
    /// What is wrong with what it says, if anything.
    pub(super) fn fault(&self) -> Option<&'static str> {
        use ItemState::{Acknowledged, Attested, Verified};
        let by_machine = matches!(self.state, Acknowledged | Verified);
        let attested = self.state == Attested;
        if by_machine != has_words(self.evidence.as_deref()) || by_machine != self.evidence.is_some() {
            Some("evidence belongs to acknowledged and verified, and only to those")
        } else if by_machine == has_words(self.note.as_deref()) || by_machine == self.note.is_some() {
            Some("a note belongs to pending, attested, needs-human and superseded, and only to those")
        } else if attested != self.by.as_ref().is_some_and(|by| has_words(Some(&by.name))) || attested != self.by.is_some() {
            Some("who vouches belongs to attested, and only to that")
        } else if !attested && self.file.is_some() {
            Some("a file belongs to attested only")
        } else {
            None
        }
    }
}
