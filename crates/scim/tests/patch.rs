//! PATCH: the RFC's examples, what is refused, and how Entra ID and Okta write.

// In a test a panic is a failure, which is what is wanted.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Value, json};
use tenure_scim::patch::{Patch, Patched};
use tenure_scim::{Reading, ResourceType, ScimError, ScimType, resource};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn user() -> Value {
    let user = json!({
        "id": "1", "userName": "bjensen", "active": true, "nickName": "Babs",
        "name": { "givenName": "Barbara", "familyName": "Jensen" },
        "emails": [{ "value": "bjensen@example.com", "type": "work", "primary": true }, { "value": "babs@jensen.org", "type": "home" }],
        "addresses": [{ "type": "work", "streetAddress": "100 Universal City Plaza", "locality": "Hollywood" }],
        ENTERPRISE: { "department": "Tours", "employeeNumber": "1" },
    });
    resource::accept(ResourceType::users(), user, Reading::Strict).expect("a user")
}

fn group(members: &[&str]) -> Value {
    let members: Vec<Value> = members.iter().map(|id| json!({ "value": id, "type": "User" })).collect();
    resource::accept(ResourceType::groups(), json!({ "id": "g", "displayName": "Guides", "members": members }), Reading::Strict)
        .expect("a group")
}

fn try_patch(of: &ResourceType, before: &Value, operations: Value, reading: Reading) -> Result<Patched, ScimError> {
    let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
    let patch = Patch::read(of, &body, reading)?;
    // The strict form of any request is the same request.
    let again = Patch::read(of, &patch.body(), reading).expect("the strict form is read");
    assert_eq!(again, patch);
    patch.apply(of, before)
}

fn patched(before: &Value, operations: Value) -> Patched {
    try_patch(ResourceType::users(), before, operations.clone(), Reading::Strict).unwrap_or_else(|error| panic!("{operations}: {error}"))
}

fn on_group(before: &Value, operations: Value, reading: Reading) -> Patched {
    try_patch(ResourceType::groups(), before, operations.clone(), reading).unwrap_or_else(|error| panic!("{operations}: {error}"))
}

fn members(group: &Value) -> Vec<&str> {
    group["members"].as_array().into_iter().flatten().filter_map(|member| member["value"].as_str()).collect()
}

#[test]
fn the_rfcs_examples_of_add() {
    let member = json!([{ "op": "add", "path": "members", "value": [{ "display": "Babs Jensen", "$ref": "https://example.com/v2/Users/2819", "value": "2819" }] }]);
    let once = on_group(&group(&["a"]), member.clone(), Reading::Strict);
    assert_eq!((members(&once.resource), once.changed), (vec!["a", "2819"], true));
    let twice = on_group(&once.resource, member, Reading::Strict);
    assert_eq!((members(&twice.resource), twice.changed), (vec!["a", "2819"], false));

    let several = json!([{ "op": "add", "value": { "emails": [{ "value": "babs@x.org", "type": "other" }], "nickName": "Babsy" } }]);
    let several = patched(&user(), several).resource;
    assert_eq!((several["emails"].as_array().map(Vec::len), &several["nickName"]), (Some(3), &json!("Babsy")));
}

#[test]
fn the_rfcs_examples_of_remove() {
    assert!(
        on_group(&group(&["a", "b"]), json!([{ "op": "remove", "path": "members" }]), Reading::Strict).resource.get("members").is_none()
    );
    let one = json!([{ "op": "remove", "path": "members[value eq \"a\"]" }]);
    assert_eq!(members(&on_group(&group(&["a", "b"]), one, Reading::Strict).resource), ["b"]);
    let mails = json!([{ "op": "remove", "path": "emails[type eq \"work\" and value ew \"example.com\"]" }]);
    let after = patched(&user(), mails).resource;
    assert_eq!(after["emails"], json!([{ "value": "babs@jensen.org", "type": "home" }]));
    // Remove a member and add another one in one request.
    let both =
        json!([{ "op": "remove", "path": "members[value eq \"a\"]" }, { "op": "add", "path": "members", "value": [{ "value": "c" }] }]);
    assert_eq!(members(&on_group(&group(&["a", "b"]), both, Reading::Strict).resource), ["b", "c"]);
    // Take all away and add others.
    let all =
        json!([{ "op": "remove", "path": "members" }, { "op": "add", "path": "members", "value": [{ "value": "x" }, { "value": "y" }] }]);
    assert_eq!(members(&on_group(&group(&["a"]), all, Reading::Strict).resource), ["x", "y"]);
}

