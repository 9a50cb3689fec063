//! What is there on a target.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use tenure_domain::credential::CredentialKind;

use crate::AccountRef;

/// What a target is, as it says itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Product and version, as far as it tells.
    pub product: String,
    /// As whom Tenure is signed in there.
    pub signed_in_as: String,
    /// What an administrator should know: no transport security, no way to page, a read-only server.
    pub remarks: Vec<String>,
}

/// Up to where a target was read; only its connector understands it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Watermark(pub String);

/// One thing of a reconciliation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// An account.
    Account(FoundAccount),
    /// An account that is gone since the watermark, by its key.
    Gone(String),
    /// An entitlement.
    Entitlement(FoundEntitlement),
    /// Who holds an entitlement.
    Membership(FoundMembership),
    /// A credential.
    Credential(FoundCredential),
    /// The end: from where the next look may start.
    Watermark(Watermark),
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundAccount {
    /// The account.
    pub account: AccountRef,
    /// Whether somebody can sign in as it.
    pub enabled: bool,
    /// What may tell whose it is (`employeeNumber`, `mail`, `displayName`), and what was asked for. Never a secret.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// When it was last used, where the target tells.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// An entitlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundEntitlement {
    /// What the target knows it by.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What it says about itself.
    pub description: String,
}

/// A membership, direct or through another entitlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundMembership {
    /// The entitlement's key.
    pub entitlement: String,
    /// The account's key, or that of the entitlement that is a member.
    pub member: String,
    /// Whether the member is an entitlement itself.
    pub nested: bool,
}

/// A credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundCredential {
    /// What the target knows it by.
    pub key: String,
    /// The key of the account that it proves.
    pub account: String,
    /// What kind.
    pub kind: CredentialKind,
    /// What people call it.
    pub label: String,
    /// When it was last set, where the target tells.
    pub changed_at: Option<DateTime<Utc>>,
    /// When it ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether it can be used.
    pub live: bool,
}
