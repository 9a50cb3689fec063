//! Who acts, and how it came in.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{ActionKind, Denied, TokenScope, TokenScopes};
use crate::id::{CredentialId, IdentityId};

text_enum! {
    /// What a person may be in the portal. One person may be several.
    pub enum PortalRole {
        /// Changes everything.
        Admin = "admin", "administrator";
        /// Reads everything, changes nothing.
        Auditor = "auditor", "auditor";
        /// Sees the people who report to them.
        Manager = "manager", "manager";
        /// Sees what is their own.
        Employee = "employee", "employee";
        /// A machine that tells who there is, over SCIM, and does nothing else.
        Provisioner = "provisioner", "provisioner";
        /// A machine that fetches the signals that are for it, and does nothing else.
        Receiver = "receiver", "receiver of signals";
    }
}

text_enum! {
    /// The way a command came in.
    pub enum Channel {
        /// A page or form.
        Portal = "portal", "portal";
        /// REST with a token.
        Api = "api", "API";
        /// The command line.
        Cli = "cli", "command line";
        /// An identity provider, over SCIM.
        Scim = "scim", "SCIM";
        /// A snapshot of a source.
        Import = "import", "import";
        /// A security event token of a trusted transmitter.
        Signal = "signal", "signal";
        /// A worker, on time.
        Schedule = "schedule", "schedule";
    }
}

/// What kind of actor it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum PrincipalKind {
    /// A signed-in person.
    Person {
        /// Who.
        identity_id: IdentityId,
        /// The session's credential.
        session: CredentialId,
    },
    /// An API token, acting for its identity within its scopes.
    Token {
        /// Whose.
        identity_id: IdentityId,
        /// The token's credential.
        credential_id: CredentialId,
        /// What it is for.
        scopes: TokenScopes,
    },
    /// Somebody with the database and its key file at hand, on the command line.
    LocalOperator {
        /// The name of the operating system's account.
        account: String,
    },
    /// Tenure itself.
    System {
        /// Why it acts without a person.
        reason: String,
    },
    /// Nobody yet: sign-in and set-up.
    Anonymous,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    /// What kind of actor.
    pub kind: PrincipalKind,
    /// Name for people.
    pub label: String,
    /// What it may be.
    pub roles: BTreeSet<PortalRole>,
}

impl Principal {
    /// Nobody yet.
    pub fn anonymous() -> Self {
        Self { kind: PrincipalKind::Anonymous, label: "nobody signed in".to_owned(), roles: BTreeSet::new() }
    }

    /// The local operator: all that an administrator may do, recorded under its own name.
    pub fn local_operator(account: &str) -> Self {
        Self {
            kind: PrincipalKind::LocalOperator { account: account.to_owned() },
            label: format!("local operator {account}"),
            roles: BTreeSet::from([PortalRole::Admin]),
        }
    }

    /// Tenure itself. Ugly on purpose, and rare: say why no person acts.
    pub fn system(reason: &str) -> Self {
        Self {
            kind: PrincipalKind::System { reason: reason.to_owned() },
            label: format!("Tenure ({reason})"),
            roles: BTreeSet::from([PortalRole::Admin]),
        }
    }

    /// The identity that acts, if one does.
    pub fn identity_id(&self) -> Option<IdentityId> {
        match &self.kind {
            PrincipalKind::Person { identity_id, .. } | PrincipalKind::Token { identity_id, .. } => Some(*identity_id),
            _ => None,
        }
    }

    /// Whether a role is held.
    pub fn is(&self, role: PortalRole) -> bool {
        self.roles.contains(&role)
    }

    /// Whether anything may be changed at all: a token may be for reading only.
    pub fn may_write(&self) -> bool {
        match &self.kind {
            PrincipalKind::Token { scopes, .. } => scopes.change(),
            _ => true,
        }
    }

    /// The scope that a token lacks for an action; None where nothing is lacking, and for who is no token.
    pub fn lacks(&self, action: ActionKind) -> Option<TokenScope> {
        match &self.kind {
            PrincipalKind::Token { scopes, .. } if !scopes.cover(action.scope()) => Some(action.scope()),
            _ => None,
        }
    }

    /// Why it may not do an action.
    pub(super) fn denied(&self, action: ActionKind, lacks: Option<TokenScope>) -> Denied {
        Denied { who: self.label.clone(), action, lacks }
    }

    /// Whether it is an API token that acts.
    pub fn is_token(&self) -> bool {
        matches!(self.kind, PrincipalKind::Token { .. })
    }

    /// The word that audit events use for the kind.
    pub fn kind_word(&self) -> &'static str {
        match self.kind {
            PrincipalKind::Person { .. } => "person",
            PrincipalKind::Token { .. } => "token",
            PrincipalKind::LocalOperator { .. } => "local-operator",
            PrincipalKind::System { .. } => "system",
            PrincipalKind::Anonymous => "anonymous",
        }
    }
}

/// How a thing relates to the actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Relation {
    /// Not at all.
    None,
    /// It is, or belongs to, somebody who reports to the actor.
    Team,
    /// It is the actor, or belongs to the actor.
    Own,
}
