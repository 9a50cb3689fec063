//! The audit log in the database: appending, sealing, reading.

mod append;
mod list;
mod seal;

pub(crate) use append::append;
pub use list::{AuditFilter, AuditRow};
pub use seal::{CheckpointRow, SealedRow};
