//! `/operations` and below.

pub mod list;
pub mod restored;
pub mod show;
