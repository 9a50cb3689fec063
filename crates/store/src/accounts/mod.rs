//! The portal's own accounts: roles, passwords, set-up links, sessions, API tokens, the instance.

mod break_glass;
mod drafts;
mod local;
mod resets;
mod session_limits;
mod sessions;
mod sign_ins;
mod tokens;

pub use break_glass::{BreakGlassRow, BreakGlassUse, BreakGlassUseView, BreakGlassView};
pub use drafts::DraftRow;
pub use local::{Administrator, Instance, LocalAccount, SetupLink};
pub use resets::ResetRequest;
pub use sessions::{EndedSignIns, SessionRecord, SessionView, StoredSession};
pub use sign_ins::SignInRow;
pub use tokens::{ApiTokenRow, TokenHolder, TokenNote, parse_roles};
