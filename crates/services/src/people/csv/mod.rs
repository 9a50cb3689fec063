//! Reading of CSV files from elsewhere: bounded in memory, checked to the last byte, and every
//! fault told with its line, its reason and what to do.
//!
//! A guard between the file and the `csv` crate knows where records end. It
//! checks the encoding, holds the limits and refuses broken quoting, which the crate would read
//! in some way or other. [`CsvFile`] gives records one by one; each kind of file has its own
//! module on top.
//!
//! A fault of the file is an `Err`: nothing of it is taken. A fault of one row rejects that row.

mod chunks;
mod credentials;
mod cycles;
mod encoding;
mod file;
mod guard;
mod header;
mod memberships;
mod people;
mod rejections;
mod value;
mod whole;

#[cfg(test)]
mod tests;

use crate::text as cell;

pub use credentials::{CredentialRow, CredentialSnapshot, read_credentials};
pub use cycles::manager_cycles;
pub use file::{CsvFile, Row};
pub use header::Column;
pub use memberships::{MembershipRow, MembershipSnapshot, read_memberships};
pub use people::read_people;
pub use rejections::MAX_KEPT;

/// The most rows of a file.
pub const MAX_ROWS: u64 = 2_000_000;
/// The most bytes of one record.
pub const MAX_RECORD_BYTES: usize = 1 << 20;
/// The most bytes of a file.
pub const MAX_FILE_BYTES: u64 = 1 << 30;
/// The most columns of a file.
pub const MAX_COLUMNS: usize = 1_000;
