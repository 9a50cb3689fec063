//! `/applications` and below.

pub mod list;
pub mod new;
pub mod show;
