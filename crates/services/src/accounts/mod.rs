//! The portal's own accounts: first start, set-up links, sign-in, sessions, tokens, portal roles.

mod authenticate_token;
mod change_password;
mod device;
mod first_start;
mod forgotten;
mod from_browser;
mod last_administrator;
pub mod limits;
mod open_session;
mod portal_roles;
mod resume_session;
mod set_up;
mod sign_in;
mod sign_out;
mod tell_locked;
mod touch;

pub use authenticate_token::authenticate_token;
pub use change_password::change_password;
pub use first_start::{FirstStart, LINK_HOURS, check_instance, first_administrator, known_instance};
pub use forgotten::{RESET_MINUTES, answer_resets, ask_reset};
pub use from_browser::{Browser, note_sign_in, sign_in_from};
pub(crate) use last_administrator::{LAST, leaves_no_administrator};
pub(crate) use open_session::open_session;
pub use open_session::{SESSION_HOURS, SESSION_IDLE_MINUTES, SignedIn};
pub use portal_roles::{invite, portal_access, set_portal_role};
pub(crate) use resume_session::all_roles;
pub use resume_session::person;
pub(crate) use set_up::busy;
pub use set_up::{SetUp, link_was_used, look_at_link, set_up};
pub use sign_in::sign_in;
pub(crate) use sign_in::{LOCK_AFTER, LOCK_FOR};
pub use sign_out::{MyAccount, end_other_sessions, end_session, my_account, sign_out};
pub use touch::touch_meanwhile;
