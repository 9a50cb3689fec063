use super::super::{MAX_CHARS, MAX_DEPTH, parse};

#[test]
fn each_mistake_names_its_place_what_was_found_and_what_to_do() {
    for (source, expected) in [
        (
            "",
            "character 1: found the end of the expression, expected a text, the name of an attribute, a function or `(`: write a value such as user_name",
        ),
        ("given_name +", "character 13: found the end of the expression, expected a text"),
        ("+ given_name", "character 1: found `+`, expected a text"),
        (
            "given_name family_name",
            "character 12: found `family_name`, expected `+` or the end: join texts with `+`, and write functions as in lower(given_name)",
        ),
        ("lower given_name", "character 7: found `given_name`, expected `+` or the end"),
        ("given_name, family_name", "character 11: found `,`, expected `+` or the end: a comma stands only between"),
        ("given_name)", "character 11: found `)`: this parenthesis was never opened: take it out"),
        ("(given_name", "character 12: found the end of the expression, expected `)`: join texts with `+`, and close"),
        ("()", "character 2: found `)`, expected a text"),
        (
            "Given_name",
            "character 1: found `Given_name`, expected a text, the name of an attribute, a function or `(`: write it in small letters: given_name, or put text in double quotes",
        ),
        ("größe", "character 1: found `größe`, expected a text, the name of an attribute, a function or `(`: names have"),
        (
            "2026-01-31",
            "character 1: found the date 2026-01-31, expected a text, the name of an attribute, a function or `(`: write \"2026-01-31\" in double quotes",
        ),
        ("42", "character 1: found `42`, expected a text, the name of an attribute, a function or `(`: put text in double quotes"),
        ("3.5", "character 1: found `3.5`, expected a whole number or a day of the calendar: write it as 20 or 2026-01-31, or put text"),
        ("department == \"x\"", "character 12: found `==`, expected `+` or the end: a condition stands only in if(CONDITION, x, y)"),
        ("department is empty", "character 12: found `is`, expected `+` or the end: a condition stands only in if"),
        ("true", "character 1: found `true`, expected a text, the name of an attribute, a function or `(`: a condition stands only in"),
        ("a || b", "character 3: found `||`, which no expression has here: write `or` in a condition, and join texts with `+`"),
        ("a & b", "character 3: found `&`, which no expression has here: join texts with `+`"),
        ("'a'", "character 1: found `'`, which no expression has here: put text in double quotes"),
        ("given_name + \"x", "character 14: this text has no end: close it with a double quote"),
        ("given_name - \"x\"", "character 12: found `-`, which no expression has here: take it out"),
        (
            "concat(a, b)",
            "character 1: found `concat`, expected a function: there are lower, upper, ascii, letters, trim, first, replace, default, date, if; join texts with `+`",
        ),
        ("Lower(a)", "character 1: found `Lower`, expected a function: write it in small letters, as in lower(given_name)"),
        ("lower()", "character 7: found `)`, expected a text"),
        ("lower(a, b)", "character 8: found `,`, expected `)`: write lower(given_name)"),
        ("lower(a", "character 8: found the end of the expression, expected `)`: write lower(given_name)"),
        ("first(a)", "character 8: found `)`, expected `,`: write first(given_name, 1)"),
        ("first(a, 0)", "character 10: found `0`, expected a number from 1 to 1000: write first(given_name, 1)"),
        ("first(a, 1001)", "character 10: found `1001`, expected a number from 1 to 1000"),
        ("first(a, 99999999999999999999999)", "character 10: found `99999999999999999999999`, expected a number from 1 to 1000"),
        ("first(a, \"1\")", "character 10: found the text \"1\", expected a number from 1 to 1000"),
        ("first(a, -1)", "character 10: found `-`, which no expression has here"),
        ("replace(a, \"\", \"x\")", "character 12: found an empty text: write which text is replaced"),
        ("replace(a, b, \"x\")", "character 12: found `b`, expected a text in double quotes: write replace(email"),
        ("replace(a, \"b\")", "character 15: found `)`, expected `,`: write replace(email"),
        ("default(a)", "character 10: found `)`, expected `,`: write default(title, \"none\")"),
        ("given_name + start_on", "character 14: found `start_on`, which is a date: write date(start_on, \"%Y-%m-%d\") for its text"),
        ("start_on", "character 1: found `start_on`, which is a date: write date(start_on, "),
        ("lower(end_on)", "character 7: found `end_on`, which is a date"),
        ("(start_on) + \"x\"", "character 1: found `start_on`, which is a date"),
        ("lower(default(end_on, start_on))", "character 7: found a date, expected a text: put it into date(…, \"%Y-%m-%d\")"),
        ("default(end_on, \"never\")", "character 9: found `end_on`, which is a date"),
        ("default(title, end_on)", "character 16: found `end_on`, which is a date"),
        ("date(if(true, \"x\", end_on), \"%Y\")", "character 20: found `end_on`, which is a date"),
        ("date(title, \"%Y\")", "character 6: found `title`, which is no date: write date(start_on, \"%Y%m%d\")"),
        ("date(start_on)", "character 14: found `)`, expected `,`: write date(start_on"),
        ("date(start_on, title)", "character 16: found `title`, expected a text in double quotes"),
        ("date(start_on, \"%H\")", "character 16: found `%H`, which is no field of a day: write %Y (year)"),
        ("date(start_on, \"%Y%\")", "character 16: found a `%` at the end of the format"),
        ("date(start_on, \"YYYY-MM-DD\")", "character 16: this format has no field of a day, so that all days would look alike: write %Y"),
        ("date(start_on, \"\")", "character 16: this format has no field of a day"),
        ("if(department, \"a\", \"b\")", "character 14: found `,`, expected ==, !=, <"),
        (
            "if(department == \"x\" \"a\", \"b\")",
            "character 22: found the text \"a\", expected `,`: write if(department == \"cargo\", \"C\", \"X\")",
        ),
        (
            "if(start_on > 2026, \"a\", \"b\")",
            "character 15: found `2026`, expected a date to compare `start_on` with: write it as 2026-01-31",
        ),
        ("if(employee_id == 42, \"a\", \"b\")", "character 19: found `42`, expected a text to compare `employee_id` with"),
        ("if(42, \"a\", \"b\")", "character 4: found `42`, expected the name of an attribute"),
        ("if(", "character 4: found the end of the expression, expected the name of an attribute, `not`, `(` or `true`"),
        ("if(kind == \"robot\", \"a\", \"b\")", "character 12: found the text \"robot\", but there is no such kind"),
    ] {
        let error = parse(source).expect_err(source).to_string();
        assert!(error.starts_with(expected), "{source}\n  {error}\n  {expected}");
    }
}

