//! What a target can do.

use serde::{Deserialize, Serialize};

/// Something that a connector can do on its target and read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// List accounts.
    ListAccounts,
    /// List entitlements, and who holds them.
    ListEntitlements,
    /// List credentials: passwords with their age, keys.
    ListCredentials,
    /// Tell what changed since a watermark.
    Incremental,
    /// Create an account.
    Create,
    /// Change an account's attributes.
    Change,
    /// Disable an account, and enable it again.
    Disable,
    /// Delete an account.
    Delete,
    /// Add an account to an entitlement and remove it.
    Membership,
    /// Set a password.
    SetPassword,
    /// End what is signed in now.
    EndSessions,
    /// Make one credential useless.
    RevokeCredential,
    /// Give what an account owns to another.
    Reassign,
}
