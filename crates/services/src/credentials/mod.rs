//! Credentials: the inventory, its findings, and the ones that Tenure issues itself.

mod import;
mod issue_token;
mod list;
mod record;
mod revoke;

pub use import::{CredentialImportOptions, CredentialSummary, import_credentials};
pub use issue_token::{IssuedToken, NewToken, issue_token};
pub use list::{CredentialCards, CredentialDetail, CredentialList, list_credentials, show_credential};
pub use record::{ISSUER, NewCredential, change_owner, record_credential};
pub use revoke::revoke_credential;
