//! What happens by itself, on time. Level-triggered: whatever is due is done, however late.

mod run_due;

pub(crate) use run_due::local_day;
pub use run_due::{DueReport, run_due};
