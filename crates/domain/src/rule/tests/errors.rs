use super::super::{MAX_CHARS, MAX_DEPTH, is_attribute_name, parse};

#[test]
fn each_mistake_names_its_place_what_was_found_and_what_to_do() {
    for (rule, expected) in [
        (
            "",
            "character 1: found the end of the rule, expected the name of an attribute, `not`, `(` or `true`: write a condition such as department == \"cargo\", or `true` for everybody",
        ),
        ("  ", "character 3: found the end of the rule, expected the name"),
        (
            "department",
            "character 11: found the end of the rule, expected ==, !=, <, <=, >, >=, in, not in, starts with, contains, is empty or is not empty: say how `department` is compared",
        ),
        ("department equals \"x\"", "character 12: found `equals`, expected =="),
        (
            "Department == \"x\"",
            "character 1: found `Department`, expected the name of an attribute, `not`, `(` or `true`: write it in small letters: department",
        ),
        ("größe == \"x\"", "character 1: found `größe`, expected the name"),
        ("_x == \"x\"", "character 1: found `_x`"),
        (
            "\"x\" == department",
            "character 1: found the text \"x\", expected the name of an attribute, `not`, `(` or `true`: write the attribute first",
        ),
        ("and true", "character 1: found `and`"),
        ("true AND true", "character 6: found `AND`, expected `and`, `or` or the end: join conditions"),
        ("true true", "character 6: found `true`, expected `and`"),
        ("true and", "character 9: found the end of the rule"),
        ("false", "character 1: found `false`, expected the name of an attribute, `not`, `(` or `true`: a rule for nobody"),
        ("true)", "character 5: found `)`: this parenthesis was never opened: take it out"),
        ("(true", "character 6: found the end of the rule, expected `)`"),
        ("()", "character 2: found `)`, expected the name"),
        ("department = \"x\"", "character 12: found `=`, which no rule has here: write `==`"),
        ("true && true", "character 6: found `&&`, which no rule has here: write `and`"),
        ("true || true", "character 6: found `||`, which no rule has here: write `or`"),
        ("!true", "character 1: found `!`, which no rule has here: write `not`, or `!=`"),
        ("department == 'x'", "character 15: found `'`, which no rule has here: put text in double quotes"),
        ("department == “x”", "character 15: found `“`, which no rule has here: put text in straight double quotes"),
        ("department in [\"x\"]", "character 15: found `[`, which no rule has here: write a list in parentheses"),
        ("department ; drop", "character 12: found `;`, which no rule has here: take it out"),
        ("\u{0}", "character 1: found `\\0`"),
        ("department == x", "character 15: found `x`, expected a text to compare `department` with: write it in double quotes"),
        ("department ==", "character 14: found the end of the rule, expected a text"),
        ("department == \"x", "character 15: this text has no end: close it with a double quote"),
        ("department == \"x\ny\"", "character 17: found a line break inside a text: close the text with a double quote before it"),
        ("department == \"x\u{7}\"", "character 17: found a control character inside a text"),
        ("department == \"x\\n\"", "character 17: found a backslash, expected `\\\"` or `\\\\`: write a backslash in text twice"),
        (
            "department == \"x\" \"y\"",
            "character 19: found the text \"y\", expected `and`, `or` or the end: to compare with several values write `in (…, …)`",
        ),
        (
            "department == \"\"",
            "character 15: found an empty text, which nothing equals: write `department is empty` or `department is not empty`",
        ),
        (
            "department == 2026-01-31",
            "character 15: found the date 2026-01-31, but `department` is text: write \"2026-01-31\" in double quotes",
        ),
        (
            "department < \"x\"",
            "character 12: found `<`, but only start_on and end_on have an order and `department` is text: compare it with ==, !=, in, starts with or contains",
        ),
        (
            "start_on == \"2026-01-31\"",
            "character 13: found the text \"2026-01-31\", but `start_on` is a date: write a day without quotes, as 2026-01-31",
        ),
        ("start_on > department", "character 12: found `department`, expected a date to compare `start_on` with: write it as 2026-01-31"),
        ("start_on contains \"2026\"", "character 10: found `contains`, but `start_on` is a date: compare it with ==, !=, <, <=, > or >="),
        ("start_on starts with \"2026\"", "character 10: found `starts with`, but `start_on` is a date"),
        ("end_on", "character 7: found the end of the rule, expected =="),
        ("start_on > 2026-02-30", "character 12: found `2026-02-30`, expected a day of the calendar: write it as 2026-01-31"),
        ("start_on > 2026-1-3", "character 12: found `2026-1-3`, expected a day"),
        ("start_on > 31.01.2026", "character 12: found `31.01.2026`, expected a day"),
        ("start_on > 2026-01-31T00:00", "character 12: found `2026-01-31T00:00`, expected a day"),
        (
            "kind == \"human\"",
            "character 9: found the text \"human\", but there is no such kind: write one of person, service, workload, agent, vendor",
        ),
        ("kind in (\"person\", \"robot\")", "character 20: found the text \"robot\", but there is no such kind"),
        (
            "state != \"gone\"",
            "character 10: found the text \"gone\", but there is no such state: write one of pre-hire, active, on-leave, suspended, terminated, archived",
        ),
        (
            "kind contains \"per\"",
            "character 6: found `contains`, but a kind is one of person, service, workload, agent, vendor: compare it with ==, != or in",
        ),
        ("kind < \"person\"", "character 6: found `<`, but only start_on"),
        ("department in \"x\"", "character 15: found the text \"x\", expected `(`: write department in (…, …)"),
        ("department in ()", "character 16: found `)`, expected a text"),
        (
            "department in (\"x\" \"y\")",
            "character 20: found the text \"y\", expected `)`: separate values with commas, and close the list",
        ),
        ("department in (\"x\",)", "character 20: found `)`, expected a text"),
        ("department not \"x\"", "character 16: found the text \"x\", expected `in`"),
        (
            "department is \"x\"",
            "character 15: found the text \"x\", expected `empty` or `not empty`: write department is empty, or department == …",
        ),
        ("department is not", "character 18: found the end of the rule, expected `empty`"),
        ("department starts \"x\"", "character 19: found the text \"x\", expected `with`: write department starts with \"…\""),
        ("city == \"Malmö\" und true", "character 17: found `und`, expected `and`"),
    ] {
        let error = parse(rule).expect_err(rule).to_string();
        assert!(error.starts_with(expected), "{rule}\n  {error}\n  {expected}");
    }
}

