//! Targets, the accounts that are seen there, and who works on what they are owed.

mod accounts;
mod claim;
mod provision;
mod settle;
mod target;

pub use accounts::{AccountFilter, AccountView, Drift, Drifted, SeenAccount};
pub use claim::{Claim, Claimed};
pub use provision::PlannedAccount;
pub use settle::Settlement;
pub use target::{TargetRow, TargetStanding};
