//! The file: one canonical JSON text and a line break. So one record in one state has one file, and
//! there is no byte that could be changed unseen.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::canonical::canonical;
use super::leaf::{Leaf, to_value};
use super::{Fault, Item, Manifest, Place, Record, RecordEvent};
use crate::merkle::Hash;

/// Above so many bytes a file is not looked at.
pub const LARGEST: usize = 64 << 20;

/// A record with its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFile {
    /// The record.
    pub record: Record,
    /// The signed note over it.
    pub note: String,
    /// The text form of the public key. It finds the key, and proves nothing.
    pub public_key: String,
}

/// A file as it was read: in the right form, but nothing in it is trusted yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LooseFile {
    events: Vec<Value>,
    items: Vec<Value>,
    /// The hashes of header, items and events, in this order, by which a changed one is found.
    pub leaves: Vec<Hash>,
    manifest: Value,
    /// The signed note.
    pub note: String,
    /// The text form of the public key.
    pub public_key: String,
}

impl Record {
    /// The leaf hashes: of the header, each item and each event.
    ///
    /// # Errors
    /// [`Fault`] when a number is too large for JSON.
    pub fn leaves(&self) -> Result<Vec<Hash>, Fault> {
        let header = std::iter::once(Leaf::Manifest.of(&self.manifest));
        let items = self.items.iter().map(|item| Leaf::Item.of(item));
        header.chain(items).chain(self.events.iter().map(|event| Leaf::Event.of(event))).collect()
    }
}

impl RecordFile {
    /// The bytes of the file.
    ///
    /// # Errors
    /// [`Fault`] when a number is too large for JSON, or all is larger than [`LARGEST`].
    pub fn to_text(&self) -> Result<String, Fault> {
        let Record { manifest, items, events } = &self.record;
        let loose = LooseFile {
            events: events.iter().map(to_value).collect::<Result<_, _>>()?,
            items: items.iter().map(to_value).collect::<Result<_, _>>()?,
            leaves: self.record.leaves()?,
            manifest: to_value(manifest)?,
            note: self.note.clone(),
            public_key: self.public_key.clone(),
        };
        let text = text_of(&to_value(&loose)?)?;
        if text.len() > LARGEST { Err(form("it is too large")) } else { Ok(text) }
    }
}

impl LooseFile {
    /// Reads a file, which may be anything.
    ///
    /// # Errors
    /// [`Fault`] at the file when it is not in the one form that a record has.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.len() > LARGEST {
            return Err(form("it is too large for a record"));
        }
        let value: Value = serde_json::from_slice(bytes).map_err(|e| form(&format!("it is not JSON: {e}")))?;
        let text = text_of(&value)?;
        if let Some(at) = first_difference(text.as_bytes(), bytes) {
            return Err(form(&format!("it is not in canonical form (RFC 8785 and one line break); byte {at} is the first that differs")));
        }
        let file = Self::deserialize(&value).map_err(|e| form(&format!("it is not a record: {e}")))?;
        // A hash can be spelled in two ways, of which a record has one.
        if to_value(&file)? == value { Ok(file) } else { Err(form("a hash is not in lower-case digits")) }
    }

    /// Finds the header, item or event that is not the one of its leaf. Before, the root must be known
    /// to be that of [`LooseFile::leaves`].
    ///
    /// # Errors
    /// The first [`Fault`], in the order of the leaves.
    pub fn check_leaves(&self) -> Result<(), Fault> {
        let mut listed = self.leaves.iter();
        let whole = std::iter::once((Leaf::Manifest, &self.manifest, Place::Manifest));
        let items = self.items.iter().enumerate().map(|(at, item)| (Leaf::Item, item, item_place(at, item)));
        let events = self.events.iter().enumerate().map(|(at, event)| (Leaf::Event, event, Place::Event { number: at + 1 }));
        for (leaf, value, place) in whole.chain(items).chain(events) {
            let what = match listed.next() {
                Some(hash) if *hash == leaf.of_value(value)? => continue,
                Some(_) => "it is not the one that was signed here: changed, put in, moved, or one before it was removed",
                None => "it was put in: there was nothing more when the record was signed",
            };
            return Err(Fault::new(place, what));
        }
        let missing = listed.len();
        if missing == 0 { Ok(()) } else { Err(Fault::new(Place::Leaves, format!("{missing} items or events at the end were removed"))) }
    }

    /// The record, held against all rules.
    ///
    /// # Errors
    /// The first [`Fault`].
    pub fn into_record(self) -> Result<Record, Fault> {
        let manifest: Manifest = read(&self.manifest, || Place::Manifest)?;
        let items = self.items.iter().enumerate().map(|(at, item)| read::<Item>(item, || item_place(at, item)));
        let items = items.collect::<Result<_, _>>()?;
        let events = self.events.iter().enumerate().map(|(at, event)| read::<RecordEvent>(event, || Place::Event { number: at + 1 }));
        let record = Record { manifest, items, events: events.collect::<Result<_, _>>()? };
        record.check()?;
        Ok(record)
    }
}

/// Reads a part, which must have the one spelling that this type writes.
fn read<T: DeserializeOwned + Serialize>(value: &Value, place: impl Fn() -> Place) -> Result<T, Fault> {
    let part: T = T::deserialize(value).map_err(|e| Fault::new(place(), e.to_string()))?;
    if to_value(&part)? == *value { Ok(part) } else { Err(Fault::new(place(), "an id, day or hash is not in its usual spelling")) }
}

fn item_place(at: usize, item: &Value) -> Place {
    // Whatever else stands there is not an id, and is not repeated to the reader.
    let id = item.get("id").and_then(Value::as_str).filter(|id| uuid::Uuid::parse_str(id).is_ok());
    Place::Item { number: at + 1, id: id.unwrap_or_default().to_owned() }
}

fn text_of(value: &Value) -> Result<String, Fault> {
    canonical(value).map(|text| text + "\n").map_err(|e| form(&e.to_string()))
}

fn form(what: &str) -> Fault {
    Fault::new(Place::File, what)
}

fn first_difference(one: &[u8], other: &[u8]) -> Option<usize> {
    if one == other {
        return None;
    }
    Some(one.iter().zip(other).position(|(a, b)| a != b).unwrap_or(one.len().min(other.len())))
}
