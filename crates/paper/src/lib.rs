//! The offboarding record on paper: a PDF/A-3 for people and archives, with the signed record inside as
//! an attachment, so that the paper carries its own proof.
//!
//! The same record gives the same bytes: all dates are those of the record, and nothing asks the clock.
//! Fonts are part of the programme (DejaVu Sans: Latin, Greek, Cyrillic and more); of each only the
//! glyphs that are used get into a file.

mod block;
mod content;
mod error;
mod face;
mod layout;
mod pdf;
mod table;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod words;

pub use error::PaperError;

use tenure_domain::merkle::Hash;
use tenure_domain::record::{Moment, Record};

/// What was signed of a record, in the forms in which people read it.
#[derive(Debug, Clone, Copy)]
pub struct Proof<'a> {
    /// How many leaves the tree has.
    pub size: u64,
    /// The root.
    pub root: Hash,
    /// When it was signed: the date of the document.
    pub signed_at: Moment,
    /// The signed note.
    pub note: &'a str,
    /// The public key, as text.
    pub key: &'a str,
    /// The short name of the key.
    pub key_id: &'a str,
    /// The bytes of the record's file, which are attached.
    pub file: &'a [u8],
}

/// Renders a record as a PDF. Give only what was verified: the paper repeats it and checks nothing.
///
/// # Errors
/// [`PaperError`] when a font or the result is not as it must be, which no record should bring about.
pub fn render(record: &Record, proof: &Proof<'_>) -> Result<Vec<u8>, PaperError> {
    let faces = face::Faces::load()?;
    let pages = layout::pages(&content::blocks(record, proof), &faces);
    pdf::write(&pages, &faces, record, proof)
}
