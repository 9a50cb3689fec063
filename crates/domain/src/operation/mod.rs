//! Operations: durable changes owed to targets. An operation stays until it is read back as true:
//! there is no last attempt.

mod backoff;
mod forecast;
mod kind;
mod life;

pub use backoff::{Breaker, backoff};
pub use forecast::{Forecast, Progress};
pub use kind::OperationKind;
pub use life::{ASK_AFTER, Attempt, Trouble, after_attempt};

text_enum! {
    /// Where an operation stands. *Attested* is a person's word and never counts as *verified*.
    pub enum OperationState {
        /// Owed; nobody has started on it.
        Queued = "queued", "queued";
        /// Somebody works on it.
        Running = "running", "running";
        /// The target said yes; not read back yet.
        Acknowledged = "acknowledged", "acknowledged";
        /// Read back as true.
        Verified = "verified", "verified";
        /// A person states that it is done.
        Attested = "attested", "attested";
        /// Tried often enough that a person has to look. It is still tried.
        NeedsHuman = "needs-human", "needs a human";
        /// No longer wanted: the desired state changed back before it was done.
        Superseded = "superseded", "superseded";
    }
}

impl OperationState {
    /// Whether something is still owed.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Running | Self::Acknowledged | Self::NeedsHuman)
    }
}
