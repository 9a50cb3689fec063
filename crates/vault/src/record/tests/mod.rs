//! The record, signed and verified; the examples; and the second implementation, which must say the same.

mod changes;
mod example;
mod python;
mod signing;

use tenure_domain::merkle::{TreeHead, root};
use tenure_domain::record::{Moment, Record, RecordFile};

use super::{RecordStatement, origin};
use crate::Signer;

/// The key of the examples. It is no secret.
fn signer() -> Signer {
    Signer::from_seed(b"the key of the example: 32 bytes")
}

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

/// What is true of a record, whether or not it keeps the rules.
fn statement(record: &Record) -> RecordStatement {
    let leaves = record.leaves().unwrap();
    let head = TreeHead { size: leaves.len() as u64, root: root(&leaves) };
    RecordStatement { origin: origin(&record.manifest).unwrap(), head, at: record.last_moment(), tally: record.tally() }
}

/// Signs a statement over a record without asking whether it is true.
fn signed(record: Record, statement: &RecordStatement) -> Vec<u8> {
    let note = signer().sign_note(&statement.origin, &statement.text()).unwrap();
    let file = RecordFile { record, note, public_key: signer().public_key().to_string() };
    file.to_text().unwrap().into_bytes()
}

/// Signs a record without asking whether it keeps the rules.
fn signed_as_it_is(record: Record) -> Vec<u8> {
    let statement = statement(&record);
    signed(record, &statement)
}

fn examples() -> [Vec<u8>; 2] {
    [example::open(), example::complete()].map(|(record, when)| signer().sign_record(record, when).unwrap().to_text().unwrap().into_bytes())
}
