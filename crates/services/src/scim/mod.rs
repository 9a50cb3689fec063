//! What an identity provider asks and says over SCIM 2.0 (RFC 7643, 7644, 9865). The protocol itself is in the crate
//! `tenure-scim`; see `docs/scim/README.md` and decision 0017 for who may change what.

mod bulk;
mod fault;
mod groups;
mod me;
mod once_more;
mod query;
mod search;
mod source;
mod users;
mod view;

pub use bulk::{MOST_BYTES, MOST_OPERATIONS, run_bulk};
pub use fault::Fault;
pub use groups::{create_group, delete_group, list_groups, patch_group, read_group, replace_group};
pub use me::me;
pub use query::{DEFAULT_COUNT, MOST_RESULTS};
pub use search::search;
pub use users::{create_user, delete_user, list_users, patch_user, read_user, replace_user};
pub use view::{Resource, View};