#[test]
fn an_expression_that_is_too_deep_is_refused_before_the_stack_is() {
    for (open, close) in [("(", ")"), ("lower(", ")"), ("default(", ", \"x\")"), ("if(true, ", ", \"x\")"), ("if(not true, \"x\", ", ")")] {
        let nested = |depth: usize| format!("{}a{}", open.repeat(depth), close.repeat(depth));
        assert!(parse(&nested(MAX_DEPTH - 1)).is_ok(), "{open}");
        let error = parse(&nested(MAX_DEPTH + 1)).unwrap_err();
        assert!(error.message.contains("more than 64 levels of `not` and parentheses: write the expression flatter"), "{error}");
        assert!(parse(&nested(100)).is_err());
    }
    // A condition goes on from the depth of its place.
    let inside = format!("{}if({}true, a, b){}", "(".repeat(40), "not ".repeat(40), ")".repeat(40));
    assert!(parse(&inside).unwrap_err().message.contains("more than 64 levels"));
    assert!(parse(&"(".repeat(10_000_000)).unwrap_err().message.contains("the expression has 10000000 characters"));
}

#[test]
fn an_expression_that_is_too_long_is_refused_as_written_and_as_printed() {
    let of = |chars: usize| format!("\"{}\"", "ö".repeat(chars - 2));
    assert!(parse(&of(MAX_CHARS)).is_ok());
    assert_eq!(parse(&of(MAX_CHARS + 1)).unwrap_err().at, MAX_CHARS + 1);
    let tight = format!("a{}", "+a".repeat(1_500));
    assert!(parse(&tight).unwrap_err().message.contains("4000 are allowed"), "its canonical form is longer");
}
