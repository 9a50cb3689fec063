//! The audit log: reading, sealing, proving.
//!
//! | to | use |
//! |---|---|
//! | read | [`find_events`], [`list_audit`], [`event_detail`], [`show_event`], [`audit_of_identity`] |
//! | see how far it is sealed | [`sealing`] |
//! | give every event its place in the tree | [`seal_pending`] |
//! | prove that nothing was changed, removed or put in between | [`verify_audit`] |
//! | take it away as a file that proves itself | [`export_audit`] |
//! | prove such a file, without a database | [`verify_export`] |

mod check;
mod export;
mod find;
mod list;
mod log;
mod query;
mod seal;
mod show;
mod timeline;
mod verify;
mod verify_export;

pub use export::{AuditExport, ExportRange, ExportSummary, export_audit};
pub use find::{AuditPage, Sealing, find_events, sealing};
pub use list::list_audit;
pub use query::{AUDIT_KEYS, AuditQuery, parse_audit_query};
pub use seal::seal_pending;
pub use show::{EventDetail, Inclusion, event_detail, show_event};
pub use timeline::audit_of_identity;
pub use verify::{AuditFault, AuditVerdict, verify_audit};
pub use verify_export::{ExportError, ExportFault, ExportVerdict, verify_export};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
