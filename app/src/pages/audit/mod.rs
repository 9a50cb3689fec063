//! Pages below `/audit`.

mod details;
pub mod list;
pub mod show;
pub mod verify;
mod words;
