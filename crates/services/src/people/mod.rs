//! Joiners, movers and leavers from a source.

mod apply;
mod background;
pub mod csv;
mod digest;
mod export_plan;
mod fit;
mod import_people;
pub mod mapping;
mod record;
mod staged;
mod summary;

pub use background::{apply_in_background, applying, forget_failure};
pub(crate) use digest::digest;
pub use export_plan::export_plan;
pub use import_people::{ImportOptions, import_people, preview_people};
pub(crate) use record::{employment, happened};
pub use staged::{
    MAX_UPLOAD, StagedImport, apply_staged, discard_staged, list_imports, remap_staged, show_staged, stage_upload, staged_mapping,
};
pub(crate) use staged::{name_fault, shown_name};
pub use summary::PeopleSummary;

#[cfg(test)]
mod tests;
