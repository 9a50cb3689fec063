//! The portal's own accounts: roles, passwords, set-up links, sessions, API tokens, the instance.

mod local;
mod sessions;
mod tokens;

pub use local::{Administrator, Instance, LocalAccount, SetupLink};
pub use sessions::{EndedSignIns, SessionRecord, SessionView, StoredSession};
pub use tokens::{ApiTokenRow, TokenHolder, TokenNote, parse_roles};
