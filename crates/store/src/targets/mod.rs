//! Targets, the accounts that are seen there, and who works on what they are owed.

/// The text that reads an [`Account`](tenure_domain::target::Account), up to a condition.
macro_rules! select_accounts {
    ($which:literal) => {
        concat!("SELECT id, application_id, identity_id, key, name, state, created_at, seen_at, last_used_at FROM accounts WHERE ", $which)
    };
}

mod accounts;
mod claim;
mod provision;
mod settle;
mod target;

pub use accounts::{
    Accepted, AcceptedDrift, AccountFilter, AccountView, Differences, Drift, Drifted, RecordedAccount, SeenAccount, apart, same_values,
};
pub use claim::{Claim, Claimed};
pub use provision::PlannedAccount;
pub use settle::Settlement;
pub use target::{Reach, TargetRow, TargetStanding};
