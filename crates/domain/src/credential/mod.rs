//! Credentials: revocable proofs. Each has an identity, a purpose, an issuer, a state and an end.

mod kind;
mod state;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use kind::CredentialKind;
pub use state::{CredentialCommand, CredentialNotAllowed, CredentialState};

use crate::id::{ApplicationId, CredentialId, IdentityId};

text_enum! {
    /// What a link is for by which somebody chooses a password.
    pub enum LinkPurpose {
        /// A first password, or one in place of another, as an administrator asked.
        SetUp = "set-up", "set-up";
        /// One in place of another that its owner forgot.
        Reset = "reset", "reset";
    }
}

text_enum! {
    /// Who can end a credential.
    pub enum CredentialOrigin {
        /// Tenure issued it, and so revokes it itself, at once.
        Issued = "issued", "issued by Tenure";
        /// Another system issued it; its end is a revocation owed to that target.
        Recorded = "recorded", "recorded";
        /// It was found on an account of a target, and ends with that account.
        Found = "found", "found on a target";
    }
}

/// A credential as it is recorded. Never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Credential {
    /// Its key.
    pub id: CredentialId,
    /// Whose it is. None is a finding.
    pub identity_id: Option<IdentityId>,
    /// Password, key, token and so on.
    pub kind: CredentialKind,
    /// The name that people read.
    pub label: String,
    /// What it is for.
    pub purpose: String,
    /// Who issued it.
    pub issuer: String,
    /// Its name or number at the issuer; unique there.
    pub external_id: String,
    /// The target on which it works.
    pub application_id: Option<ApplicationId>,
    /// Issued by Tenure, or recorded.
    pub origin: CredentialOrigin,
    /// Where it stands in its life.
    pub state: CredentialState,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last used, if anybody tells.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When its secret was last replaced.
    pub rotated_at: Option<DateTime<Utc>>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked or ran out.
    pub ended_at: Option<DateTime<Utc>>,
    /// What stops working when it dies, by name.
    #[cfg_attr(feature = "sqlx", sqlx(json))]
    pub dependents: Vec<String>,
    /// Raised with each change.
    pub version: i64,
}
