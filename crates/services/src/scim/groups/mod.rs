//! Roles as SCIM groups. An identity provider makes groups of its own and says who is in them; every other role it can
//! read, and not change.

mod compose;
mod create_group;
mod delete_group;
mod list_groups;
mod members;
mod patch_group;
mod read_group;
mod replace_group;
mod write;

pub use create_group::create_group;
pub use delete_group::delete_group;
pub use list_groups::list_groups;
pub(super) use list_groups::page_of_groups;
pub use patch_group::patch_group;
pub use read_group::read_group;
pub use replace_group::replace_group;
