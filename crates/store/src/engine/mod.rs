//! The two engines behind one door.

#[macro_use]
mod macros;
mod dialect;
mod error;
mod locks;
mod migrate;
mod open;
mod tx;

pub(crate) use dialect::{Dialect, Language};
pub use error::StoreError;
pub use open::{Doctor, Engine, Store};
pub(crate) use tx::Conn;
pub use tx::{EventMac, ReadTx, Tx, WriteTx};
