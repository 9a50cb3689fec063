//! Targets: how they are reached, what is there, and whose it is.

mod configure;
mod connect;
mod correlate;
mod follow;
mod list;
mod membership;
mod owners;
mod probe;
mod reconcile;
mod try_all;

pub use configure::{TargetDraft, configure_target, hold_target};
pub(crate) use connect::connect;
pub use connect::{Connect, Connectors};
pub use correlate::correlate_account;
pub(crate) use follow::accounts_follow;
pub use list::{TargetPage, list_accounts, show_target};
pub use probe::probe_target;
pub use reconcile::{Reconciled, reconcile_target};
pub use tenure_connectors::Secret;
pub use try_all::{TriedTarget, try_targets};
