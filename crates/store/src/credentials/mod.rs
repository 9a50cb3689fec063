//! The inventory of credentials.

mod filter;
mod list;
mod write;

pub use filter::{CredentialFilter, CredentialSort, LastUse, Span};
pub use list::CredentialView;
