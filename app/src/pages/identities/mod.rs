//! `/identities` and below.

pub mod list;
