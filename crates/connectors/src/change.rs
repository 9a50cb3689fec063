//! What is to be so on a target, and what came of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Secret;

/// An account on the target. Its key does not change when the account is renamed, where the target
/// has such a key (`entryUUID`, `objectGUID`, a SCIM `id`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRef {
    /// What the target itself knows it by; empty until it was seen there.
    pub key: String,
    /// The name people know it by there (`uid`, `sAMAccountName`, a role's name, `userName`).
    pub name: String,
}

/// An entitlement on the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntitlementRef {
    /// What the target itself knows it by: a group's distinguished name, a role's name, a SCIM `id`.
    pub key: String,
}

/// A credential on the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialRef {
    /// What the target itself knows it by: a fingerprint, a name, the account's own key for its password.
    pub key: String,
    /// The account it proves.
    pub account: AccountRef,
}

/// An account to be made, or what is to change of one. Attributes by the target's own names; one
/// without values is taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountDraft {
    /// The account.
    pub account: AccountRef,
    /// Its attributes, as the mapping of the target made them.
    pub attributes: BTreeMap<String, Vec<String>>,
}

/// What is to be so.
#[derive(Debug, Clone)]
pub enum Change {
    /// There is an account with these attributes, enabled. One that an earlier attempt left is completed; whether
    /// an account of that name is this one is told by what the target keeps of the person (`docs/targets.md`).
    /// Somebody else's is [`crate::FaultKind::NameTaken`], one of which nobody can tell is
    /// [`crate::FaultKind::NeedsDecision`].
    Create(AccountDraft),
    /// The account has these attributes.
    Change(AccountDraft),
    /// Nobody can sign in as this account.
    Disable(AccountRef),
    /// The account can be used again.
    Enable(AccountRef),
    /// There is no such account. What it owns goes to the other one, if one is given; if not, and the
    /// target keeps things that an account owns, the change is [`crate::FaultKind::NeedsDecision`].
    Delete {
        /// Who is deleted.
        account: AccountRef,
        /// Who takes over what it owns.
        heir: Option<AccountRef>,
    },
    /// The account holds the entitlement directly.
    AddMember {
        /// Who.
        account: AccountRef,
        /// What.
        entitlement: EntitlementRef,
    },
    /// The account does not hold the entitlement, by any way. Only direct membership is taken away;
    /// [`ReadBack::NotSo`] names the nested way by which it is still held.
    RemoveMember {
        /// Who.
        account: AccountRef,
        /// What.
        entitlement: EntitlementRef,
    },
    /// The account has this password.
    SetPassword {
        /// Whose.
        account: AccountRef,
        /// The password.
        password: Secret,
    },
    /// Nothing is signed in as this account.
    EndSessions(AccountRef),
    /// The credential proves nothing any more.
    RevokeCredential(CredentialRef),
    /// The account proves nothing after this moment, whatever happens to Tenure (a backstop).
    ValidUntil {
        /// Whose.
        account: AccountRef,
        /// Until when.
        until: DateTime<Utc>,
    },
}

/// What the target said to a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It did it.
    Done,
    /// There was nothing to do.
    AlreadySo,
}

/// What a look at the target shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadBack {
    /// It is so. The words are the evidence: what was read (`loginShell=/sbin/nologin`, `no entry with
    /// entryUUID …`), never a secret.
    So(String),
    /// It is not so, and why, in words for an administrator.
    NotSo(String),
}
