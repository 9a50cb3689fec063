//! The inventory of credentials.

mod list;
mod write;

pub use list::{CredentialFilter, CredentialSort, CredentialView, LastUse, Span};
