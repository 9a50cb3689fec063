//! The offboarding record: the frozen manifest of a leaver with each item's proof, as a document that
//! can be verified elsewhere. `docs/record-format/README.md` says its bytes.
//!
//! | to | use |
//! |---|---|
//! | freeze it, in the transaction of the ending | [`Record::freeze`] |
//! | say what became of an item | [`Record::after`] with a [`Change`] |
//! | know what is open | [`Record::tally`], [`Record::state_of`] |
//! | write and read the file | [`RecordFile`], [`LooseFile`] |
//!
//! What is signed, and with what, is the vault's.

mod canonical;
mod event;
mod fault;
mod file;
mod leaf;
mod manifest;
mod moment;
mod rules;
mod tally;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod words;

pub use canonical::{NotCanonical, canonical};
pub use event::{Attachment, Change, RecordEvent};
pub use fault::{Fault, Place};
pub use file::{LARGEST, LooseFile, RecordFile};
pub use manifest::{FORMAT, Item, Manifest, Party, Subject};
pub use moment::{Moment, MomentError};
pub use rules::Record;
pub use tally::Tally;
pub use words::{ItemClass, ItemState};
