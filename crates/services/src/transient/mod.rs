//! What this process keeps in memory only, and can lose without harm: nothing is decided by it,
//! and another instance does without it.

mod applying;
mod kept;

pub use applying::{Applying, ApplyingImports, ImportStep};
pub use kept::Kept;

use std::sync::Mutex;

use crate::access::KnownModel;
use crate::counts::Counts;

/// All of it.
#[derive(Debug, Default)]
pub struct Transient {
    /// What charts and cards count.
    pub(crate) counts: Kept<Counts>,
    /// Roles and rules as they last were.
    pub(crate) model: Mutex<Option<KnownModel>>,
    /// Imports that are being applied.
    pub(crate) applying: std::sync::Arc<ApplyingImports>,
    /// What hosts asked for and the audit log was not told yet.
    pub(crate) asked: crate::ssh::Asked,
}
