//! Break-glass: sealed accounts for when nobody else can get in. See decision 0030.

mod close;
mod guard;
mod look;
mod make;
mod seal;
mod sign_in;

pub use close::close_use;
pub(crate) use guard::{is_sealed_account, refuse_sealed_account};
pub(crate) use look::waiting_reviews;
pub use look::{BreakGlassOverview, look};
pub use make::{NewBreakGlass, make_account};
pub use seal::{SEAL_HOURS, seal_account};
pub(crate) use seal::{now_sealed, session_ends};
pub use sign_in::sign_in_sealed;

use crate::ServiceError;
use crate::text::has_control;

/// The longest reason or note.
const LONGEST: usize = 500;

/// What somebody typed, if it says something.
fn words(field: &'static str, typed: &str, ask: &str) -> Result<String, ServiceError> {
    let typed = typed.trim();
    let fewest = tenure_domain::break_glass::FEWEST;
    if !(fewest..=LONGEST).contains(&typed.chars().count()) || has_control(typed) {
        return Err(ServiceError::field(field, format!("{ask}, in {fewest} to {LONGEST} characters")));
    }
    Ok(typed.to_owned())
}
