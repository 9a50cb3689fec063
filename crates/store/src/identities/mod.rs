//! Identities: reading one, lists, bulk writing.

mod due;
mod get;
mod list;
mod write;

pub use due::Due;
pub use get::IdentityName;
pub use list::{IdentityFilter, IdentitySort};
pub use write::Employment;
