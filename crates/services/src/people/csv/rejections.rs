//! Rows that cannot be taken, as many as anybody will read.

use std::collections::HashMap;

use tenure_domain::people::RejectedRow;

/// How many rejected rows, and how many warnings, are kept; of more there is a count.
pub const MAX_KEPT: usize = 1_000;

/// Collects rejected rows while a file is read.
#[derive(Default)]
pub(super) struct Rejections {
    kept: Vec<RejectedRow>,
    count: u64,
    /// The keys of all of them, and the line of the first row with each.
    keys: HashMap<String, u64>,
}

impl Rejections {
    pub(super) fn push(&mut self, row: RejectedRow) {
        self.count += 1;
        if let Some(key) = &row.employee_id {
            self.keys.entry(key.clone()).or_insert(row.line);
        }
        if self.kept.len() < MAX_KEPT {
            self.kept.push(row);
        }
    }

    /// The line of the first rejected row with this key.
    pub(super) fn line_of(&self, key: &str) -> Option<u64> {
        self.keys.get(key).copied()
    }

    /// The first ones in the order of the file, and how many more there are. `later` were found
    /// after reading, in any order.
    ///
    /// When there are more, one row at the end says so. It has no key, as if its own could not be
    /// read: of the people behind it nobody is known, so that nobody may leave by this file.
    pub(super) fn finish(mut self, later: impl IntoIterator<Item = RejectedRow>) -> (Vec<RejectedRow>, u64) {
        for row in later {
            self.count += 1;
            self.kept.push(row);
        }
        self.kept.sort_by_key(|row| row.line);
        self.kept.truncate(MAX_KEPT);
        let more = self.count - self.kept.len() as u64;
        if more > 0 {
            self.kept.push(more_row(&self.kept, more, "rejected rows; correct the source, then send the file again"));
        }
        (self.kept, more)
    }
}

/// The first warnings in the order of the file, and a last one that counts the others.
pub(super) fn warnings(mut all: Vec<RejectedRow>) -> Vec<RejectedRow> {
    all.sort_by_key(|row| row.line);
    let more = all.len().saturating_sub(MAX_KEPT) as u64;
    all.truncate(MAX_KEPT);
    if more > 0 {
        all.push(more_row(&all, more, "warnings"));
    }
    all
}

fn more_row(kept: &[RejectedRow], more: u64, what: &str) -> RejectedRow {
    RejectedRow {
        line: kept.last().map_or(1, |row| row.line), field: None, reason: format!("… and {more} more {what}"), employee_id: None
    }
}
