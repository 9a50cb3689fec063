//! Filters: the RFC's examples, what is wrong in one, and what any text does.

use proptest::prelude::*;
use serde_json::{Value, json};
use tenure_scim::filter::{DEEPEST_FILTER, LONGEST_FILTER, Literal, Op, PatchPath};
use tenure_scim::{AttrPath, Filter, ResourceType, ScimType};

fn user() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
        "id": "2819c223-7f76-453a-919d-413861904646", "externalId": "Ext",
        "userName": "bjensen", "title": "Tour Guide", "userType": "Employee", "active": true,
        "name": { "familyName": "O'Malley", "givenName": "Barbara" },
        "emails": [{ "value": "bjensen@example.com", "type": "work", "primary": true }, { "value": "babs@jensen.org", "type": "home" }],
        "ims": [{ "value": "b@foo.com", "type": "xmpp" }],
        "meta": { "resourceType": "User", "lastModified": "2011-05-13T04:42:34Z" },
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "employeeNumber": "701984", "manager": { "value": "26118915" } },
    })
}

fn matches(filter: &str) -> bool {
    let filter = Filter::parse(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
    filter.compile(ResourceType::users()).unwrap_or_else(|error| panic!("{filter}: {error}")).matches(&user())
}

#[test]
fn every_example_of_the_rfc_is_read_and_means_what_it_says() {
    for (filter, expected) in [
        // RFC 7644, 3.4.2.2.
        (r#"userName eq "bjensen""#, true),
        (r#"name.familyName co "O'Malley""#, true),
        (r#"userName sw "J""#, false),
        (r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J""#, false),
        ("title pr", true),
        (r#"meta.lastModified gt "2011-05-13T04:42:34Z""#, false),
        (r#"meta.lastModified ge "2011-05-13T04:42:34Z""#, true),
        (r#"meta.lastModified lt "2011-05-13T04:42:34Z""#, false),
        (r#"meta.lastModified le "2011-05-13T04:42:34Z""#, true),
        (r#"title pr and userType eq "Employee""#, true),
        (r#"title pr or userType eq "Intern""#, true),
        (r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#, true),
        (r#"userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")"#, true),
        (r#"userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")"#, false),
        (r#"userType eq "Employee" and (emails.type eq "work")"#, true),
        (r#"userType eq "Employee" and emails[type eq "work" and value co "@example.com"]"#, true),
        (r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]"#, true),
        // RFC 7644, 3.4.3 and 3.10.
        (r#"displayName sw "smith""#, false),
        (r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq "701984""#, true),
        (r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "26118915""#, true),
    ] {
        assert_eq!(matches(filter), expected, "{filter}");
    }
}

#[test]
fn case_kind_and_absence_follow_the_schema() {
    for (filter, expected) in [
        (r#"USERNAME EQ "BJENSEN""#, true),
        (r#"externalId eq "ext""#, false),
        (r#"externalId eq "Ext""#, true),
        (r#"userName ew "SEN""#, true),
        (r#"userName gt "bj" and userName lt "bk""#, true),
        ("active eq true", true),
        (r#"active eq "True""#, true),
        ("active ne true", false),
        ("nickName eq null", true),
        ("nickName ne null", false),
        (r#"nickName ne "x""#, true),
        ("emails ne null", true),
        ("nickName pr", false),
        ("not (nickName pr)", true),
        (r#"meta.lastModified eq "2011-05-13T06:42:34+02:00""#, true),
        // One value must fulfil all of it.
        (r#"emails[type eq "home" and value co "@example.com"]"#, false),
        (r#"emails.type eq "home" and emails.value co "@example.com""#, true),
        (r#"emails[primary eq true].value ew "example.com""#, true),
        // `and` binds closer than `or`.
        (r#"title pr or title pr and nickName pr"#, true),
        (r#"(title pr or title pr) and nickName pr"#, false),
        // What there is not has no value.
        (r#"favouriteColour eq "blue""#, false),
        (r#"favouriteColour ne "blue""#, true),
        ("favouriteColour pr", false),
    ] {
        assert_eq!(matches(filter), expected, "{filter}");
    }
}

#[test]
fn entra_asks_whether_somebody_is_in_a_group() {
    let group = json!({ "id": "g", "displayName": "G", "members": [{ "value": "a" }, { "value": "b" }] });
    for (text, expected) in [
        (r#"members[value eq "a"]"#, true),
        (r#"members[value eq "z"]"#, false),
        (r#"id eq "g" and members eq "b""#, true),
        (r#"id eq "g" and members.value eq "B""#, false),
        (r#"displayName eq "g""#, true),
    ] {
        let filter = Filter::parse(text).and_then(|filter| filter.compile(ResourceType::groups()));
        assert_eq!(filter.map(|filter| filter.matches(&group)), Ok(expected), "{text}");
    }
}

#[test]
fn an_error_tells_the_place_and_what_was_expected() {
    for (filter, place, words) in [
        ("", 1, "the name of an attribute"),
        ("userName", 9, "an operator"),
        (r#"userName is "x""#, 10, "one of eq"),
        ("userName eq", 12, "a value"),
        ("userName eq bjensen", 13, "double quotes"),
        ("userName eq 'bjensen'", 13, "double quotes"),
        (r#"userName eq "bjensen"#, 13, "closing quote"),
        ("(title pr", 10, "`)`"),
        ("title pr)", 9, "the end"),
        ("not title pr", 5, "`(`"),
        (r#"emails[type eq "work""#, 22, "`]`"),
        (r#"emails[a[b pr]]"#, 9, "another one"),
        ("title pr and", 13, "the name of an attribute"),
        ("9lives pr", 1, "the name of an attribute"),
        ("title ß pr", 7, "does not belong"),
        (r#"userName eq "ß" !"#, 17, "does not belong"),
    ] {
        let error = Filter::parse(filter).expect_err(filter);
        assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidFilter)), "{filter}");
        assert!(error.detail.starts_with(&format!("at character {place}:")) && error.detail.contains(words), "{filter}: {error}");
    }
}

#[test]
fn a_filter_that_its_attribute_cannot_answer_is_refused() {
    let refused = |filter: &str| Filter::parse(filter).expect(filter).compile(ResourceType::users()).expect_err(filter);
    for filter in [
        "active gt true",
        r#"active co "t""#,
        r#"active eq "maybe""#,
        "userName eq 5",
        r#"name eq "x""#,
        r#"meta.created gt "yesterday""#,
        "title gt null",
    ] {
        assert_eq!(refused(filter).scim_type, Some(ScimType::InvalidFilter), "{filter}");
    }
    assert_eq!(refused(r#"password eq "x""#).status, 403);
}

#[test]
fn a_hundred_thousand_parentheses_are_an_error_and_no_overflow() {
    for text in
        ["(".repeat(100_000), format!("{}title pr{}", "(".repeat(1_000), ")".repeat(1_000)), "not (".repeat(6_000), "emails[".repeat(4_000)]
    {
        assert!(Filter::parse(&text).is_err());
        assert!(text.parse::<PatchPath>().is_err());
    }
    let deep = format!("{}title pr{}", "(".repeat(DEEPEST_FILTER), ")".repeat(DEEPEST_FILTER));
    assert!(Filter::parse(&deep).is_ok());
    assert!(Filter::parse(&format!("userName eq \"{}\"", "x".repeat(LONGEST_FILTER))).is_err());
}

fn name() -> impl Strategy<Value = String> {
    "[a-z][a-zA-Z0-9_-]{0,8}"
        .prop_filter("no keyword", |name| !["not", "and", "or", "true", "false", "null"].contains(&name.to_lowercase().as_str()))
}

fn path() -> impl Strategy<Value = AttrPath> {
    let urn = proptest::option::of(Just("urn:ietf:params:scim:schemas:core:2.0:User".to_owned()));
    (urn, name(), proptest::option::of(name())).prop_map(|(urn, name, sub)| AttrPath { urn, name, sub })
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Bool),
        any::<i64>().prop_map(|number| Literal::Number(number.into())),
        any::<String>().prop_map(Literal::Text),
    ]
}

fn leaf() -> impl Strategy<Value = Filter> {
    let compare =
        (path(), proptest::sample::select(&Op::ALL[..]), literal()).prop_map(|(path, op, value)| Filter::Compare { path, op, value });
    prop_oneof![compare, path().prop_map(Filter::Present)]
}

fn combined(leaf: impl Strategy<Value = Filter> + 'static) -> impl Strategy<Value = Filter> {
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|inner| Filter::Not(Box::new(inner))),
        ]
    })
}

fn filter() -> impl Strategy<Value = Filter> {
    let values =
        (name(), combined(leaf())).prop_map(|(name, filter)| Filter::Values { path: AttrPath::new(name), filter: Box::new(filter) });
    combined(prop_oneof![3 => leaf(), 1 => values])
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same(filter in filter()) {
        let text = filter.to_string();
        prop_assert_eq!(Filter::parse(&text).map_err(|error| format!("{text}: {error}")), Ok(filter));
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = Filter::parse(&text);
        let _ = text.parse::<PatchPath>();
        let _ = text.parse::<AttrPath>();
    }

    #[test]
    fn any_row_of_words_is_read_or_refused(words in proptest::collection::vec(proptest::sample::select(
        &["title", "emails", "[", "]", "(", ")", "not", "and", "or", "eq", "pr", "\"x\"", "5", ".value", "active", "true", "urn:a:b", "null"][..]), 0..20)) {
        if let Ok(filter) = Filter::parse(&words.join(" ")) {
            if let Ok(compiled) = filter.compile(ResourceType::users()) {
                compiled.matches(&user());
            }
        }
    }
}
