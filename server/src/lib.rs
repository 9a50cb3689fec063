//! x

pub mod assets;
