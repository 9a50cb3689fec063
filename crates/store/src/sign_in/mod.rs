//! Single sign-on: providers, whom their subjects stand for, sign-ins that are on their way, and what providers say is over.

mod attempts;
mod links;
mod providers;
mod sessions;

pub use attempts::AttemptRow;
pub use links::{LinkRow, LinkView};
pub use providers::{ProviderRow, ProviderView};
pub use sessions::{EndedSession, Over, SessionOrigin};