#[test]
fn the_rfcs_examples_of_replace() {
    let all = json!([{ "op": "replace", "path": "members", "value": [{ "value": "x" }, { "value": "y" }] }]);
    assert_eq!(members(&on_group(&group(&["a"]), all, Reading::Strict).resource), ["x", "y"]);
    let address = json!({ "type": "work", "streetAddress": "911 Universal City Plaza", "locality": "Hollywood", "primary": true });
    let after = patched(&user(), json!([{ "op": "replace", "path": "addresses[type eq \"work\"]", "value": address }])).resource;
    assert_eq!(after["addresses"], json!([address]));
    let street = json!([{ "op": "replace", "path": "addresses[type eq \"work\"].streetAddress", "value": "1010 Broadway Ave" }]);
    let after = patched(&user(), street).resource;
    assert_eq!(after["addresses"][0], json!({ "type": "work", "streetAddress": "1010 Broadway Ave", "locality": "Hollywood" }));
    let several =
        json!([{ "op": "replace", "value": { "emails": [{ "value": "b@x.org", "type": "work", "primary": true }], "nickName": "B" } }]);
    let after = patched(&user(), several).resource;
    assert_eq!((after["emails"].as_array().map(Vec::len), &after["nickName"]), (Some(1), &json!("B")));
}

#[test]
fn a_complex_value_keeps_the_parts_that_are_not_said() {
    let after = patched(&user(), json!([{ "op": "replace", "path": "name", "value": { "givenName": "Barb" } }])).resource;
    assert_eq!(after["name"], json!({ "givenName": "Barb", "familyName": "Jensen" }));
    let after = patched(&user(), json!([{ "op": "add", "path": format!("{ENTERPRISE}:manager.value"), "value": "26" }])).resource;
    assert_eq!(after[ENTERPRISE]["manager"]["value"], "26");
    let after = patched(&user(), json!([{ "op": "remove", "path": ENTERPRISE }])).resource;
    assert!(after.get(ENTERPRISE).is_none() && !after["schemas"].to_string().contains(ENTERPRISE), "{after}");
    let after = patched(&user(), json!([{ "op": "replace", "value": { ENTERPRISE: { "costCenter": "7" } } }])).resource;
    assert_eq!(after[ENTERPRISE], json!({ "department": "Tours", "employeeNumber": "1", "costCenter": "7" }));
}

#[test]
fn only_one_value_is_primary() {
    let added = json!([{ "op": "add", "path": "emails", "value": [{ "value": "new@x.org", "primary": true }] }]);
    let after = patched(&user(), added).resource;
    let primary: Vec<&Value> = after["emails"].as_array().expect("mails").iter().filter(|mail| mail["primary"] == true).collect();
    assert!(primary.len() == 1 && primary[0]["value"] == "new@x.org", "{after}");
    let after = patched(&user(), json!([{ "op": "replace", "path": "emails[type eq \"home\"].primary", "value": true }])).resource;
    assert_eq!((&after["emails"][0]["primary"], &after["emails"][1]["primary"]), (&json!(false), &json!(true)));
    let two =
        json!([{ "op": "replace", "path": "emails", "value": [{ "value": "a", "primary": true }, { "value": "b", "primary": true }] }]);
    assert_eq!(try_patch(ResourceType::users(), &user(), two, Reading::Strict).unwrap_err().scim_type, Some(ScimType::InvalidValue));
}

