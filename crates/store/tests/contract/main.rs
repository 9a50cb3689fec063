//! The contract of the store: every test runs on every engine, and says the same of each.

// In a test a panic is a failure, which is what is wanted.
#![allow(clippy::unwrap_used, clippy::explicit_counter_loop)]

mod access;
mod accounts;
mod audit;
mod credentials;
mod door;
mod endings;
mod engine;
mod factors;
mod identities;
mod identity_list;
mod identity_search;
mod imports;
mod operations;
mod readings;
mod scim;
mod sessions;
mod sign_in;
mod stats;
mod support;
mod together;
mod tokens;
mod views;
