//! People from a source: files are read, compared with what is recorded, and applied as one plan.

pub mod csv;
pub mod mapping;