#[test]
fn a_rule_that_is_too_deep_is_refused_before_the_stack_is() {
    for open in ["(", "not "] {
        let close = if open == "(" { ")" } else { "" };
        let nested = |depth: usize| format!("{}true{}", open.repeat(depth), close.repeat(depth));
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        let error = parse(&nested(MAX_DEPTH + 1)).unwrap_err();
        assert_eq!(error.at, 1 + MAX_DEPTH * open.len(), "{error}");
        assert!(error.message.contains("more than 64 levels"), "{error}");
        assert!(parse(&nested(900)).is_err());
    }
    assert!(parse(&"(".repeat(10_000_000)).unwrap_err().message.contains("10000000 characters"));
}

#[test]
fn a_rule_that_is_too_long_is_refused_as_written_and_as_printed() {
    let of = |chars: usize| format!("a == \"{}\"", "ö".repeat(chars - 7));
    assert!(parse(&of(MAX_CHARS)).is_ok());
    assert_eq!(parse(&of(MAX_CHARS + 1)).unwrap_err().at, MAX_CHARS + 1);
    let tight = format!("a in({}\"x\")", "\"x\",".repeat(990));
    assert!(tight.chars().count() < MAX_CHARS);
    assert!(parse(&tight).unwrap_err().message.contains("4000 are allowed"), "its canonical form is longer");
}

#[test]
fn words_of_the_language_and_odd_names_cannot_name_attributes() {
    for name in ["a", "cost_centre", "l2", "order", "notes"] {
        assert!(is_attribute_name(name), "{name}");
    }
    for name in ["", "A", "2l", "_a", "cost-centre", "größe", "and", "in", "true", "false", "empty", "with", "a b"] {
        assert!(!is_attribute_name(name), "{name}");
    }
}
