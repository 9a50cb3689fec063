//! Identities: reading one, lists, bulk writing.

mod get;
mod list;
mod write;

pub use get::IdentityName;
pub use list::{IdentityFilter, IdentitySort};
pub use write::Employment;
