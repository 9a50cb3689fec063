//! The audit log in the database: appending, sealing, reading.

mod append;
mod list;
mod read;
mod row;
mod seal;

pub(crate) use append::append;
pub use list::{AuditFilter, AuditRow};
pub use read::UnsealedFrom;
pub use row::{CheckpointRow, Column, SealedBody, SealedRow};
pub use seal::NewCheckpoint;
