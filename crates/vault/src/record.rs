//! The signature of an offboarding record: its tree as a signed note, which is a checkpoint (C2SP
//! `tlog-checkpoint`) of a log that is this one record, with three lines more.
//!
//! ```text
//! tenure/0198…/record/0199…
//! 24
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//! 2026-11-21T10:07:56.000001Z
//! complete
//! verified 17 attested 1 superseded 0 open 0
//!
//! — tenure/0198…/record/0199… Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDe…
//! ```
//!
//! The first line is its own for each record, so that no checkpoint of the audit log passes for a record,
//! and no record for another.

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use serde::Serialize;
use tenure_domain::merkle::{Hash, TreeHead, root};
use tenure_domain::record::{Fault, LooseFile, Manifest, Moment, Place, Record, RecordFile, Tally};

use crate::note::{NoteError, Origin};
use crate::signing::{PublicKey, Signer};
use crate::text::{from_base64, to_base64};

/// What is signed of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordStatement {
    /// Whose record, and which.
    pub origin: Origin,
    /// The number of leaves, and the root over them.
    pub head: TreeHead,
    /// When it was signed.
    pub at: Moment,
    /// How many items stand where, and so whether it is complete.
    pub tally: Tally,
}

/// A record that was verified.
#[derive(Debug, Clone)]
pub struct VerifiedRecord {
    /// The record.
    pub record: Record,
    /// What was signed of it.
    pub statement: RecordStatement,
    /// The key that has signed it.
    pub key: PublicKey,
    /// Whether that key was given. If not it is the one in the file, and who made the file is unproven.
    pub key_given: bool,
}

/// What a program is told of a verified record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordVerdict {
    /// Nothing was changed, removed, put in or moved, and all rules are kept.
    pub sound: bool,
    /// Whether no item is open.
    pub complete: bool,
    /// How many items stand where.
    #[serde(flatten)]
    pub tally: Tally,
    /// What the record is of.
    pub manifest: Manifest,
    /// When it was signed.
    pub signed_at: Moment,
    /// How many leaves the tree has.
    pub size: u64,
    /// The root.
    pub root: Hash,
    /// The key with which it was checked.
    pub key: PublicKey,
    /// Whether that key was given.
    pub key_given: bool,
}

impl VerifiedRecord {
    /// The verdict in short.
    #[must_use]
    pub fn verdict(&self) -> RecordVerdict {
        let RecordStatement { head, at, tally, .. } = self.statement;
        RecordVerdict {
            sound: true,
            complete: tally.is_complete(),
            tally,
            manifest: self.record.manifest.clone(),
            signed_at: at,
            size: head.size,
            root: head.root,
            key: self.key,
            key_given: self.key_given,
        }
    }
}

impl RecordStatement {
    /// What is to be signed of a record.
    ///
    /// # Errors
    /// [`Fault`] when the record breaks a rule.
    pub fn of(record: &Record, at: Moment) -> Result<Self, Fault> {
        record.check()?;
        let leaves = record.leaves()?;
        let head = TreeHead { size: leaves.len() as u64, root: root(&leaves) };
        // The clock of who signs may be behind that of who wrote the last event.
        Ok(Self { origin: origin(&record.manifest)?, head, at: at.max(record.last_moment()), tally: record.tally() })
    }

    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { origin, head, at, tally } = self;
        format!("{origin}\n{}\n{}\n{at}\n{tally}\n", head.size, to_base64(head.root.as_bytes()))
    }

    /// Reads a note that must be of a record, whichever, signed with this key and by nobody else.
    ///
    /// # Errors
    /// [`Fault`] at the note.
    pub fn open(note: &str, key: &PublicKey) -> Result<Self, Fault> {
        let fault = |what: String| Fault::new(Place::Note, what);
        let first = note.lines().next().unwrap_or_default();
        let origin: Origin = first.parse().map_err(|_| fault("this is not a signed note".to_owned()))?;
        let text = key.open_note(&origin, note).map_err(|e: NoteError| fault(e.to_string()))?;
        let signatures = note[text.len()..].lines().count();
        let statement = Self::parse(text, origin).filter(|statement| statement.text() == text);
        match statement {
            Some(statement) if signatures == 2 => Ok(statement),
            Some(_) => Err(fault("it has more than one signature".to_owned())),
            None => Err(fault("the signed text is not that of a record".to_owned())),
        }
    }

    fn parse(text: &str, origin: Origin) -> Option<Self> {
        let mut lines = text.lines().skip(1);
        let size = lines.next()?.parse().ok()?;
        let root = Hash::from_bytes(from_base64(lines.next()?).ok()?);
        let at = lines.next()?.parse().ok()?;
        let counts: Vec<_> = lines.nth(1)?.split(' ').skip(1).step_by(2).map(str::parse).collect::<Result<_, _>>().ok()?;
        let [verified, attested, superseded, open] = counts.try_into().ok()?;
        // The words, and that the word before agrees with the counts, the text as a whole tells.
        Some(Self { origin, head: TreeHead { size, root }, at, tally: Tally { verified, attested, superseded, open } })
    }
}

