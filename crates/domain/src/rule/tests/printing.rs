use chrono::NaiveDate;
use proptest::prelude::*;

use super::super::{Attributes, Comparison, Expr, Literal, Value, is_attribute_name, matches, parse};

fn text_attribute() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("department".to_owned()),
        Just("title".to_owned()),
        "[a-z][a-z0-9_]{0,5}".prop_filter("may not mean something else", |name| {
            is_attribute_name(name) && !matches!(name.as_str(), "kind" | "state" | "start_on" | "end_on")
        })
    ]
}

fn text() -> impl Strategy<Value = Literal> {
    prop_oneof![r#"[a-zA-Z \\"ÄßİΣ(),=-]{1,8}"#, "\\PC{1,6}"]
        .prop_filter("control characters are refused", |text: &String| !text.contains(char::is_control))
        .prop_map(|text| Literal::from(text.as_str()))
}

fn date() -> impl Strategy<Value = Literal> {
    (1i32..9999, 1u32..=366).prop_filter_map("not a leap year", |(year, day)| NaiveDate::from_yo_opt(year, day).map(Literal::from))
}

fn date_attribute() -> impl Strategy<Value = String> {
    prop_oneof![Just("start_on".to_owned()), Just("end_on".to_owned())]
}

fn condition() -> impl Strategy<Value = Expr> {
    use Comparison as C;
    let of_text = prop_oneof![Just(C::Equal), Just(C::NotEqual), Just(C::StartsWith), Just(C::Contains)];
    let of_date = prop_oneof![Just(C::Equal), Just(C::NotEqual), Just(C::Before), Just(C::AtMost), Just(C::After), Just(C::AtLeast)];
    prop_oneof![
        Just(Expr::True),
        (text_attribute(), of_text, text()).prop_map(|(attribute, comparison, literal)| Expr::Compare { attribute, comparison, literal }),
        (date_attribute(), of_date, date()).prop_map(|(attribute, comparison, literal)| Expr::Compare { attribute, comparison, literal }),
        (text_attribute(), any::<bool>(), prop::collection::vec(text(), 1..4)).prop_map(|(attribute, negated, literals)| Expr::In {
            attribute,
            negated,
            literals
        }),
        (date_attribute(), any::<bool>(), prop::collection::vec(date(), 1..4)).prop_map(|(attribute, negated, literals)| Expr::In {
            attribute,
            negated,
            literals
        }),
        (prop_oneof![text_attribute(), date_attribute()], any::<bool>())
            .prop_map(|(attribute, negated)| Expr::Empty { attribute, negated }),
        prop_oneof![Just("person"), Just("Agent")].prop_map(|kind| Expr::Compare {
            attribute: "kind".to_owned(),
            comparison: C::Equal,
            literal: Literal::from(kind)
        }),
    ]
}

fn tree() -> impl Strategy<Value = Expr> {
    condition().prop_recursive(6, 24, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| Expr::Not(Box::new(inner))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            prop::collection::vec(inner, 2..4).prop_map(Expr::Or),
        ]
    })
}

/// Answers by the first letter of the name, so that all branches are taken.
struct Anybody;

impl Attributes for Anybody {
    fn value(&self, name: &str) -> Option<Value<'_>> {
        Some(match name.as_bytes().first()? {
            b'e' | b's' => Value::Date(NaiveDate::from_ymd_opt(2026, 1, 31)?),
            b'a'..=b'm' => Value::Text("A ß"),
            _ => return None,
        })
    }
}

proptest! {
    #[test]
    fn what_is_printed_parses_back_to_the_same_tree(expr in tree()) {
        let printed = expr.to_string();
        prop_assert_eq!(&parse(&printed).map_err(|e| TestCaseError::fail(format!("{printed}: {e}")))?, &expr);
    }

    #[test]
    fn a_rule_is_true_when_all_of_its_clauses_are(expr in tree()) {
        prop_assert_eq!(matches(&expr, &Anybody), expr.clauses().iter().all(|(_, clause)| matches(clause, &Anybody)));
        prop_assert_ne!(matches(&expr, &Anybody), matches(&Expr::Not(Box::new(expr.clone())), &Anybody));
    }

    #[test]
    fn any_text_is_a_rule_or_an_error_inside_it(source in prop_oneof![
        "\\PC{0,60}",
        "( |and|or|not|in|is|empty|true|a|start_on|==|<|\\(|\\)|,|\"x\"|2026-01-31){0,20}",
    ]) {
        match parse(&source) {
            Ok(expr) => prop_assert_eq!(parse(&expr.to_string()), Ok(expr)),
            Err(error) => prop_assert!(error.at >= 1 && error.at <= source.chars().count() + 1, "{}", error),
        }
    }
}

#[test]
fn the_printed_form_has_one_spelling() {
    for (rule, printed) in [
        (" ( ( true ) ) ", "true"),
        ("department==\"A \\\"b\\\\\"", "department == \"A \\\"b\\\\\""),
        ("title  not\nin(\"a\",\"b\")", "title not in (\"a\", \"b\")"),
        ("not(a is empty)and(b is empty or(c is empty and d is empty))", "not a is empty and (b is empty or c is empty and d is empty)"),
        ("(a is empty and b is empty) or not (c is empty or true)", "a is empty and b is empty or not (c is empty or true)"),
        ("start_on>=2026-01-31", "start_on >= 2026-01-31"),
        ("a starts   with \"x\"", "a starts with \"x\""),
    ] {
        assert_eq!(parse(rule).unwrap().to_string(), printed);
    }
}
