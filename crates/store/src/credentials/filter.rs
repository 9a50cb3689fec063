//! Which credentials, and in what order.

use chrono::{DateTime, Utc};
use tenure_domain::credential::{Credential, CredentialKind, CredentialState};
use tenure_domain::fold::fold;
use tenure_domain::id::{Id, IdentityId};

use crate::page::{Cursor, Direction};

/// By what the list is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CredentialSort {
    /// By name.
    #[default]
    Label,
    /// By kind, then name.
    Kind,
    /// By state, then name.
    State,
}

impl CredentialSort {
    pub(super) const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Label => &["c.label_key"],
            Self::Kind => &["c.kind", "c.label_key"],
            Self::State => &["c.state", "c.label_key"],
        }
    }

    pub(super) fn cursor(self, row: &Credential) -> Cursor {
        let label = fold(&row.label);
        let keys = match self {
            Self::Label => vec![label],
            Self::Kind => vec![row.kind.to_string(), label],
            Self::State => vec![row.state.to_string(), label],
        };
        Cursor { keys, id: row.id.uuid() }
    }
}

/// A span of time; open where it has no end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub before: Option<DateTime<Utc>>,
}

/// When it was last used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastUse {
    /// Nobody tells.
    Unknown,
    /// In this span.
    In(Span),
}

/// Which credentials.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CredentialFilter {
    /// Only those whose name begins with this, whatever its case.
    pub label: String,
    /// Only this kind.
    pub kind: Option<CredentialKind>,
    /// Only this state.
    pub state: Option<CredentialState>,
    /// Only those that may still prove something.
    pub live: bool,
    /// Only those of one identity.
    pub identity_id: Option<IdentityId>,
    /// A finding: nobody owns it.
    pub without_owner: bool,
    /// A finding: its owner has ended and it is still live.
    pub ended_owner: bool,
    /// Live, and past its end or near it: ends before this.
    pub expires_before: Option<DateTime<Utc>>,
    /// Live, no session, and ends by itself in this span.
    pub ends_in: Option<Span>,
    /// Live, and not used since. Where nobody tells of its use it is not known to be unused.
    pub unused_since: Option<DateTime<Utc>>,
    /// Live, and its secret not replaced since.
    pub unrotated_since: Option<DateTime<Utc>>,
    /// Live, no session, and its secret made or replaced in this span.
    pub secret_of: Option<Span>,
    /// Live, and last used then.
    pub last_used: Option<LastUse>,
    /// By what to sort.
    pub sort: CredentialSort,
    /// Which way.
    pub direction: Direction,
}
