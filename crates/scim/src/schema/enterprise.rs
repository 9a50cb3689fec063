//! The enterprise extension of User (RFC 7643, 4.3 and 8.7.1).

use super::builder::{complex, reference, text};
use super::{Mutability, Schema};

/// The URN of the enterprise extension.
pub const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// The enterprise extension.
pub fn enterprise_user() -> Schema {
    let manager = vec![
        text("value", "The manager's id.").exact(),
        reference("$ref", "The manager's address.", &["User"]),
        text("displayName", "The manager's name.").mutable(Mutability::ReadOnly),
    ];
    let attributes = vec![
        text("employeeNumber", "The organisation's number for the person."),
        text("costCenter", "The cost centre."),
        text("organization", "The organisation."),
        text("division", "The division."),
        text("department", "The department."),
        complex("manager", "The person's manager.", manager),
    ];
    Schema { id: ENTERPRISE_USER.into(), name: "EnterpriseUser".into(), description: "A user of an organisation.".into(), attributes }
}
