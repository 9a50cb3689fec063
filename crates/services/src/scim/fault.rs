//! What can go wrong, in the words of the protocol.

use tenure_domain::access::Denied;
use tenure_domain::id::IdentityId;
use tenure_scim::{ScimError, ScimType};
use tenure_store::StoreError;

use crate::ServiceError;

/// Why a request was not carried out. Nothing of it has happened then.
#[derive(Debug)]
pub enum Fault {
    /// The protocol says what is wrong.
    Scim(ScimError),
    /// Somebody else decides this. It leaves a row in the audit log.
    NotYours {
        /// About whom, if it is about a person.
        about: Option<IdentityId>,
        /// Whose it is, and what to do.
        words: String,
    },
    /// A command below failed.
    Service(ServiceError),
}

impl From<ScimError> for Fault {
    fn from(error: ScimError) -> Self {
        Self::Scim(error)
    }
}

impl From<ServiceError> for Fault {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl From<Denied> for Fault {
    fn from(denied: Denied) -> Self {
        Self::Service(denied.into())
    }
}

impl Fault {
    pub(super) fn not_yours(about: Option<IdentityId>, words: impl Into<String>) -> Self {
        Self::NotYours { about, words: words.into() }
    }

    /// 404 (RFC 7644, 3.12).
    pub(super) fn not_found(what: &str, id: &str) -> Self {
        let id: String = id.chars().take(60).filter(|c| !c.is_control()).collect();
        Self::Scim(ScimError::status(404, format!("there is no {what} `{id}`")))
    }

    /// A value that is not taken.
    pub(super) fn invalid(words: impl Into<String>) -> Self {
        Self::Scim(ScimError::bad(ScimType::InvalidValue, words))
    }

    /// The error as it is answered.
    pub fn answer(self) -> ScimError {
        let error = match self {
            Self::Scim(error) => return error,
            Self::NotYours { words, .. } => return ScimError::status(403, words),
            Self::Service(error) => error,
        };
        // A program tries again what it is told may work later; a 409 it takes for its own fault.
        if error.is_collision() {
            return ScimError::status(503, error.to_string());
        }
        match error {
            ServiceError::Denied(denied) => ScimError::status(403, format!("{denied}. If you need this, ask an administrator")),
            ServiceError::NotFound(what) => ScimError::status(404, format!("there is no such {what}")),
            ServiceError::Invalid(_) | ServiceError::File(_) => ScimError::bad(ScimType::InvalidValue, error.to_string()),
            ServiceError::Limit(_) | ServiceError::Refused(_) | ServiceError::Elsewhere(_) | ServiceError::Proof => {
                ScimError::status(403, error.to_string())
            }
            ServiceError::Lifecycle(_) | ServiceError::Credential(_) | ServiceError::Conflict(_) => {
                ScimError::status(409, error.to_string())
            }
            ServiceError::Over(_) => ScimError::status(401, error.to_string()),
            ServiceError::Busy => ScimError::status(503, error.to_string()),
            ServiceError::Store(_) | ServiceError::Vault(_) => {
                tracing::error!(%error, "a request over SCIM failed");
                ScimError::status(503, "Tenure cannot reach its database or keys now; nothing was changed. Try again in a moment")
            }
        }
    }
}
