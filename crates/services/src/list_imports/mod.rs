//! Lists that are no people, taken in through the portal: memberships and credentials. As with
//! people, the file waits in the database, is tried without a trace, and applied once.

mod commands;

pub use commands::{apply_list, import_kind, show_list, stage_list};

use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use tenure_domain::access::{May, change};
use tenure_domain::hex::hex;
use tenure_domain::id::ImportId;
use tenure_domain::people::RejectedRow;
use tenure_store::WriteTx;
use tenure_store::imports::ImportRow;

use crate::access::MembershipSummary;
use crate::credentials::CredentialSummary;
use crate::{Ctx, ServiceError};

/// What the list is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum ListKind {
    /// What people of a source really hold on an application.
    Memberships {
        /// The source whose people the file speaks of.
        source: String,
        /// The application.
        application: String,
    },
    /// An inventory of credentials.
    Credentials,
}

/// The counts of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListSummary {
    /// Of memberships.
    Memberships(MembershipSummary),
    /// Of credentials.
    Credentials(CredentialSummary),
}

impl ListSummary {
    /// Rows that cannot be taken.
    pub fn rejected(&self) -> &[RejectedRow] {
        match self {
            Self::Memberships(s) => &s.rejected,
            Self::Credentials(s) => &s.rejected,
        }
    }
}

/// An import of a list.
#[derive(Debug, Clone)]
pub struct ListImport {
    /// The import.
    pub import: ImportRow,
    /// What it is of.
    pub kind: ListKind,
    /// What it did, or would do now; Err says why the file cannot be taken. None when it was
    /// discarded, or when the actor may not try it.
    pub outcome: Option<Result<ListSummary, String>>,
    /// The hash of what it would do, to hand over when it is applied.
    pub seen: String,
}

/// A staged import of which a person saw what it would do.
pub(crate) struct Seen<'a> {
    id: ImportId,
    hash: &'a str,
}

impl Seen<'_> {
    /// Closes it in the transaction that does what it says.
    pub(crate) async fn finish(
        &self,
        ctx: &Ctx,
        proof: &(impl May<change::WriteImports> + Sync),
        tx: &mut WriteTx,
        summary: &impl Serialize,
    ) -> Result<(), ServiceError> {
        if hash(summary) != self.hash {
            return Err(ServiceError::Conflict(
                "the records changed since this preview was shown; nothing was changed. Look at the new counts".to_owned(),
            ));
        }
        Ok(tx.finish_import(proof, self.id, "applied", &json!(summary), ctx.now).await?)
    }
}

/// The hash of counts, whether they were only tried or not.
fn hash(summary: &impl Serialize) -> String {
    let mut counts = json!(summary);
    if let Some(counts) = counts.as_object_mut() {
        counts.remove("dry_run");
    }
    hex(&Sha256::digest(counts.to_string()))
}
