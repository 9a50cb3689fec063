//! Why a target did not do it.

use std::time::Duration;

/// What kind of fault. It decides what the worker does next, and what a person is told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Nobody answers at the address.
    Unreachable,
    /// No answer in time. Whether it was done is not known.
    Timeout,
    /// The certificate is not one that is trusted for that name.
    Certificate,
    /// The target does not accept Tenure's own credential.
    SignIn,
    /// Tenure is signed in and may not do this.
    Forbidden,
    /// What came is not what the protocol says.
    Protocol,
    /// The target asks to come back later.
    TooMany,
    /// The target refuses what is asked: a value it does not take, an attribute that is missing.
    Refused,
    /// [`crate::Change::Create`]: the name belongs to somebody else there, or may not be given. Another name may do.
    NameTaken,
    /// A person has to decide something first: who takes over what is owned, which of two accounts is meant.
    NeedsDecision,
    /// This target cannot do that.
    Unsupported,
}

impl FaultKind {
    /// Whether the target as a whole is in trouble, so that asking for the next thing is no use either.
    pub const fn is_of_the_target(self) -> bool {
        matches!(self, Self::Unreachable | Self::Timeout | Self::Certificate | Self::SignIn | Self::Protocol | Self::TooMany)
    }

    /// Whether asking again is no use before a person has changed something.
    pub const fn needs_a_person(self) -> bool {
        matches!(self, Self::NeedsDecision | Self::Unsupported | Self::Forbidden | Self::Refused | Self::NameTaken)
    }
}

/// A fault, in words that an administrator can act on. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Fault {
    /// What kind.
    pub kind: FaultKind,
    /// What happened and what to do.
    pub words: String,
    /// The earliest moment to ask again, if the target said so.
    pub retry_after: Option<Duration>,
}

impl Fault {
    /// A fault in words.
    pub fn new(kind: FaultKind, words: impl Into<String>) -> Self {
        Self { kind, words: words.into(), retry_after: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_is_no_trouble_of_the_target_and_the_same_again_does_not_help() {
        assert!(!FaultKind::NameTaken.is_of_the_target() && FaultKind::NameTaken.needs_a_person());
    }
}
