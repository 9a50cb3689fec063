//! Rows as verification reads them: it must be able to tell of a row that nothing else can read.

use chrono::{DateTime, Utc};
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};
use tenure_domain::id::EventId;
use uuid::Uuid;

/// What a column holds, or why it cannot be read.
pub type Column<T> = Result<T, String>;

/// Everything of an event that verification compares. Each column is read on its own, so that one
/// that was damaged can be named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedRow {
    /// Its key.
    pub id: Column<EventId>,
    /// When.
    pub at: Column<DateTime<Utc>>,
    /// When, as it is written, where the engine keeps moments as text: many texts are one moment.
    pub at_text: Option<String>,
    /// Which stream.
    pub stream: Column<String>,
    /// What was done.
    pub action: Column<String>,
    /// Who, if an identity.
    pub actor_id: Column<Option<Uuid>>,
    /// Who, for people.
    pub actor_label: Column<String>,
    /// By which way.
    pub channel: Column<String>,
    /// What belongs together.
    pub request_id: Column<String>,
    /// What it was done to.
    pub target_kind: Column<String>,
    /// Its key.
    pub target_id: Column<String>,
    /// The identity it concerns.
    pub identity_id: Column<Option<Uuid>>,
    /// How it ended.
    pub outcome: Column<String>,
    /// What is sealed.
    pub body: Column<String>,
    /// Keyed check value.
    pub mac: Column<Vec<u8>>,
    /// Its number in the tree.
    pub leaf: Option<i64>,
    /// Its hash in the tree.
    pub leaf_hash: Column<Option<Vec<u8>>>,
}

impl SealedRow {
    /// The columns, in the order in which they are read.
    pub(super) const SELECT: &'static str = "SELECT id, at, stream, action, actor_id, actor_label, channel, request_id, target_kind, target_id, identity_id, outcome, body, mac, leaf, leaf_hash FROM audit_events";
}

impl<'r, R> FromRow<'r, R> for SealedRow
where
    R: Row,
    usize: ColumnIndex<R>,
    EventId: Decode<'r, R::Database> + Type<R::Database>,
    DateTime<Utc>: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
    Option<Uuid>: Decode<'r, R::Database> + Type<R::Database>,
    Option<i64>: Decode<'r, R::Database> + Type<R::Database>,
    Option<Vec<u8>>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: column(row, 0),
            at: column(row, 1),
            at_text: row.try_get(1).ok(),
            stream: column(row, 2),
            action: column(row, 3),
            actor_id: column(row, 4),
            actor_label: column(row, 5),
            channel: column(row, 6),
            request_id: column(row, 7),
            target_kind: column(row, 8),
            target_id: column(row, 9),
            identity_id: column(row, 10),
            outcome: column(row, 11),
            body: column(row, 12),
            mac: column(row, 13),
            leaf: row.try_get(14)?,
            leaf_hash: column(row, 15),
        })
    }
}

/// What of an event is sealed, with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedBody {
    /// Its number in the tree.
    pub leaf: i64,
    /// What is sealed.
    pub body: Column<String>,
}

impl<'r, R> FromRow<'r, R> for SealedBody
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        Ok(Self { leaf: row.try_get(0)?, body: column(row, 1) })
    }
}

/// A signed statement of the tree's size and root, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointRow {
    /// How many leaves.
    pub tree_size: i64,
    /// The root over them.
    pub root: Column<Vec<u8>>,
    /// What is needed to go on from here.
    pub frontier: Column<Vec<u8>>,
    /// The signed note.
    pub note: Column<String>,
    /// When.
    pub at: Column<DateTime<Utc>>,
}

impl<'r, R> FromRow<'r, R> for CheckpointRow
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    DateTime<Utc>: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        Ok(Self { tree_size: row.try_get(0)?, root: column(row, 1), frontier: column(row, 2), note: column(row, 3), at: column(row, 4) })
    }
}

fn column<'r, R, T>(row: &'r R, place: usize) -> Column<T>
where
    R: Row,
    usize: ColumnIndex<R>,
    T: Decode<'r, R::Database> + Type<R::Database>,
{
    row.try_get(place).map_err(|error| error.to_string())
}
