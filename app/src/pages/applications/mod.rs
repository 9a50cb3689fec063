//! `/applications` and below.

pub mod accounts;
pub mod hosts;
pub mod list;
pub mod mapping;
pub mod missing;
pub mod new;
pub mod show;
pub mod target;
