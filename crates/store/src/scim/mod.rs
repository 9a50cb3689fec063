//! What identity providers say over SCIM: people with what was written of them, and groups.

/// The text that reads a [`Person`], up to a condition.
macro_rules! select_people {
    ($which:literal) => {
        concat!(
            "SELECT i.*, s.source_id AS written_by, s.external_id, s.resource, s.deleted_at
             FROM identities i LEFT JOIN scim_users s ON s.identity_id = i.id WHERE ",
            $which
        )
    };
}

mod groups;
mod list;
mod people;

pub use groups::{GroupRow, GroupsAfter, Member, ScimGroup};
pub use list::{PeopleFilter, PeoplePage};
pub use people::{Holders, Person, ScimUser};
