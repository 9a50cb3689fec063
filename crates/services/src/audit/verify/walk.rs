//! The walk along the tree: numbers without a gap, texts that lead to the signed roots.

use tenure_domain::id::EventId;
use tenure_domain::merkle::{Frontier, TreeHead};
use tenure_store::audit::{CheckpointRow, SealedRow};
use tenure_vault::MacKey;

use super::verdict::{AuditFault, AuditVerdict};
use crate::audit::check::{CheckedRow, check_sealed, check_unsealed};
use crate::audit::log::Log;

/// How far the walk has come, and what it has found.
pub(super) struct Walk {
    pub(super) verdict: AuditVerdict,
    log: Log,
    /// How many events the newest checkpoint is of: no number may be higher.
    size: u64,
    /// The checkpoint kept elsewhere that is still to be compared.
    known: Option<TreeHead>,
    /// The tree so far. Where a row is missing it stays behind, until a checkpoint helps it on.
    tree: Frontier,
    /// The number that comes next.
    next: u64,
    /// The newest checkpoint that was passed.
    passed: u64,
    /// The row before.
    before: Option<(u64, Option<EventId>)>,
    /// Since the newest checkpoint that was passed: the first row that stands behind a later one.
    disordered: Option<u64>,
}

impl Walk {
    pub(super) fn new(log: Log, size: u64) -> Self {
        Self {
            verdict: AuditVerdict::new(),
            log,
            size,
            known: None,
            tree: Frontier::new(),
            next: 0,
            passed: 0,
            before: None,
            disordered: None,
        }
    }

    /// Has the tree compared with a checkpoint that was kept elsewhere.
    pub(super) fn compare_with(&mut self, known: &str) {
        match self.log.open(known) {
            Ok(head) if head.size > self.size => self.fault(format!(
                "the log was cut short: the checkpoint given is of {} events, but only {} are sealed; number {} is the first that is missing",
                head.size, self.size, self.size
            )),
            Ok(head) => self.known = Some(head),
            Err(error) => self.fault(format!("the checkpoint given is not one of this log ({}): {error}", self.log.origin)),
        }
    }

    /// Judges a piece of the rows that have a number, and the checkpoints that end in it.
    pub(super) fn sealed(&mut self, rows: &[SealedRow], checkpoints: &[CheckpointRow], mac: &MacKey) {
        let mut checkpoints = checkpoints.iter().peekable();
        for row in rows {
            let row = check_sealed(row, mac);
            self.verdict.sealed += 1;
            self.verdict.events += 1;
            self.verdict.renumbered += u64::from(row.renumbered);
            let leaf = row.leaf.and_then(|leaf| u64::try_from(leaf).ok());
            let Some(leaf) = leaf else {
                self.row_fault(&row, format!("its number {} is none that a tree has", row.leaf.unwrap_or_default()));
                continue;
            };
            self.gap(leaf, row.id);
            while let Some(checkpoint) = checkpoints.next_if(|c| u64::try_from(c.tree_size).is_ok_and(|size| size <= leaf)) {
                self.checkpoint(checkpoint);
            }
            self.row(leaf, &row);
        }
        for checkpoint in checkpoints {
            self.checkpoint(checkpoint);
        }
    }

    fn row(&mut self, leaf: u64, row: &CheckedRow) {
        if let Some(fault) = &row.fault {
            self.row_fault(row, fault.clone());
        }
        if leaf >= self.size {
            let size = self.size;
            self.row_fault(row, format!("number {leaf} was never given, the newest checkpoint is of {size} events: the row was put in by another hand, or a checkpoint was removed"));
            return;
        }
        if leaf < self.next {
            self.row_fault(row, format!("number {leaf} is there twice: {} has it, too", named(self.before)));
            return;
        }
        self.next = leaf + 1;
        if self.disordered.is_none() && self.before.is_some_and(|(before, id)| before >= self.passed && id > row.id) {
            self.disordered = Some(leaf);
        }
        self.before = Some((leaf, row.id));
        self.compare();
        if let Some(node) = row.node.filter(|_| self.tree.size() == leaf) {
            self.tree.append(node);
        }
    }

