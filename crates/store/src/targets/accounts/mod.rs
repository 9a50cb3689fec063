//! Accounts, as they were last seen on their targets.

/// Of an operation `o` of an account: that it is open, and that it ends the account. One that revokes a credential, or
/// changes an attribute, does not.
macro_rules! ends {
    () => {
        "o.kind IN ('disable-account', 'delete-account', 'end-sessions') AND o.state IN ('queued', 'running', 'acknowledged', 'needs-human')"
    };
}

mod differences;
mod list;
mod owners;
mod seen;

pub use differences::{Accepted, AcceptedDrift, Differences, Drift, Drifted, apart, same_values};
pub use list::{AccountFilter, AccountView};
pub use seen::{RecordedAccount, SeenAccount};
