//! What identity providers say over SCIM: people with what was written of them, and groups.

mod groups;
mod list;
mod people;

pub use groups::{GroupRow, GroupsAfter, Member, ScimGroup};
pub use list::{PeopleFilter, PeoplePage};
pub use people::{Person, ScimUser};
