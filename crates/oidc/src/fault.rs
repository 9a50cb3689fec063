//! Why a provider's answer does not sign anybody in.

use tenure_connectors::{Fault, FaultKind};

/// Why not. The words hold no token, no code and no secret: they go into the audit log and onto pages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcFault {
    /// It does not answer, or not in a way that can be read.
    #[error("{0}")]
    Down(String),
    /// It answered that it does not want to.
    #[error("{0}")]
    Refused(String),
    /// What it said cannot be trusted.
    #[error("{0}")]
    Untrusted(String),
    /// The token is signed by a key that is not known: keys that were fetched now may have it.
    #[error("{0}")]
    Key(String),
}

impl OidcFault {
    pub(crate) fn untrusted(words: impl Into<String>) -> Self {
        Self::Untrusted(words.into())
    }
}

impl From<&Fault> for OidcFault {
    fn from(fault: &Fault) -> Self {
        match fault.kind {
            // The address itself is not one that is asked: nobody is down.
            FaultKind::Refused => Self::Untrusted(fault.words.clone()),
            _ => Self::Down(fault.words.clone()),
        }
    }
}

/// A word of a provider, as far as it is repeated: what OAuth allows in an error code, and no more of it than fits a line.
pub(crate) fn word(text: &str) -> String {
    let fine = |c: &char| c.is_ascii_graphic() && *c != '"' && *c != '\\' || *c == ' ';
    text.chars().filter(fine).take(200).collect()
}
