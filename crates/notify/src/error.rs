//! Why a message was not sent.

/// What kind of trouble. It decides whether trying again is of any use, and what a person is told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailErrorKind {
    /// A setting, or a file that one names, cannot be used.
    Settings,
    /// Nobody answers at the address.
    Unreachable,
    /// No answer in time. Whether a message was taken is not known.
    Timeout,
    /// The certificate is not one that is trusted for that name.
    Certificate,
    /// The server offers no transport security, or it cannot be agreed upon.
    Security,
    /// The server does not let Tenure in.
    SignIn,
    /// The server says no, and would say so again: this message, or this recipient.
    Refused,
    /// The server asks to come back later.
    Later,
    /// What came is not what the protocol says.
    Protocol,
}

/// In words that an administrator can act on. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct MailError {
    /// What kind.
    pub kind: MailErrorKind,
    /// What happened and what to do.
    pub words: String,
}

impl MailError {
    pub(crate) fn new(kind: MailErrorKind, words: impl Into<String>) -> Self {
        Self { kind, words: words.into() }
    }
}
