//! The User schema (RFC 7643, 4.1 and 8.7.1).

use super::builder::{complex, plural, reference, text};
use super::{Attribute, Kind, Mutability, Returned, Schema};

/// The URN of the User schema.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// The User schema.
pub fn user() -> Schema {
    let mut attributes = vec![
        text("userName", "The name by which the person signs in.").required().unique(),
        name(),
        text("displayName", "The name as it is shown."),
        text("nickName", "The casual name."),
        reference("profileUrl", "The person's page.", &["external"]),
        text("title", "The job title."),
        text("userType", "How the person stands to the organisation."),
        text("preferredLanguage", "The preferred language."),
        text("locale", "The place whose customs apply to dates and numbers."),
        text("timezone", "The time zone."),
        text("active", "Whether the account can be used.").of(Kind::Boolean),
        text("password", "The password in clear text, set and never returned.")
            .exact()
            .mutable(Mutability::WriteOnly)
            .returned(Returned::Never),
    ];
    attributes.extend(lists());
    Schema { id: USER.into(), name: "User".into(), description: "A user account.".into(), attributes }
}

fn name() -> Attribute {
    let parts = vec![
        text("formatted", "The whole name."),
        text("familyName", "The family name."),
        text("givenName", "The given name."),
        text("middleName", "The middle names."),
        text("honorificPrefix", "What stands before the name."),
        text("honorificSuffix", "What stands after the name."),
    ];
    complex("name", "The parts of the name.", parts)
}

fn lists() -> Vec<Attribute> {
    let value = |says| text("value", says);
    let groups = vec![
        text("value", "The group's id.").exact().mutable(Mutability::ReadOnly),
        reference("$ref", "The group's address.", &["User", "Group"]).mutable(Mutability::ReadOnly),
        text("display", "The group's name.").mutable(Mutability::ReadOnly),
        text("type", "How the group is held.").canonical(&["direct", "indirect"]).mutable(Mutability::ReadOnly),
    ];
    let numbers = ["work", "home", "mobile", "fax", "pager", "other"];
    let messengers = ["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"];
    vec![
        plural("emails", "Mail addresses.", value("The address."), &["work", "home", "other"]),
        plural("phoneNumbers", "Telephone numbers.", value("The number."), &numbers),
        plural("ims", "Instant messaging addresses.", value("The address."), &messengers),
        plural("photos", "Pictures.", reference("value", "The picture's address.", &["external"]), &["photo", "thumbnail"]),
        addresses(),
        complex("groups", "The groups that the user is in.", groups).many().mutable(Mutability::ReadOnly),
        plural("entitlements", "Entitlements.", value("The entitlement."), &[]),
        plural("roles", "Roles.", value("The role."), &[]),
        plural("x509Certificates", "Certificates.", value("The certificate.").of(Kind::Binary), &[]),
    ]
}

fn addresses() -> Attribute {
    let parts = vec![
        text("formatted", "The whole address."),
        text("streetAddress", "Street and number."),
        text("locality", "The city."),
        text("region", "The state or region."),
        text("postalCode", "The postal code."),
        text("country", "The country."),
        text("type", "What it is used for.").canonical(&["work", "home", "other"]),
        text("primary", "Whether it is the preferred one.").of(Kind::Boolean),
    ];
    complex("addresses", "Postal addresses.", parts).many()
}
