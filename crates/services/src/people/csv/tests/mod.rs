//! What is read, what is refused, and in which words.

mod arbitrary;
mod credentials;
mod limits;
mod malformed;
mod memberships;
mod people;
mod refused;
mod shared;

use std::io::{self, Read};

use tenure_domain::people::{RejectedRow, Snapshot};

use super::read_people;
use crate::people::mapping::Mapping;

const HEADER: &str = "employee_id,user_name,given_name,family_name,email,department,title,manager_id,start_date";

fn read(text: &str) -> Result<Snapshot, RejectedRow> {
    read_people(text.as_bytes(), &Mapping::default())
}

/// The rows of a file of which nothing is rejected.
fn taken(bytes: &[u8], mapping: &Mapping) -> Snapshot {
    let snapshot = read_people(bytes, mapping).unwrap();
    assert_eq!(snapshot.rejected, [], "{}", String::from_utf8_lossy(bytes));
    snapshot
}

/// Gives a few bytes at a time, and is interrupted now and then.
struct Drip<'a> {
    rest: &'a [u8],
    at_once: usize,
    reads: usize,
}

impl<'a> Drip<'a> {
    fn new(rest: &'a [u8], at_once: usize) -> Self {
        Self { rest, at_once, reads: 0 }
    }
}

impl Read for Drip<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.reads += 1;
        if self.reads.is_multiple_of(7) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let bytes = self.at_once.min(out.len()).min(self.rest.len());
        out[..bytes].copy_from_slice(&self.rest[..bytes]);
        self.rest = &self.rest[bytes..];
        Ok(bytes)
    }
}
