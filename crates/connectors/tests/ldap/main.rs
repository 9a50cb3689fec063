//! The LDAP connector against a real OpenLDAP server.

// In a test a panic is a failure, which is what is wanted.
#![allow(clippy::unwrap_used)]

mod accounts;
mod active_directory;
mod creating;
mod credentials;
#[path = "../documented/mod.rs"]
mod documented;
mod faults;
mod finding;
mod memberships;
mod reconcile;
mod standing;
mod world;
