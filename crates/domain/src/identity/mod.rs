//! Identities: the governed subjects, durable. A person, or a non-human identity with an owner.

mod kind;
mod lifecycle;
mod record;

pub use kind::IdentityKind;
pub use lifecycle::{LifecycleState, NotAllowed, Transition};
pub use record::{Attribute, Identity};
