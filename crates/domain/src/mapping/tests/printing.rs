use chrono::NaiveDate;
use proptest::prelude::*;

use super::super::ast::Node;
use super::super::day::Pattern;
use super::super::function::Function;
use super::super::{Expression, MAX_RESULT, parse};
use crate::rule::{self, Attributes, Expr, Value, is_attribute_name};

fn literal() -> impl Strategy<Value = Box<str>> {
    prop_oneof![r#"[a-zA-Z \\"Äßİ(),+%=-]{0,8}"#, "\\PC{1,6}"]
        .prop_filter("control characters are refused", |text: &String| !text.contains(char::is_control))
        .prop_map(Into::into)
}

fn attribute() -> impl Strategy<Value = Node> {
    let names = prop_oneof![Just("given_name".to_owned()), Just("if".to_owned()), "[a-z][a-z0-9_]{0,5}"];
    names
        .prop_filter("may not mean something else", |name| is_attribute_name(name) && !rule::is_date(name))
        .prop_map(|name| Node::Attribute(name.into()))
}

fn condition() -> impl Strategy<Value = Expr> {
    let sources = [
        "true",
        "not true",
        r#"department == "a, \"b\"" or a is empty"#,
        r#"not (b in ("x", "y") and start_on > 2026-01-31)"#,
        r#"name contains "A" and end_on is not empty"#,
    ];
    prop::sample::select(sources.to_vec()).prop_map(|source| rule::parse(source).unwrap())
}

fn day() -> impl Strategy<Value = Node> {
    let names = prop_oneof![Just("start_on"), Just("end_on")].prop_map(|name| Node::Attribute(name.into()));
    names.prop_recursive(3, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(x, y)| Node::Default(Box::new(x), Box::new(y))),
            (condition(), inner.clone(), inner).prop_map(|(c, x, y)| Node::If(c, Box::new(x), Box::new(y))),
        ]
    })
}

fn pattern() -> impl Strategy<Value = Pattern> {
    "(%[Yymdj%]|[a-z .\"\\\\-]){0,6}%[Yymdj]x?".prop_map(|format| Pattern::parse(&format).unwrap())
}

fn tree() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        literal().prop_map(Node::Text),
        attribute(),
        (day(), pattern()).prop_map(|(day, pattern)| Node::Date(Box::new(day), pattern))
    ];
    let node = leaf.prop_recursive(6, 24, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Node::join),
            (prop::sample::select(Function::ALL.to_vec()), inner.clone()).prop_map(|(function, x)| Node::Apply(function, Box::new(x))),
            (inner.clone(), 1..=MAX_RESULT).prop_map(|(x, n)| Node::First(Box::new(x), n)),
            (inner, literal().prop_filter("never empty", |from| !from.is_empty()), literal()).prop_map(|(x, from, to)| Node::Replace {
                text: Box::new(x),
                from,
                to
            }),
            two.clone().prop_map(|(x, y)| Node::Default(Box::new(x), Box::new(y))),
            (condition(), two).prop_map(|(c, (x, y))| Node::If(c, Box::new(x), Box::new(y))),
        ]
    });
    node.prop_map(Expression)
}

/// Answers by the first letter of the name, so that all branches are taken; what it answers is
/// anything.
#[derive(Debug)]
struct Anybody {
    text: String,
    day: NaiveDate,
}

impl Attributes for Anybody {
    fn value(&self, name: &str) -> Option<Value<'_>> {
        Some(match name.as_bytes().first()? {
            b'e' | b's' => Value::Date(self.day),
            b'a'..=b'p' => Value::Text(&self.text),
            _ => return None,
        })
    }
}

fn anybody() -> impl Strategy<Value = Anybody> {
    let text = prop_oneof!["\\PC{0,20}", "(?s).{0,20}", "[aİßÄ\u{fdfa} ]{900,1200}"];
    let day = prop_oneof![Just(NaiveDate::MIN), Just(NaiveDate::MAX), Just(NaiveDate::default())];
    (text, day).prop_map(|(text, day)| Anybody { text, day })
}

proptest! {
    #[test]
    fn what_is_printed_parses_back_to_the_same_tree(expression in tree()) {
        let printed = expression.to_string();
        prop_assert_eq!(&parse(&printed).map_err(|e| TestCaseError::fail(format!("{printed}: {e}")))?, &expression);
        let json = serde_json::to_string(&expression).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Expression>(&json).unwrap(), &expression);
    }

    #[test]
    fn a_result_is_never_empty_and_never_too_long(expression in tree(), anybody in anybody()) {
        if let Some(text) = expression.evaluate(&anybody) {
            prop_assert!((1..=MAX_RESULT).contains(&text.chars().count()), "{}", text.chars().count());
        }
    }

    #[test]
    fn a_change_of_an_attribute_that_is_not_read_changes_nothing(expression in tree(), anybody in anybody()) {
        struct Only<'a>(&'a Expression, &'a Anybody);
        impl Attributes for Only<'_> {
            fn value(&self, name: &str) -> Option<Value<'_>> {
                if self.0.attributes().contains(name) { self.1.value(name) } else { None }
            }
        }
        prop_assert_eq!(expression.evaluate(&anybody), expression.evaluate(&Only(&expression, &anybody)));
    }

    #[test]
    fn any_text_is_an_expression_or_an_error_inside_it(source in prop_oneof![
        "\\PC{0,60}",
        "( |lower|first|replace|default|date|if|a|start_on|==|is empty|not|true|\\+|\\(|\\)|,|\"x\"|\"%Y\"|7|2026-01-31){0,20}",
        "(lower|default|if|date)\\((true,|a,|start_on,)?(a|start_on|\"%Y\"|lower\\(a\\))(, ?(\"%Y\"|\"x\"|7))?\\)( \\+ a)?",
    ], anybody in anybody()) {
        match parse(&source) {
            Ok(expression) => {
                let _ = expression.evaluate(&anybody);
                prop_assert_eq!(parse(&expression.to_string()), Ok(expression));
            }
            Err(error) => prop_assert!(error.at >= 1 && error.at <= source.chars().count() + 1, "{}", error),
        }
    }
}

#[test]
fn the_printed_form_has_one_spelling() {
    for (source, printed) in [
        (" ( ( given_name ) ) ", "given_name"),
        ("a+(b+(c+d))+\"x\"", "a + b + c + d + \"x\""),
        ("lower( (a+b) )", "lower(a + b)"),
        ("first(a,007)", "first(a, 7)"),
        ("replace(a,\"\\\"\",\"\")", "replace(a, \"\\\"\", \"\")"),
        ("if((b==\"x\"),a,(b))", "if(b == \"x\", a, b)"),
        ("date((start_on),\"%Y%%\")", "date(start_on, \"%Y%%\")"),
        ("\"a\"+\"b\"", "\"a\" + \"b\""),
    ] {
        assert_eq!(parse(source).unwrap().to_string(), printed);
    }
}
