//! What verification says of an export.

use serde::Serialize;
use tenure_domain::merkle::Hash;
use tenure_vault::{Origin, PublicKey};

use crate::audit::export::format::Header;

/// Above this faults are counted, and no longer described.
const MOST: usize = 100;

/// One thing that is wrong with an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportFault {
    /// The line in the file, from 1.
    pub line: u64,
    /// The number in the tree, where it is about one.
    pub leaf: Option<u64>,
    /// What is wrong, in a sentence.
    pub what: String,
}

/// What verification says of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportVerdict {
    /// Whose log it is, as the file says and the signature covers.
    pub origin: Origin,
    /// The key with which the checkpoint was checked.
    pub key: PublicKey,
    /// Whether that key was given. If not it is the one in the file, and who made the file is
    /// unproven.
    pub key_given: bool,
    /// How many events the log has.
    pub size: u64,
    /// The root over them.
    pub root: Option<Hash>,
    /// The first number that the file says it has.
    pub from: u64,
    /// The number after the last that the file says it has.
    pub to: u64,
    /// Whether that is the whole log.
    pub whole: bool,
    /// How many events are in the file.
    pub events: u64,
    /// What is wrong, in the order of the file. A hundred at most.
    pub faults: Vec<ExportFault>,
    /// How many faults there are in all.
    pub fault_count: u64,
    /// Nothing was changed, removed or put in between.
    pub sound: bool,
}

impl ExportVerdict {
    pub(super) fn new(header: &Header, key: Option<PublicKey>) -> Self {
        Self {
            origin: header.origin.clone(),
            key: key.unwrap_or(header.public_key),
            key_given: key.is_some(),
            size: 0,
            root: None,
            from: header.from,
            to: header.to,
            whole: false,
            events: 0,
            faults: Vec::new(),
            fault_count: 0,
            sound: true,
        }
    }

    pub(super) fn fault(&mut self, line: u64, leaf: Option<u64>, what: String) {
        self.sound = false;
        self.fault_count += 1;
        if self.faults.len() < MOST {
            self.faults.push(ExportFault { line, leaf, what });
        }
    }
}
