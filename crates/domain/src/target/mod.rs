//! Targets: systems on which Tenure changes something, and the accounts that are there.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, ApplicationId, IdentityId};
use crate::operation::OperationKind;

text_enum! {
    /// By what a target is reached.
    pub enum TargetKind {
        /// A directory: OpenLDAP or Active Directory.
        Ldap = "ldap", "LDAP directory";
        /// A PostgreSQL cluster.
        Postgresql = "postgresql", "PostgreSQL";
        /// A service provider that speaks SCIM 2.0.
        Scim = "scim", "SCIM 2.0";
        /// Hosts that ask Tenure for the SSH keys of who signs in.
        Ssh = "ssh", "SSH hosts";
        /// A system on which a person does by hand what is owed.
        Manual = "manual", "by hand";
    }
}

impl TargetKind {
    /// Whether Tenure itself is what answers: there is nowhere to sign in, and nothing to be read first.
    pub const fn is_own(self) -> bool {
        matches!(self, Self::Ssh)
    }

    /// Whether a person does there what is owed, and states so.
    pub const fn is_by_hand(self) -> bool {
        matches!(self, Self::Manual)
    }
}

text_enum! {
    /// What becomes of an account when its identity ends.
    pub enum OnEnd {
        /// It stays, and nobody can sign in as it.
        Disable = "disable", "disabled";
        /// It is disabled, loses what it holds, and is deleted.
        Delete = "delete", "deleted";
    }
}

impl OnEnd {
    /// What an account is owed when its identity ends.
    pub fn of_account(self, target: TargetKind) -> impl Iterator<Item = OperationKind> {
        // A directory and a service provider keep no sessions that could be ended there; those on SSH hosts are
        // the hosts' own.
        let sessions = (target == TargetKind::Postgresql).then_some(OperationKind::EndSessions);
        let delete = (self == Self::Delete).then_some(OperationKind::DeleteAccount);
        sessions.into_iter().chain([OperationKind::DisableAccount]).chain(delete)
    }
}

text_enum! {
    /// Whether anything is changed on a target.
    pub enum TargetState {
        /// Operations are worked on.
        Live = "live", "live";
        /// Nothing goes out until a person says so.
        Held = "held", "held";
    }
}

text_enum! {
    /// How much of a target is read.
    pub enum ReadingKind {
        /// All that is there: what is not seen is gone.
        Full = "full", "everything";
        /// What changed since it was last read: what is not seen may still be there.
        Changes = "changes", "what changed";
    }
}

text_enum! {
    /// Where a reading of a target stands.
    pub enum ReadingState {
        /// It waits for somebody to begin.
        Queued = "queued", "waiting";
        /// Somebody reads.
        Running = "running", "under way";
        /// It came to its end, and what follows from it is recorded.
        Done = "done", "done";
        /// The target could not be read to the end: nothing is concluded from what is missing.
        Failed = "failed", "failed";
        /// So many accounts were not seen that a person has to say that this is right.
        Doubtful = "doubtful", "too many are gone";
        /// Somebody stopped it.
        Cancelled = "cancelled", "cancelled";
    }
}

impl ReadingState {
    /// Whether anything is still to come.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }
}

/// How often a target is read by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingPlan {
    /// Minutes from one reading to the next; none: only when somebody asks for it.
    pub minutes: Option<i32>,
    /// Days after which everything is read, where a target can tell what changed.
    pub full_days: i32,
}

impl ReadingPlan {
    /// The fewest and the most minutes.
    pub const MINUTES: (i32, i32) = (5, 43_200);
    /// The fewest and the most days.
    pub const DAYS: (i32, i32) = (1, 90);
}

impl Default for ReadingPlan {
    fn default() -> Self {
        Self { minutes: Some(60), full_days: 1 }
    }
}

text_enum! {
    /// Where an account stands.
    pub enum AccountState {
        /// Its name is chosen; whether it is there is not known yet.
        Planned = "planned", "not seen there yet";
        /// Somebody can sign in as it.
        Enabled = "enabled", "enabled";
        /// Nobody can.
        Disabled = "disabled", "disabled";
        /// It is not there any more.
        Gone = "gone", "gone";
    }
}

/// An account on a target, as it was last seen there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Account {
    /// Its key.
    pub id: AccountId,
    /// The target.
    pub application_id: ApplicationId,
    /// Whose it is; none is an orphan account.
    pub identity_id: Option<IdentityId>,
    /// What the target itself knows it by; unique there, and it stays when the account is renamed.
    pub key: String,
    /// The name that people know it by there.
    pub name: String,
    /// Where it stands.
    pub state: AccountState,
    /// When it was first recorded.
    pub created_at: DateTime<Utc>,
    /// When it was last seen on the target.
    pub seen_at: DateTime<Utc>,
    /// When it was last used, where the target tells.
    pub last_used_at: Option<DateTime<Utc>>,
}
