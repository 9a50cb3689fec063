//! What is owed to targets, and how it is done: claimed, attempted, read back, settled. Between the
//! three steps nothing is kept but the row, so that whoever works on it may die at any moment.

mod about;
mod attempt;
mod attest;
mod claim;
mod plan;
mod progress;
mod proof_file;
mod retry;
mod settle;
mod show;
mod word;

pub use attempt::{Attempted, attempt};
pub use attest::{Attestation, MAX_FILE, NewFile, attest_operation, attest_task};
pub use claim::{Job, claim_operations, targets_due};
pub use progress::{TargetProgress, list_progress};
pub use retry::retry_operation;
pub(crate) use settle::event;
pub use settle::settle_operation;
pub use show::show_operation;
pub(crate) use word::{Word, settle_by_word};
