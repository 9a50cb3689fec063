//! The two engines behind one door.

#[macro_use]
mod macros;
mod bulk;
mod copy;
mod dialect;
mod error;
mod locks;
mod log;
mod migrate;
mod open;
mod owed;
mod together;
mod tx;
mod undeclared;

pub(crate) use bulk::{BulkInsert, FEW};
pub(crate) use dialect::{Dialect, Language, LockRows, RowLock, Within};
pub use error::StoreError;
pub(crate) use open::Pools;
pub use open::{Doctor, Engine, Opening, Store, address_without_secret};
pub(crate) use owed::Change;
pub(crate) use tx::{Conn, SqliteTx};
pub use tx::{EventMac, ReadTx, Tx, WriteTx};

/// A text that somebody looks for, as it can be asked for on both engines: PostgreSQL takes no NUL,
/// and nothing is stored with one.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "")
}
