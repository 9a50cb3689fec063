//! Who may do what. The check is the only way to get the thing: a change in the store needs an
//! [`Authorized`], and only [`authorize`] makes one.

mod action;
mod authorized;
mod matrix;
mod may;
mod principal;
mod scope;
mod step_up;
mod token_scope;

pub use action::{Action, ActionKind, Portal, TargetName, actions};
pub use authorized::{Authorized, Denied, Resource, authorize};
pub use matrix::{Reach, reach};
pub use may::{May, change};
pub use principal::{Channel, PortalRole, Principal, PrincipalKind, Relation};
pub use scope::{Scope, scope};
pub use step_up::asks_for_proof;
pub use token_scope::{TokenScope, TokenScopes};