impl Signer {
    /// Signs a record as it is at a moment, open or complete, and gives its file. A later file of the
    /// same record only adds leaves.
    ///
    /// # Errors
    /// [`Fault`] when the record breaks a rule, or is too large.
    pub fn sign_record(&self, record: Record, at: Moment) -> Result<RecordFile, Fault> {
        let statement = RecordStatement::of(&record, at)?;
        let note = self.sign_note(&statement.origin, &statement.text()).map_err(|e| Fault::new(Place::Note, e.to_string()))?;
        Ok(RecordFile { record, note, public_key: self.public_key().to_string() })
    }
}

/// Verifies a file that may be anything: its form, the signature, the tree, each item and event against
/// the tree, the rules of their states, and that the signed counts are those of the items.
///
/// Without a key the one in the file is taken: that proves that the file is whole, not who made it.
///
/// # Errors
/// The first [`Fault`]. Its place is where a person should look first.
pub fn verify_record(bytes: &[u8], key: Option<&PublicKey>) -> Result<VerifiedRecord, Fault> {
    let file = LooseFile::read(bytes)?;
    let key_given = key.is_some();
    let named: PublicKey = file.public_key.parse().map_err(|e| Fault::new(Place::Key, format!("the file's key: {e}")))?;
    let key = key.copied().unwrap_or(named);
    if key.to_string() != file.public_key {
        return Err(Fault::new(Place::Key, "the file is of another key than the one that was given"));
    }
    let statement = RecordStatement::open(&file.note, &key)?;
    if statement.head != (TreeHead { size: file.leaves.len() as u64, root: root(&file.leaves) }) {
        return Err(Fault::new(Place::Leaves, "the hashes do not lead to the root that was signed"));
    }
    file.check_leaves()?;
    let record = file.into_record()?;
    let wrong = |what| Err(Fault::new(Place::Note, what));
    if statement.origin != origin(&record.manifest)? {
        return wrong("what was signed is another record's");
    }
    if statement.tally != record.tally() {
        return wrong("the signed counts are not those of the items");
    }
    if statement.at < record.last_moment() {
        return wrong("it was signed before its last event");
    }
    Ok(VerifiedRecord { record, statement, key, key_given })
}

impl VerifiedRecord {
    /// Checks that this record continues what was signed earlier: that nothing was changed or removed
    /// since.
    ///
    /// # Errors
    /// [`Fault`] at the note when it is not of this record and key, or at the leaves when this record
    /// does not continue it.
    pub fn continues(&self, earlier: &str) -> Result<RecordStatement, Fault> {
        let earlier = RecordStatement::open(earlier, &self.key)?;
        if earlier.origin != self.statement.origin {
            return Err(Fault::new(Place::Note, "the earlier note is of another record"));
        }
        let leaves = self.record.leaves()?;
        let begin = usize::try_from(earlier.head.size).ok().and_then(|size| leaves.get(..size));
        match begin {
            Some(begin) if root(begin) == earlier.head.root => Ok(earlier),
            _ => Err(Fault::new(Place::Leaves, "this record does not continue the one that was signed earlier")),
        }
    }
}

/// The name under which the records of a manifest are signed.
fn origin(manifest: &Manifest) -> Result<Origin, Fault> {
    let text = format!("tenure/{}/record/{}", manifest.instance, manifest.record);
    text.parse().map_err(|_| Fault::new(Place::Manifest, "instance and record do not make a name"))
}
