//! How many items stand where.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ItemState;

/// How many items stand where. Attested ones are counted apart from verified ones, always.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Read back as true.
    pub verified: u64,
    /// A person's word.
    pub attested: u64,
    /// No longer owed.
    pub superseded: u64,
    /// Still owed.
    pub open: u64,
}

impl Tally {
    /// Counts states.
    pub fn of(states: impl IntoIterator<Item = ItemState>) -> Self {
        let mut tally = Self::default();
        for state in states {
            match state {
                ItemState::Verified => tally.verified += 1,
                ItemState::Attested => tally.attested += 1,
                ItemState::Superseded => tally.superseded += 1,
                ItemState::Pending | ItemState::Acknowledged | ItemState::NeedsHuman => tally.open += 1,
            }
        }
        tally
    }

    /// Whether nothing is owed any more.
    #[must_use]
    pub const fn is_complete(self) -> bool {
        self.open == 0
    }
}

/// The two lines of the signed note: `complete` or `open`, and the counts.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { verified, attested, superseded, open } = self;
        let word = if self.is_complete() { "complete" } else { "open" };
        write!(f, "{word}\nverified {verified} attested {attested} superseded {superseded} open {open}")
    }
}
