//! Credentials: the inventory, its findings, and the ones that Tenure issues itself.

mod export;
mod findings;
mod import;
mod issue_token;
mod list;
mod record;
mod revoke;

pub use export::CredentialExport;
pub use findings::{DORMANT_DAYS, DUE_DAYS, Finding, ROTATION_DAYS, findings_of, narrow_to_heat};
pub(crate) use import::import_staged;
pub use import::{CredentialImportOptions, CredentialSummary, import_credentials};
pub use issue_token::{IssuedToken, MAX_DAYS, NewToken, issue_token};
pub use list::{COUNT_LIMIT, CredentialCards, CredentialDetail, CredentialList, list_credentials, notes_of_own_tokens, show_credential};
pub(crate) use list::{count_cards, heat};
pub use record::{ISSUER, NewCredential, change_owner, check_credential, record_credential};
pub use revoke::{revoke_confirmed, revoke_credential, revoke_own_token};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
