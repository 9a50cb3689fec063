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