    /// Numbers that no row has, before the row with the number `to`.
    fn gap(&mut self, to: u64, id: Option<EventId>) {
        let end = to.min(self.size);
        if end <= self.next {
            return;
        }
        let (first, last) = (self.next, end - 1);
        let what = if first == last {
            format!("number {first} is missing: its event was removed, or lost the number")
        } else {
            format!("numbers {first} to {last} are missing: their {} events were removed, or lost the numbers", end - first)
        };
        let place = match (self.before, to < u64::MAX) {
            (None, true) => format!("before {}", named(Some((to, id)))),
            (None, false) => "the log is empty".to_owned(),
            (before, true) => format!("between {} and {}", named(before), named(Some((to, id)))),
            (before, false) => format!("after {}, at the end", named(before)),
        };
        self.verdict.fault(AuditFault { leaf: Some(first), id: None, at: None, what: format!("{what}, {place}") });
        self.next = end;
    }

    /// After the last row: what is missing at the end.
    pub(super) fn end_of_rows(&mut self) {
        self.gap(u64::MAX, None);
    }

    /// Judges a checkpoint when all its rows were seen.
    pub(super) fn checkpoint(&mut self, row: &CheckpointRow) {
        self.compare();
        self.verdict.checkpoints += 1;
        let name = format!("the checkpoint of {} events", row.tree_size);
        let at = row.at.as_ref().ok().copied();
        let (signed, faults) = self.log.examine(row);
        for fault in faults {
            self.verdict.fault(AuditFault { leaf: None, id: None, at, what: format!("{name} was changed: {fault}") });
        }
        let Some(signed) = signed else { return };
        let ours = self.tree.head();
        let complete = ours.size == signed.head.size;
        if complete && ours.root != signed.head.root {
            let (passed, last) = (self.passed, signed.head.size.saturating_sub(1));
            let order =
                self.disordered.map(|leaf| format!("; number {leaf} is the first that stands in another order")).unwrap_or_default();
            let what = format!(
                "{name} is signed for another root: the events of numbers {passed} to {last} are not those that were sealed{order}"
            );
            self.verdict.fault(AuditFault { leaf: None, id: None, at, what });
        }
        // From here on the log is judged anew, so that one fault does not hide the next.
        if let Some(frontier) = signed.frontier.filter(|f| f.size() >= ours.size) {
            self.tree = frontier;
        }
        self.compare();
        self.passed = signed.head.size;
        self.disordered = None;
        self.verdict.root = Some(signed.head.root);
        self.verdict.checkpoint = row.note.as_ref().ok().cloned();
    }

    /// Compares the tree with the checkpoint that was kept elsewhere, when it has come so far.
    fn compare(&mut self) {
        let Some(known) = self.known.filter(|known| known.size == self.tree.size()) else { return };
        self.known = None;
        if self.tree.root() != known.root {
            self.fault(format!("the log does not continue the checkpoint given: among its first {} events something was changed, removed or put in between", known.size));
        }
    }

    /// After the last checkpoint: what could not be compared.
    pub(super) fn end_of_tree(&mut self) {
        self.compare();
        if let Some(known) = self.known.take() {
            self.fault(format!(
                "whether the log continues the checkpoint given, of {} events, cannot be said: events before it are missing",
                known.size
            ));
        }
    }

    /// Judges a piece of the rows that have no number yet.
    pub(super) fn unsealed(&mut self, rows: &[SealedRow], mac: &MacKey) {
        for row in rows {
            let row = check_unsealed(row, mac);
            self.verdict.unsealed += 1;
            self.verdict.events += 1;
            if let Some(fault) = &row.fault {
                self.row_fault(&row, format!("not sealed yet: {fault}"));
            }
        }
    }

    pub(super) fn fault(&mut self, what: String) {
        self.verdict.fault(AuditFault { leaf: None, id: None, at: None, what });
    }

    fn row_fault(&mut self, row: &CheckedRow, what: String) {
        let leaf = row.leaf.and_then(|leaf| u64::try_from(leaf).ok());
        self.verdict.fault(AuditFault { leaf, id: row.id, at: row.at, what });
    }
}

/// A row for people.
fn named(row: Option<(u64, Option<EventId>)>) -> String {
    match row {
        None => "no event".to_owned(),
        Some((leaf, None)) => format!("the event of number {leaf}"),
        Some((leaf, Some(id))) => format!("event {id} (number {leaf})"),
    }
}
