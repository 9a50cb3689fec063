//! `/offboarding` and below: who ended, and the proof that everything in their name is dead.

pub mod list;
pub mod show;