#[test]
fn what_is_wrong_has_its_type() {
    use ScimType::{InvalidPath, InvalidSyntax, InvalidValue, Mutability, NoTarget};
    for (operation, kind) in [
        (json!({ "op": "replace", "path": "id", "value": "2" }), Mutability),
        (json!({ "op": "replace", "path": "meta.created", "value": "2011-05-13T04:42:34Z" }), Mutability),
        (json!({ "op": "add", "path": "groups", "value": [{ "value": "g" }] }), Mutability),
        (json!({ "op": "remove", "path": "userName" }), Mutability),
        (json!({ "op": "remove" }), NoTarget),
        (json!({ "op": "replace", "path": "emails[type eq \"other\"].value", "value": "x" }), NoTarget),
        (json!({ "op": "remove", "path": "emails[type eq \"other\"]" }), NoTarget),
        (json!({ "op": "replace", "path": "colour", "value": "x" }), InvalidPath),
        (json!({ "op": "replace", "path": "emails[type eq", "value": "x" }), InvalidPath),
        (json!({ "op": "replace", "path": "name[x pr]", "value": "x" }), InvalidPath),
        (json!({ "op": "replace", "path": "emails[primary gt true]", "value": "x" }), InvalidPath),
        (json!({ "op": "replace", "path": 5, "value": "x" }), InvalidPath),
        (json!({ "op": "replace", "path": "active", "value": "False" }), InvalidValue),
        (json!({ "op": "replace", "path": "userName", "value": 5 }), InvalidValue),
        (json!({ "op": "replace", "path": "userName" }), InvalidValue),
        (json!({ "op": "add", "value": "x" }), InvalidValue),
        (json!({ "op": "Replace", "path": "title", "value": "x" }), InvalidSyntax),
        (json!({ "op": "move", "path": "title" }), InvalidSyntax),
        (json!({ "path": "title" }), InvalidSyntax),
        (json!("x"), InvalidSyntax),
    ] {
        let error = try_patch(ResourceType::users(), &user(), json!([operation]), Reading::Strict).expect_err(&operation.to_string());
        assert_eq!((error.status, error.scim_type), (400, Some(kind)), "{operation}: {error}");
        assert!(error.detail.starts_with("operation 1: "), "{error}");
    }
    let empty = json!([{ "op": "replace", "path": "userName", "value": "" }]);
    assert_eq!(try_patch(ResourceType::users(), &user(), empty, Reading::Strict).unwrap_err().scim_type, Some(InvalidValue));
    let members = json!([{ "op": "replace", "path": "members[value eq \"a\"].value", "value": "b" }]);
    assert_eq!(try_patch(ResourceType::groups(), &group(&["a"]), members, Reading::Strict).unwrap_err().scim_type, Some(Mutability));
}

fn lenient(operations: Value) -> Value {
    try_patch(ResourceType::users(), &user(), operations.clone(), Reading::Lenient)
        .unwrap_or_else(|error| panic!("{operations}: {error}"))
        .resource
}

#[test]
fn entra_writes_capitals_texts_for_truth_and_paths_as_keys() {
    assert_eq!(lenient(json!([{ "op": "Replace", "path": "active", "value": "False" }]))["active"], false);
    assert_eq!(lenient(json!([{ "op": "Replace", "value": { "active": "False" } }]))["active"], false);
    let keys = json!([{ "op": "Add", "value": {
        "name.givenName": "Barb", "emails[type eq \"other\"].value": "o@x.org",
        format!("{ENTERPRISE}:department"): "Sales", format!("{ENTERPRISE}:manager"): "26" } }]);
    let after = lenient(keys);
    assert_eq!(after["name"], json!({ "givenName": "Barb", "familyName": "Jensen" }));
    assert_eq!(after["emails"][2], json!({ "value": "o@x.org", "type": "other" }));
    assert_eq!((&after[ENTERPRISE]["department"], &after[ENTERPRISE]["manager"]["value"]), (&json!("Sales"), &json!("26")));
    let typed = json!([{ "op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+1" }]);
    assert_eq!(lenient(typed)["phoneNumbers"], json!([{ "type": "mobile", "value": "+1" }]));
}

