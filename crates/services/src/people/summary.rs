//! The outcome of an import, as JSON says it.

use serde::{Deserialize, Serialize};
use tenure_domain::people::{Change, PeoplePlan, RejectedRow};

/// Counts of one import. `joiners` has the rehires counted in: a rehire is a joiner with a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct PeopleSummary {
    /// Rows that were taken.
    pub people: usize,
    /// New here, or back again.
    pub joiners: usize,
    /// Those with a changed mover attribute.
    pub movers: usize,
    /// Those who ended.
    pub leavers: usize,
    /// Those of the joiners who were here before.
    pub rehires: usize,
    /// Those with another change.
    pub changed: usize,
    /// Those without one.
    pub unchanged: usize,
    /// Rows that were not taken.
    pub rejected: Vec<RejectedRow>,
    /// Rows that were taken but that somebody should look at.
    pub warnings: Vec<RejectedRow>,
    /// Whether it was only a preview.
    pub dry_run: bool,
    /// The plan's hash.
    pub plan: String,
}

impl PeopleSummary {
    pub(crate) fn of(plan: &PeoplePlan, dry_run: bool) -> Self {
        let rehires = plan.count(Change::Rehire);
        Self {
            people: plan.people,
            joiners: plan.count(Change::Joiner) + rehires,
            movers: plan.count(Change::Mover),
            leavers: plan.count(Change::Leaver),
            rehires,
            changed: plan.count(Change::Changed),
            unchanged: plan.unchanged,
            rejected: plan.rejected.clone(),
            warnings: plan.warnings.clone(),
            dry_run,
            plan: plan.hash(),
        }
    }
}
