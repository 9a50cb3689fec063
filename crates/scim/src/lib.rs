//! SCIM 2.0 as a protocol, for both sides: the server's and the client's. No I/O, no clock.
//!
//! | part | what | where it is written |
//! |---|---|---|
//! | [`schema`] | attributes, User, Group, enterprise extension, resource types | RFC 7643 |
//! | [`path`] | the name of an attribute, with or without its schema | RFC 7644, 3.10 |
//! | [`filter`] | filters: read, printed, checked against a schema, evaluated | RFC 7644, 3.4.2.2 |
//! | [`patch`] | PATCH, also as Entra ID and Okta send it | RFC 7644, 3.5.2 |
//! | [`resource`] | reading a resource for POST and PUT | RFC 7644, 3.3 and 3.5.1 |
//! | [`mod@project`] | `attributes`, `excludedAttributes` and what is returned | RFC 7644, 3.9 |
//! | [`sort`] | `sortBy`, `sortOrder` | RFC 7644, 3.4.2.3 |
//! | [`list`] | lists, search requests, index and cursor pages | RFC 7644, 3.4.2 and RFC 9865 |
//! | [`bulk`] | bulk requests, references among them | RFC 7644, 3.7 |
//! | [`etag`] | versions | RFC 7644, 3.14 |
//! | [`error`] | error bodies | RFC 7644, 3.12 |
//!
//! Everything that comes in is untrusted: lengths and depths are bounded, and nothing panics.

pub mod bulk;
pub mod error;
pub mod etag;
pub mod filter;
pub mod list;
pub mod patch;
pub mod path;
pub mod project;
pub mod resource;
pub mod schema;
pub mod sort;
mod text;

pub use error::{ScimError, ScimType};
pub use filter::Filter;
pub use path::AttrPath;
pub use schema::{Attribute, ResourceType, Schema};

/// How exactly a request must follow the RFC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reading {
    /// To the letter.
    Strict,
    /// As Entra ID and Okta write: brought into the strict form before anything is done with it.
    #[default]
    Lenient,
}
