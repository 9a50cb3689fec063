//! Offboarding records: what could act in the name of whoever ended, and the proof of each end.

mod freeze;
mod list;
mod show;
mod watch;
mod why;

pub(crate) use freeze::freeze;
pub use list::list_records;
pub use show::{ShownRecord, record_of, show_record};
pub use watch::{Standing, WatchedRecord, watch_record};
pub use why::Waits;
