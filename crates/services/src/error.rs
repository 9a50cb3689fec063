//! What can go wrong, in words for the person who asked.

use tenure_domain::access::Denied;
use tenure_domain::credential::CredentialNotAllowed;
use tenure_domain::identity::NotAllowed;
use tenure_domain::people::{LimitExceeded, RejectedRow};
use tenure_store::StoreError;

/// A fault of one field of a form.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// The field's name in the form.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

impl FieldError {
    /// A fault of a field.
    pub fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self { field, message: message.into() }
    }
}

/// Why a command was not carried out. Nothing of it has happened then.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The actor may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// A token may not be used from there.
    #[error(transparent)]
    Elsewhere(Box<crate::accounts::Elsewhere>),
    /// The actor may, once they have shown anew that it is them.
    #[error("this asks for a fresh proof that it is you")]
    Proof,
    /// It is not there, or the actor may not know of it.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// What was typed has faults.
    #[error("{}", .0.iter().map(|f| format!("{}: {}", f.field, f.message)).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<FieldError>),
    /// A file has faults.
    #[error("{} of the file cannot be taken; nothing was changed. First: {}", match .0.len() { 1 => "1 row".to_owned(), n => format!("{n} rows") }, .0.first().map(ToString::to_string).unwrap_or_default())]
    File(Vec<RejectedRow>),
    /// A limit stopped it.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Limit(Vec<LimitExceeded>),
    /// The life cycle does not allow it.
    #[error(transparent)]
    Lifecycle(#[from] NotAllowed),
    /// The credential's life does not allow it.
    #[error(transparent)]
    Credential(#[from] CredentialNotAllowed),
    /// The state moved on.
    #[error("{0}")]
    Conflict(String),
    /// It cannot be done now.
    #[error("{0}")]
    Refused(String),
    /// The actor may not act any more.
    #[error("{0}")]
    Over(StoreError),
    /// Too much at once.
    #[error("the server is busy; try again in a moment")]
    Busy,
    /// The database failed.
    #[error("{0}")]
    Store(StoreError),
    /// A key or the random source failed.
    #[error("{0}")]
    Vault(String),
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) | StoreError::Duplicate(_) | StoreError::Collision => Self::Conflict(error.to_string()),
            // It was there when it was looked at, or a program named a key that never was.
            StoreError::Missing(_) => {
                Self::Conflict("something that this refers to is not there any more; nothing was changed. Look at it again".to_owned())
            }
            StoreError::Over => Self::Over(error),
            other => Self::Store(other),
        }
    }
}

impl ServiceError {
    /// Whether it is only that another changed the same at the same moment, or took this along: nothing is wrong with it.
    pub(crate) fn is_collision(&self) -> bool {
        matches!(self, Self::Conflict(words) if *words == StoreError::Collision.to_string())
    }

    /// A refusal that says the same as absence: whether a thing exists is nobody's business who may
    /// not see it.
    pub(crate) fn hide(self, what: &'static str) -> Self {
        match self {
            // Who lacks no more than a scope may see it with another token, and is told which.
            Self::Denied(denied) if denied.lacks.is_none() => Self::NotFound(what),
            other => other,
        }
    }

    /// One faulty field.
    pub fn field(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }
}
