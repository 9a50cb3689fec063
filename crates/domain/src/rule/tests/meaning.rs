use std::collections::BTreeMap;

use super::super::somebody::Somebody;
use super::super::{Value, matches, parse};

fn nadia() -> Somebody {
    Somebody(BTreeMap::from([
        ("kind", Value::Text("person")),
        ("state", Value::Text("on-leave")),
        ("user_name", Value::Text("nadia.varga")),
        ("department", Value::Text("Cargo")),
        ("title", Value::Text("")),
        ("city", Value::Text("Malmö")),
        ("start_on", Value::Date("2024-02-29".parse().unwrap())),
    ]))
}

#[test]
fn each_form_of_condition_matches_whom_it_says() {
    for (rule, expected) in [
        ("true", true),
        ("not true", false),
        (r#"department == "cargo""#, true),
        (r#"department == "cargos""#, false),
        (r#"department != "cargo""#, false),
        (r#"department != "core""#, true),
        (r#"department in ("core", "CARGO")"#, true),
        (r#"department not in ("core", "CARGO")"#, false),
        (r#"department not in ("core")"#, true),
        (r#"department starts with "car""#, true),
        (r#"department starts with "argo""#, false),
        (r#"department contains "ARG""#, true),
        (r#"department contains "cargo2""#, false),
        (r#"city == "MALMÖ""#, true),
        (r#"city contains "Ö""#, true),
        (r#"kind == "Person""#, true),
        (r#"state in ("active", "on-leave")"#, true),
        ("start_on == 2024-02-29", true),
        ("start_on != 2024-02-29", false),
        ("start_on < 2024-02-29", false),
        ("start_on <= 2024-02-29", true),
        ("start_on > 2024-02-28", true),
        ("start_on >= 2024-03-01", false),
        ("start_on in (2024-02-28, 2024-02-29)", true),
        ("start_on is not empty", true),
    ] {
        assert_eq!(matches(&parse(rule).unwrap(), &nadia()), expected, "{rule}");
    }
}

#[test]
fn an_attribute_without_a_value_equals_nothing() {
    for attribute in ["title", "cost_centre"] {
        for (rest, expected) in [
            (r#"== "x""#, false),
            (r#"!= "x""#, true),
            (r#"in ("x", "y")"#, false),
            (r#"not in ("x", "y")"#, true),
            (r#"starts with "x""#, false),
            (r#"contains "x""#, false),
            ("is empty", true),
            ("is not empty", false),
        ] {
            assert_eq!(matches(&parse(&format!("{attribute} {rest}")).unwrap(), &nadia()), expected, "{attribute} {rest}");
        }
    }
    for (rule, expected) in [
        ("end_on < 2030-01-01", false),
        ("end_on > 2030-01-01", false),
        ("end_on == 2030-01-01", false),
        ("end_on != 2030-01-01", true),
        ("end_on is empty", true),
    ] {
        assert_eq!(matches(&parse(rule).unwrap(), &nadia()), expected, "{rule}");
    }
}

#[test]
fn not_binds_before_and_and_and_before_or() {
    for (rule, expected) in [
        ("true or true and not true", true),
        ("(true or true) and not true", false),
        ("not true or true", true),
        ("not (true or true)", false),
        ("not not true", true),
        ("not true and not true or not true", false),
        (r#"department == "cargo" and title is empty and not start_on > 2026-01-01"#, true),
    ] {
        assert_eq!(matches(&parse(rule).unwrap(), &nadia()), expected, "{rule}");
    }
}

#[test]
fn clauses_are_what_and_joins_at_the_top() {
    let sources = |rule: &str| parse(rule).unwrap().clauses().into_iter().map(|(source, _)| source).collect::<Vec<_>>();
    assert_eq!(
        sources(r#"a=="1" and (b == "2" or c == "3") and not (d is empty and e is empty)"#),
        [r#"a == "1""#, r#"b == "2" or c == "3""#, "not (d is empty and e is empty)"]
    );
    assert_eq!(sources("(a is empty and b is empty) and c is empty"), ["a is empty", "b is empty", "c is empty"]);
    assert_eq!(sources("a is empty or b is empty"), ["a is empty or b is empty"]);
    assert_eq!(sources("true"), ["true"]);
    for (source, clause) in parse("a is empty and not b is empty").unwrap().clauses() {
        assert_eq!(parse(&source).unwrap(), clause);
    }
}

#[test]
fn a_rule_knows_which_attributes_it_uses() {
    let rule =
        parse(r#"title in ("x") and (department == "a" or not start_on > 2026-01-01) and cost_centre is empty and title != "y""#).unwrap();
    assert_eq!(rule.attributes().into_iter().collect::<Vec<_>>(), ["cost_centre", "department", "start_on", "title"]);
    assert!(parse("true").unwrap().attributes().is_empty());
}
