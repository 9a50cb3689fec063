//! The two engines behind one door.

#[macro_use]
mod macros;
mod dialect;
mod error;
mod migrate;
mod open;
mod private;
mod tx;

pub(crate) use dialect::{Dialect, Language};
pub use error::StoreError;
pub use open::{Doctor, Engine, Opening, Store, address_without_secret};
pub(crate) use tx::Conn;
pub use tx::{EventMac, ReadTx, Tx, WriteTx};
