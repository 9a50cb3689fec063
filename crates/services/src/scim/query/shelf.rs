//! Resources of a type in the order of their keys, as pages are made of them.

use serde_json::Value;
use tenure_scim::ResourceType;
use tenure_store::Tx;
use uuid::Uuid;

use crate::scim::fault::Fault;

/// Resources of one type, narrowed by what has an index.
pub(in crate::scim) trait Shelf: Sync {
    /// A row of the database.
    type Row: Send + Sync;

    /// What type they are of.
    fn kind(&self) -> &'static ResourceType;

    /// The key of a row.
    fn key(row: &Self::Row) -> Uuid;

    /// How many there are.
    fn count(&self, tx: &mut Tx) -> impl Future<Output = Result<u64, Fault>> + Send;

    /// Some of them: those after a key, passing over so many, so many at most.
    fn rows(&self, tx: &mut Tx, after: Option<Uuid>, skip: u64, limit: u64) -> impl Future<Output = Result<Vec<Self::Row>, Fault>> + Send;

    /// Their whole resources; `deep` with what is in other tables: groups of users, members of groups.
    fn pictures(&self, tx: &mut Tx, rows: &[Self::Row], deep: bool) -> impl Future<Output = Result<Vec<Value>, Fault>> + Send;

    /// The attribute that is only there in a deep picture.
    fn deep_attribute(&self) -> &'static str;
}
