//! Joiners, movers and leavers from a source.

mod apply;
pub mod csv;
mod import_people;
pub mod mapping;
mod staged;
mod summary;

pub use import_people::{ImportOptions, import_people, preview_people};
pub use staged::{MAX_UPLOAD, StagedImport, apply_staged, discard_staged, list_imports, remap_staged, show_staged, stage_upload};
pub use summary::PeopleSummary;
