//! The inventory of credentials.

mod filter;
mod found;
mod list;
mod write;

pub use filter::{CredentialFilter, CredentialSort, LastUse, Span};
pub use found::{RecordedOnAccount, SeenCredential};
pub use list::CredentialView;
