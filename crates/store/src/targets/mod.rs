//! Targets, the accounts that are seen there, and who works on what they are owed.

mod accounts;
mod claim;
mod settle;
mod target;

pub use accounts::{AccountFilter, AccountView, SeenAccount};
pub use claim::{Claim, Claimed};
pub use settle::Settlement;
pub use target::{TargetRow, TargetStanding};
