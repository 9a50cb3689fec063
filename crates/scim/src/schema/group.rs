//! The Group schema (RFC 7643, 4.2 and 8.7.1).

use super::builder::{complex, reference, text};
use super::{Mutability, Schema};

/// The URN of the Group schema.
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// The Group schema.
pub fn group() -> Schema {
    let parts = vec![
        text("value", "The member's id.").exact().mutable(Mutability::Immutable),
        reference("$ref", "The member's address.", &["User", "Group"]).mutable(Mutability::Immutable),
        text("type", "What the member is.").canonical(&["User", "Group"]).mutable(Mutability::Immutable),
        text("display", "The member's name, as the server knows it.").mutable(Mutability::ReadOnly),
    ];
    let attributes = vec![text("displayName", "The group's name.").required(), complex("members", "Who is in the group.", parts).many()];
    Schema { id: GROUP.into(), name: "Group".into(), description: "A group.".into(), attributes }
}
