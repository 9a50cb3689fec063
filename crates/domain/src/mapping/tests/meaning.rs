use super::super::{MAX_RESULT, parse};
use super::nadia;
use crate::rule::Value;

fn of_nadia(source: &str) -> Option<String> {
    parse(source).unwrap_or_else(|error| panic!("{source}: {error}")).evaluate(&nadia())
}

#[test]
fn each_form_gives_what_it_says() {
    for (source, expected) in [
        (r#""text""#, "text"),
        (r#""a \"b\" \\""#, r#"a "b" \"#),
        ("given_name", "Nadia"),
        (r#"given_name + " " + department"#, "Nadia Cargo"),
        (r#"(given_name + (" " + ("x")))"#, "Nadia x"),
        ("lower(family_name)", "varga-sørensen"),
        (r#"upper("straße")"#, "STRASSE"),
        ("ascii(family_name)", "Varga-Sorensen"),
        ("letters(family_name)", "VargaSrensen"),
        ("letters(ascii(family_name))", "VargaSorensen"),
        ("trim(city)", "Malmö"),
        ("city", " Malmö "),
        ("first(given_name, 1)", "N"),
        ("first(given_name, 1000)", "Nadia"),
        (r#"first("Ömer", 1)"#, "Ö"),
        (r#"replace(email, "@example.org", "@corp.example")"#, "nadia.varga@corp.example"),
        (r#"replace("aaa", "aa", "")"#, "a"),
        (r#"replace("Jürgen", "ü", "ue")"#, "Juergen"),
        (r#"date(start_on, "%Y%m%d")"#, "20240229"),
        (r#"date(start_on, "%d.%m.%y, day %j, 100%%")"#, "29.02.24, day 060, 100%"),
        (r#"date(default(end_on, start_on), "%Y")"#, "2024"),
        (r#"date(if(end_on is empty, start_on, end_on), "%Y")"#, "2024"),
        (r#"default(title, "none")"#, "none"),
        (r#"default(cost_centre, "none")"#, "none"),
        (r#"default("", "none")"#, "none"),
        (r#"default(department, "none")"#, "Cargo"),
        (r#"default(title, default(cost_centre, department))"#, "Cargo"),
        (r#"if(department == "cargo", "C", "X")"#, "C"),
        (r#"if(department in ("core", "web") or start_on > 2025-01-01, "C", "X")"#, "X"),
        (r#"if(true, given_name, cost_centre)"#, "Nadia"),
        ("if + date", "iffy day"),
    ] {
        let somebody = nadia().with("if", Value::Text("iffy")).with("date", Value::Text(" day"));
        assert_eq!(parse(source).unwrap().evaluate(&somebody).as_deref(), Some(expected), "{source}");
    }
}

#[test]
fn what_has_an_absent_part_is_absent() {
    for source in [
        "cost_centre",
        "title",
        "given_name + title",
        "upper(cost_centre)",
        "first(title, 3)",
        r#"replace(title, "a", "b")"#,
        r#"date(end_on, "%Y")"#,
        r#"date(default(end_on, end_on), "%Y")"#,
        "default(title, cost_centre)",
        "if(not true, given_name, cost_centre)",
        r#""""#,
        r#""" + """#,
    ] {
        assert_eq!(of_nadia(source), None, "{source}");
    }
}

#[test]
fn an_empty_literal_adds_nothing_and_is_not_absent() {
    assert_eq!(of_nadia(r#"given_name + default(" " + middle_name, "") + " X""#).as_deref(), Some("Nadia X"));
    assert_eq!(of_nadia(r#"lower(default(middle_name, "")) + given_name"#).as_deref(), Some("Nadia"));
    assert_eq!(of_nadia(r#"given_name + if(kind == "person", "", " (bot)")"#).as_deref(), Some("Nadia"));
}

#[test]
fn a_text_of_which_a_function_leaves_nothing_is_absent() {
    for source in [
        r#"ascii(foreign_name) + "." + family_name"#,
        r#"first(letters(foreign_name), 1) + "x""#,
        r#"trim("  ") + "x""#,
        r#"replace(department, "Cargo", "") + "x""#,
    ] {
        assert_eq!(of_nadia(source), None, "{source}");
    }
    assert_eq!(of_nadia("default(ascii(foreign_name), given_name)").as_deref(), Some("Nadia"));
}

#[test]
fn a_value_of_another_type_than_the_name_says_is_absent() {
    let day = "2026-01-31".parse().unwrap();
    assert_eq!(parse("given_name").unwrap().evaluate(&nadia().with("given_name", Value::Date(day))), None);
    assert_eq!(parse(r#"date(end_on, "%Y")"#).unwrap().evaluate(&nadia().with("end_on", Value::Text("2026-01-31"))), None);
}

#[test]
fn a_long_text_is_cut_in_between_too() {
    let long: &'static str = Box::leak("ö".repeat(5_000).into_boxed_str());
    let somebody = nadia().with("long", Value::Text(long));
    let of = |source: &str| parse(source).unwrap().evaluate(&somebody).unwrap();
    assert_eq!(of("long"), "ö".repeat(MAX_RESULT));
    assert_eq!(of(r#"long + "x""#), "ö".repeat(MAX_RESULT));
    assert_eq!(of(r#"first("x" + long, 3)"#), "xöö");
    let growing = format!(r#"replace({}, "a", "{}")"#, r#"replace("aaaa", "a", "aaaaaaaaaa")"#, "a".repeat(900));
    assert_eq!(of(&growing), "a".repeat(MAX_RESULT));
    let nested = (0..20).fold("long".to_owned(), |inner, _| format!(r#"replace({inner}, "ö", "{}")"#, "ö".repeat(100)));
    assert_eq!(of(&nested), "ö".repeat(MAX_RESULT));
}

#[test]
fn years_of_any_length_are_written() {
    for (day, expected) in [("0007-01-02", "0007 07 002"), ("-0001-01-02", "-001 99 002"), ("+12345-12-31", "12345 45 365")] {
        let somebody = nadia().with("end_on", Value::Date(day.parse().unwrap()));
        assert_eq!(parse(r#"date(end_on, "%Y %y %j")"#).unwrap().evaluate(&somebody).as_deref(), Some(expected));
    }
}

#[test]
fn an_expression_knows_which_attributes_it_reads() {
    let expression = parse(
        r#"lower(first(given_name, 1)) + replace(a, "x", "y") + default(b, date(end_on, "%Y")) + if(c is empty and d == "x", e, "f")"#,
    )
    .unwrap();
    assert_eq!(expression.attributes().into_iter().collect::<Vec<_>>(), ["a", "b", "c", "d", "e", "end_on", "given_name"]);
    assert!(parse(r#""x""#).unwrap().attributes().is_empty());
}
