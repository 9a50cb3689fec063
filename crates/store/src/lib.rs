//! All SQL, for SQLite and PostgreSQL. A query's text is written once; `on_both!` gives it to the
//! engine at hand. Reads are methods of [`Tx`], changes are methods of [`WriteTx`] and need the
//! proof of a check; a change is committed with its audit events or not at all.

#[macro_use]
mod engine;

pub mod access;
pub mod accounts;
pub mod attempts;
pub mod audit;
pub mod credentials;
pub mod ended;
pub mod endings;
pub mod factors;
pub mod hand_overs;
pub mod idempotency;
pub mod identities;
pub mod imports;
pub mod mails;
pub mod operations;
pub mod page;
pub mod private;
pub mod readings;
pub mod records;
pub mod restores;
pub mod reviews;
pub mod scim;
pub mod sign_in;
pub mod signals;
pub mod ssh;
pub mod stats;
pub mod targets;
pub mod tasks;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod views;

pub use engine::{Doctor, Engine, EventMac, Opening, ReadTx, Store, StoreError, Tx, WriteTx, address_without_secret};
pub use page::{Cursor, Direction, Page, PageRequest};
