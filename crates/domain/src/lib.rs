//! The vocabulary of identity governance, and its rules. Everything here is pure: no clock, no
//! randomness, no I/O. A decision is a function of what it is given, so that every rule can be
//! tested by a table and every plan can be computed twice with the same result.

#[macro_use]
mod text_enum;
mod syntax;

pub mod access;
pub mod audit;
pub mod break_glass;
pub mod credential;
pub mod fold;
pub mod grant;
pub mod hex;
pub mod id;
pub mod identity;
pub mod mail;
pub mod mapping;
pub mod merkle;
pub mod network;
pub mod operation;
pub mod people;
pub mod record;
pub mod review;
pub mod role;
pub mod rule;
pub mod session;
pub mod sign_in;
pub mod signal;
pub mod target;