#[test]
fn entra_removes_members_by_a_list_of_values() {
    let some = json!([{ "op": "Remove", "path": "members", "value": [{ "value": "a" }, { "$ref": null, "value": "c" }] }]);
    let after = on_group(&group(&["a", "b", "c"]), some.clone(), Reading::Lenient);
    assert_eq!(members(&after.resource), ["b"]);
    assert!(!on_group(&after.resource, some, Reading::Lenient).changed, "who is gone is gone");
    let gone = json!([{ "op": "remove", "path": "members[value eq \"z\"]" }]);
    assert!(!on_group(&group(&["a"]), gone.clone(), Reading::Lenient).changed);
    assert_eq!(try_patch(ResourceType::groups(), &group(&["a"]), gone, Reading::Strict).unwrap_err().scim_type, Some(ScimType::NoTarget));
    // An empty list removes nobody, not everybody.
    let nobody = json!([{ "op": "Remove", "path": "members", "value": [] }]);
    assert_eq!(members(&on_group(&group(&["a"]), nobody, Reading::Lenient).resource), ["a"]);
}

#[test]
fn one_operation_for_each_member_is_one_change_of_the_list() {
    let add = |n: usize| json!({ "op": "Add", "path": "members", "value": [{ "value": n.to_string() }] });
    let remove = |n: usize| json!({ "op": "Remove", "path": format!("members[value eq \"{n}\"]") });
    let operations: Vec<Value> = (0..2000).map(add).chain((0..1999).map(remove)).collect();
    let patch = Patch::read(ResourceType::groups(), &json!({ "Operations": operations }), Reading::Lenient).expect("a request");
    assert_eq!(patch.operations.len(), 2);
    let after = patch.apply(ResourceType::groups(), &group(&["a"])).expect("a change");
    assert_eq!(members(&after.resource), ["a", "1999"]);
}

#[test]
fn okta_replaces_without_a_path_and_sends_the_id_along() {
    assert_eq!(lenient(json!([{ "op": "replace", "value": { "active": false } }]))["active"], false);
    let renamed = on_group(&group(&["a"]), json!([{ "op": "replace", "value": { "id": "g", "displayName": "New" } }]), Reading::Lenient);
    assert_eq!((&renamed.resource["displayName"], &renamed.resource["id"]), (&json!("New"), &json!("g")));
}

#[test]
fn a_put_keeps_what_the_server_sets_and_clears_what_is_not_said() {
    let of = ResourceType::users();
    let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "other", "USERNAME": "bj", "active": "False", "extra": 1 });
    let after = resource::replace(of, &user(), body, Reading::Lenient).expect("a put");
    assert_eq!(after, json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "bj", "active": false }));
    assert!(resource::replace(of, &user(), json!({ "title": "x" }), Reading::Lenient).unwrap_err().detail.contains("userName"));
    assert!(resource::create(of, json!([]), Reading::Lenient).is_err());
    let made = resource::create(of, json!({ "userName": "x", "id": "mine", "groups": [{ "value": "g" }] }), Reading::Strict).expect("made");
    assert_eq!((made.get("id"), made.get("groups")), (None, None));
}

fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        proptest::sample::select(
            &["add", "Remove", "replace", "members", "emails[type eq \"work\"].value", "name.givenName", "True", ENTERPRISE, "userName"][..]
        )
        .prop_map(str::to_owned),
    ];
    let leaf =
        prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), any::<i64>().prop_map(Value::from), text.prop_map(Value::from)];
    leaf.prop_recursive(4, 32, 5, |inner| {
        let key = proptest::sample::select(
            &[
                "op",
                "path",
                "value",
                "Operations",
                "emails",
                "name",
                "active",
                "primary",
                "type",
                "members",
                "name.givenName",
                "$ref",
                "id",
                ENTERPRISE,
                "x",
            ][..],
        );
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::btree_map(key.prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_applied_or_refused(operations in proptest::collection::vec(any_json(), 0..4), body in any_json(), before in any_json()) {
        for of in [ResourceType::users(), ResourceType::groups()] {
            for reading in [Reading::Strict, Reading::Lenient] {
                let request = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
                for patch in [Patch::read(of, &request, reading), Patch::read(of, &body, reading)].into_iter().flatten() {
                    let _ = patch.apply(of, &before);
                    let _ = patch.apply(of, &user());
                }
                if let Ok(accepted) = resource::accept(of, body.clone(), reading) {
                    prop_assert_eq!(resource::accept(of, accepted.clone(), reading), Ok(accepted));
                }
                let _ = resource::replace(of, &before, body.clone(), reading);
            }
        }
    }
}
