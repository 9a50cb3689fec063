//! `/identities` and below.

pub mod access;
pub mod confirm;
pub mod end;
pub mod ended;
pub mod factors;
pub mod form;
pub mod lifecycle;
pub mod links;
pub mod list;
pub mod portal;
pub mod rehire;
pub mod rights;
pub mod roles;
pub mod sentence;
pub mod show;
pub(crate) mod side;
pub mod tables;
