//! Pages below `/credentials`.

pub(crate) mod charts;
pub mod list;
pub mod new;
pub mod show;
pub(crate) mod words;
