//! Typed identifiers. All are UUIDs of version 7 (RFC 9562), made by the services from the
//! injected clock, so that a row's key sorts by the time it was made.

use std::fmt;

use uuid::Uuid;

/// A word that is none of an enumeration's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not one of: {expected}")]
pub struct UnknownWord {
    /// What was found.
    pub word: String,
    /// The words that are known, separated by blanks.
    pub expected: &'static str,
}

/// What every typed identifier can do.
pub trait Id: Copy + Eq + Ord + std::hash::Hash + fmt::Debug + fmt::Display + Send + Sync + 'static {
    /// The word for the thing that the identifier names, as audit events and URLs spell it.
    const KIND: &'static str;
    /// The raw value.
    fn uuid(self) -> Uuid;
    /// Wraps a raw value.
    fn from_uuid(raw: Uuid) -> Self;
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident = $kind:literal;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl Id for $name {
            const KIND: &'static str = $kind;
            fn uuid(self) -> Uuid { self.0 }
            fn from_uuid(raw: Uuid) -> Self { Self(raw) }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, concat!($kind, ":{}"), self.0) }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> { Uuid::parse_str(text).map(Self) }
        }
    )+};
}

ids! {
    /// An identity of any kind.
    IdentityId = "identity";
    /// A place that identity data comes from.
    SourceId = "source";
    /// A target system.
    ApplicationId = "application";
    /// One right on a target.
    EntitlementId = "entitlement";
    /// A named bundle of entitlements.
    RoleId = "role";
    /// A birthright rule.
    RuleId = "rule";
    /// An identity's assignment to a role.
    AssignmentId = "assignment";
    /// An identity's hold of an entitlement.
    GrantId = "grant";
    /// A proof: password, key, token, certificate, session.
    CredentialId = "credential";
    /// One durable change owed to a target.
    OperationId = "operation";
    /// An account on a target.
    AccountId = "account";
    /// One question to a reviewer.
    ReviewId = "review";
    /// One reading of a target.
    ReadingId = "reading";
    /// A host that asks Tenure for SSH keys, by a token of its own.
    HostId = "host";
    /// One run of the function that ends identities.
    EndingId = "ending";
    /// One use of a sealed account.
    BreakGlassUseId = "break-glass-use";
    /// A time in which nothing goes out to targets: the database was restored.
    RestoreId = "restore";
    /// The record of the end of one identity.
    RecordId = "record";
    /// Who is told of signals.
    SignalReceiverId = "signal-receiver";
    /// One signal on its way to one receiver.
    SignalId = "signal";
    /// One mail to one person.
    MailId = "mail";
    /// Whose signals are taken.
    SignalTransmitterId = "signal-transmitter";
    /// An OpenID provider by which people sign in.
    ProviderId = "sign-in-provider";
    /// A subject of a provider, and the identity that it stands for.
    LinkId = "sign-in-link";
    /// One import of a file.
    ImportId = "import";
    /// A task to find a new owner for a non-human identity.
    HandOverId = "hand-over";
    /// One row of the audit log.
    EventId = "event";
    /// A saved view of a list.
    ViewId = "view";
    /// A period of employment.
    EmploymentId = "employment";
}
