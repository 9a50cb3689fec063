//! `/applications` and below.

pub mod accounts;
pub mod list;
pub mod new;
pub mod show;
pub mod target;
