//! Answers: what is returned, in which order, on which page; errors, versions, bulk.

// In a test a panic is a failure, which is what is wanted.
#![allow(clippy::unwrap_used)]

use std::collections::HashMap;

use serde_json::{Value, json};
use tenure_scim::bulk::{BulkRequest, Done, Method, response};
use tenure_scim::list::{ListResponse, Page, SearchRequest};
use tenure_scim::project::{Selection, project};
use tenure_scim::schema::{Offers, service_provider_config};
use tenure_scim::sort::Sort;
use tenure_scim::{Reading, ResourceType, Schema, ScimError, ScimType, etag};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn user() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "ana", "password": "secret", "title": "x",
        "name": { "givenName": "Ana", "familyName": "B" }, "emails": [{ "value": "a@x.org", "type": "work" }],
        ENTERPRISE: { "department": "D", "costCenter": "7" }, "meta": { "resourceType": "User" },
    })
}

fn keys(attributes: Option<&str>, excluded: Option<&str>) -> Vec<String> {
    let selection = Selection::read(attributes, excluded).expect("a selection");
    let kept = project(ResourceType::users(), &user(), &selection);
    kept.as_object().expect("an object").keys().cloned().collect()
}

#[test]
fn what_is_returned_follows_the_request_and_the_schema() {
    assert!(!keys(None, None).contains(&"password".into()));
    assert!(!keys(Some("password"), None).contains(&"password".into()));
    assert_eq!(keys(Some("USERNAME"), None), ["id", "schemas", "userName"]);
    let without = keys(None, Some("id,emails,urn:ietf:params:scim:schemas:core:2.0:User:title"));
    assert!(without.contains(&"id".into()) && !without.contains(&"emails".into()) && !without.contains(&"title".into()), "{without:?}");
    let selection = Selection::read(Some(&format!("name.givenName,{ENTERPRISE}:department,emails.value")), None).expect("a selection");
    let kept = project(ResourceType::users(), &user(), &selection);
    assert_eq!(
        (&kept["name"], &kept[ENTERPRISE], &kept["emails"]),
        (&json!({ "givenName": "Ana" }), &json!({ "department": "D" }), &json!([{ "value": "a@x.org" }]))
    );
    assert_eq!(keys(Some(ENTERPRISE), None), ["id", "schemas", ENTERPRISE]);
    assert!(!keys(None, Some(ENTERPRISE)).contains(&ENTERPRISE.into()));
    assert!(Selection::read(Some("a"), Some("b")).is_err());
}

#[test]
fn excluding_members_lets_them_be_left_unread() {
    let selection = Selection::read(None, Some("members")).expect("a selection");
    assert!(!selection.wants(ResourceType::groups(), "members") && selection.wants(ResourceType::groups(), "displayName"));
}

