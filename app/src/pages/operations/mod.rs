//! `/operations` and below.

pub mod list;
pub mod show;
