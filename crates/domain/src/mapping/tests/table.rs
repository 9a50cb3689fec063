use serde_json::{Value as Json, json};

use super::super::{Mapping, MappingFault};
use super::nadia;

fn faults(table: &Json) -> Vec<String> {
    Mapping::read(table).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn a_table_is_read_and_written_in_canonical_form() {
    let mapping: Mapping = serde_json::from_value(json!({
        "name": "lower( user_name )",
        "attributes": { "mail": "email", "cn": "given_name+\" \"+family_name", "name.givenName": "given_name" },
    }))
    .unwrap();
    let written = json!({
        "name": "lower(user_name)",
        "attributes": { "mail": "email", "cn": "given_name + \" \" + family_name", "name.givenName": "given_name" },
    });
    assert_eq!(serde_json::to_value(&mapping).unwrap(), written);
    assert_eq!(Mapping::read(&written), Ok(mapping));
    assert!(Mapping::read(&json!({ "name": "user_name" })).unwrap().attributes.is_empty());
}

#[test]
fn an_absent_attribute_is_an_empty_list() {
    let mapping = Mapping::read(&json!({
        "name": "user_name",
        "attributes": { "mail": "email", "title": "title", "l": "cost_centre" },
    }))
    .unwrap();
    let mapped = mapping.evaluate(&nadia());
    assert_eq!(mapped.name.as_deref(), Some("nadia.varga"));
    let attributes: Vec<(&str, Vec<&str>)> =
        mapped.attributes.iter().map(|(name, values)| (name.as_str(), values.iter().map(String::as_str).collect())).collect();
    assert_eq!(attributes, [("l", vec![]), ("mail", vec!["nadia.varga@example.org"]), ("title", vec![])]);
    assert_eq!(Mapping::read(&json!({ "name": "title" })).unwrap().evaluate(&nadia()).name, None);
}

#[test]
fn all_faults_are_said_at_once_each_with_its_field_and_place() {
    let table = json!({
        "nmae": "user_name",
        "name": "lower(user_name",
        "attributes": { "": "email", "cn": "start_on", "l": 3, "mail": "email", "MAIL": "email", "name": { "givenName": "x" }, "a b": "c ==", "ok": "title" },
    });
    let expected = [
        ("nmae", "there is no such field: a mapping has `name` and `attributes`"),
        ("name", "character 16: found the end of the expression, expected `)`: write lower(given_name)"),
        ("attributes.", "an attribute has no name"),
        ("attributes.a b", "the name has blanks or control characters"),
        ("attributes.a b", "character 3: found `==`"),
        ("attributes.cn", "character 1: found `start_on`, which is a date: write date(start_on"),
        ("attributes.l", "found a number, expected a text: write an expression as text"),
        ("attributes.mail", "another attribute has this name but for its case"),
        (
            "attributes.name",
            "found a table, expected a text: write an expression as text, as in \"email\" or \"lower(given_name)\"; a name with a dot",
        ),
    ];
    let found = Mapping::read(&table).unwrap_err();
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (MappingFault { field, words }, (expected_field, start)) in found.iter().zip(expected) {
        assert!(field == expected_field && words.starts_with(start), "{field}: {words}\n  {start}");
    }
    let error = serde_json::from_value::<Mapping>(table).unwrap_err().to_string();
    assert!(found.iter().all(|fault| error.contains(&fault.to_string())), "{error}");
}

#[test]
fn a_table_of_another_shape_is_refused() {
    for (table, expected) in [
        (json!([]), "name: found a list, expected a table: say how accounts are named"),
        (json!(null), "name: found nothing, expected a table"),
        (json!({}), "name: it is missing: say how accounts are named, as in name = \"user_name\""),
        (json!({ "name": true }), "name: found true or false, expected a text: say how"),
        (json!({ "name": {} }), "name: found a table, expected a text: say how"),
        (json!({ "name": "a", "attributes": "b" }), "attributes: found a text, expected a table: write a table"),
        (json!({ "name": "a", "attributes": { "x".repeat(257): "b" } }), &format!("attributes.{}…: the name has 257", "x".repeat(256))),
    ] {
        let found = faults(&table);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{found:?}\n  {expected}");
    }
    let many: serde_json::Map<String, Json> = (0..201).map(|n| (format!("a{n}"), json!("b"))).collect();
    assert!(faults(&json!({ "name": "a", "attributes": many }))[0].starts_with("attributes: there are 201, 200 are allowed"));
}
