//! What verification says.

use chrono::{DateTime, Utc};
use serde::Serialize;
use tenure_domain::id::EventId;
use tenure_domain::merkle::Hash;

/// Above this faults are counted, and no longer described.
const MOST: usize = 100;

/// One thing that is wrong with the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditFault {
    /// The number in the tree, where it is about one.
    pub leaf: Option<u64>,
    /// The event, where it is about one and its key can be read.
    pub id: Option<EventId>,
    /// The moment of the event or checkpoint, where it can be read.
    pub at: Option<DateTime<Utc>>,
    /// What is wrong, in a sentence.
    pub what: String,
}

/// What verification says of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditVerdict {
    /// How many events there are.
    pub events: u64,
    /// How many of them have a number in the tree.
    pub sealed: u64,
    /// How many of them are not sealed yet.
    pub unsealed: u64,
    /// How many checkpoints there are.
    pub checkpoints: u64,
    /// How often the sealer took numbers back that no checkpoint covered: each tells that another
    /// hand was at the table once. The events `audit.renumbered` say which.
    pub renumbered: u64,
    /// The root over all sealed events, as the newest checkpoint is signed for it.
    pub root: Option<Hash>,
    /// The newest checkpoint: to be kept elsewhere, and given to a later verification.
    pub checkpoint: Option<String>,
    /// What is wrong, the first first: along the tree, then what is not sealed. A hundred at most.
    pub faults: Vec<AuditFault>,
    /// How many faults there are in all.
    pub fault_count: u64,
    /// Nothing was changed, removed or put in between.
    pub sound: bool,
}

impl AuditVerdict {
    pub(super) const fn new() -> Self {
        Self {
            events: 0,
            sealed: 0,
            unsealed: 0,
            checkpoints: 0,
            renumbered: 0,
            root: None,
            checkpoint: None,
            faults: Vec::new(),
            fault_count: 0,
            sound: true,
        }
    }

    pub(super) fn fault(&mut self, fault: AuditFault) {
        self.sound = false;
        self.fault_count += 1;
        if self.faults.len() < MOST {
            self.faults.push(fault);
        }
    }
}