#[test]
fn sorting_goes_by_the_primary_value_and_without_case() {
    let mut users = vec![
        json!({ "userName": "b", "emails": [{ "value": "a@x" }, { "value": "z@x", "primary": true }] }),
        json!({ "userName": "C" }),
        json!({ "userName": "A", "emails": [{ "value": "m@x" }] }),
    ];
    let mut names = |by: &str, descending| {
        let sort = Sort::by(ResourceType::users(), &by.parse().expect("a path"), descending).expect("an order");
        sort.sort(&mut users);
        users.iter().filter_map(|user| user["userName"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(names("userName", false), ["A", "b", "C"]);
    assert_eq!(names("userName", true), ["C", "b", "A"]);
    assert_eq!(names("emails", false), ["A", "b", "C"]);
    assert_eq!(names("emails.value", true), ["C", "b", "A"]);
    for bad in ["name", "password", "colour"] {
        assert!(Sort::by(ResourceType::users(), &bad.parse().expect("a path"), false).is_err(), "{bad}");
    }
}

#[test]
fn pages_are_bounded_and_asked_for_in_one_way() {
    let page = |json: Value| serde_json::from_value::<SearchRequest>(json).expect("a search").page(100, 200);
    assert_eq!(page(json!({})), Ok(Page::Index { start: 1, count: 100 }));
    assert_eq!(page(json!({ "startIndex": -5, "count": -1 })), Ok(Page::Index { start: 1, count: 0 }));
    assert_eq!(page(json!({ "startIndex": 7, "count": 9000 })), Ok(Page::Index { start: 7, count: 200 }));
    assert_eq!(page(json!({ "cursor": "" })), Ok(Page::Cursor { cursor: String::new(), count: 100 }));
    assert!(page(json!({ "cursor": "x", "startIndex": 1 })).is_err());
    assert_eq!(page(json!({ "cursor": "x", "count": -1 })).unwrap_err().scim_type, Some(ScimType::InvalidCount));
    let list = ListResponse { total_results: Some(3), next_cursor: Some("n".into()), resources: vec![user()], ..ListResponse::default() };
    let body = list.body();
    assert_eq!((&body["totalResults"], &body["nextCursor"], body.get("startIndex")), (&json!(3), &json!("n"), None));
    assert_eq!(serde_json::from_value::<ListResponse>(body).expect("a list"), list);
}

#[test]
fn an_error_body_has_its_status_as_text() {
    let body = ScimError::taken("`userName` is taken").body();
    assert_eq!((&body["status"], &body["scimType"]), (&json!("409"), &json!("uniqueness")));
    assert_eq!(ScimError::read(409, &body), ScimError::taken("`userName` is taken"));
    assert!(ScimError::status(404, "gone").body().get("scimType").is_none());
    assert_eq!(ScimError::read(400, &json!([])).detail, "");
}

#[test]
fn a_version_is_the_same_whether_written_weak_or_not() {
    let tag = etag::weak(7);
    for (header, named) in [("W/\"7\"", true), ("\"7\"", true), ("*", true), ("W/\"6\", W/\"7\"", true), ("W/\"6\"", false), ("", false)] {
        assert_eq!(etag::names(header, &tag), named, "{header}");
    }
}

#[test]
fn schemas_and_types_are_written_as_the_rfc_has_them() {
    let base = "https://x.example/scim/v2";
    let users = ResourceType::users();
    for schema in [&users.schema, &users.extensions[0], &ResourceType::groups().schema] {
        let written = schema.resource(base);
        assert_eq!(&serde_json::from_value::<Schema>(written).expect("a schema"), schema);
    }
    let user_name = &users.schema.resource(base)["attributes"][0];
    for (key, value) in
        [("type", json!("string")), ("multiValued", json!(false)), ("required", json!(true)), ("uniqueness", json!("server"))]
    {
        assert_eq!(user_name[key], value, "{user_name}");
    }
    assert_eq!(users.resource(base)["schemaExtensions"][0]["schema"], ENTERPRISE);
    let offers = Offers {
        patch: true,
        bulk: None,
        filter: Some(200),
        change_password: false,
        sort: true,
        etag: true,
        cursor: Some((100, 200, 600)),
    };
    let config = service_provider_config(base, &offers);
    assert_eq!((&config["bulk"]["supported"], &config["pagination"]["cursor"]), (&json!(false), &json!(true)));
}

fn bulk(operations: Value) -> Result<BulkRequest, ScimError> {
    BulkRequest::read(
        &json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "failOnErrors": 1, "Operations": operations }),
        10,
        Reading::Strict,
    )
}

#[test]
fn bulk_makes_first_what_others_refer_to() {
    // RFC 7644, 3.7.2: the group refers to a user that is made after it.
    let group = json!({ "method": "POST", "path": "/Groups", "bulkId": "ytrewq", "data": { "displayName": "T", "members": [{ "type": "User", "value": "bulkId:qwerty" }] } });
    let user = json!({ "method": "POST", "path": "/Users", "bulkId": "qwerty", "data": { "userName": "Alice" } });
    let patch = json!({ "method": "PATCH", "path": "/Groups/bulkId:ytrewq", "data": { "Operations": [] } });
    let mut request = bulk(json!([patch, group, user])).expect("a request");
    let paths: Vec<&str> = request.operations.iter().map(|operation| operation.path.as_str()).collect();
    assert_eq!(paths, ["/Users", "/Groups", "/Groups/bulkId:ytrewq"]);
    let made = HashMap::from([("qwerty".to_owned(), "92b7".to_owned()), ("ytrewq".to_owned(), "e902".to_owned())]);
    request.operations.iter_mut().for_each(|operation| operation.resolve(&made).expect("all are made"));
    assert_eq!(request.operations[1].data["members"][0]["value"], "92b7");
    assert_eq!(request.operations[2].path, "/Groups/e902");
}

#[test]
fn bulk_refuses_circles_unknown_references_and_too_many() {
    let group = |id: &str, other: &str| json!({ "method": "POST", "path": "/Groups", "bulkId": id, "data": { "displayName": id, "members": [{ "value": format!("bulkId:{other}") }] } });
    assert_eq!(bulk(json!([group("a", "b"), group("b", "a")])).unwrap_err().status, 409);
    assert_eq!(bulk(json!([group("a", "z")])).unwrap_err().scim_type, Some(ScimType::InvalidValue));
    assert_eq!(bulk(json!([group("a", "b"), group("a", "b")])).unwrap_err().status, 400);
    assert_eq!(bulk(Value::Array(vec![json!({ "method": "DELETE", "path": "/Users/1" }); 11])).unwrap_err().status, 413);
    for wrong in [
        json!({ "method": "GET", "path": "/Users" }),
        json!({ "method": "POST", "path": "/Users", "data": {} }),
        json!({ "method": "PUT", "path": "Users" }),
        json!(1),
    ] {
        assert_eq!(bulk(json!([wrong])).unwrap_err().scim_type, Some(ScimType::InvalidSyntax), "{wrong}");
    }
    let done = Done { method: Method::Post, bulk_id: Some("a".into()), location: None, version: None, result: Err(ScimError::taken("x")) };
    let body = response(&[done]);
    assert_eq!((&body["Operations"][0]["status"], &body["Operations"][0]["response"]["scimType"]), (&json!("409"), &json!("uniqueness")));
}
