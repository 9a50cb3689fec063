//! Joiners, movers and leavers from a source.

mod apply;
pub mod csv;
mod export_plan;
mod fit;
mod import_people;
pub mod mapping;
mod staged;
mod summary;

pub use export_plan::export_plan;
pub use import_people::{ImportOptions, import_people, preview_people};
pub use staged::{
    MAX_UPLOAD, StagedImport, apply_staged, discard_staged, list_imports, remap_staged, show_staged, stage_upload, staged_mapping,
};
pub(crate) use staged::{digest, shown_name};
pub use summary::PeopleSummary;
