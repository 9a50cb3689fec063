//! From tokens to the tree, by recursive descent, with the types checked on the way.

use super::ast::Node;
use super::call::call;
use super::{Expression, function};
use crate::rule;
use crate::syntax::{Cursor, Kind, Language, ParseError, printed_chars};

static EXPRESSION: Language = Language {
    noun: "expression",
    symbols: &["+"],
    foreign: &[("&&", "write `and`"), ("||", "write `or` in a condition, and join texts with `+`"), ("&", "join texts with `+`")],
    numbers: true,
    shorter: "use an attribute that says the same",
};

/// Reads an expression.
///
/// # Errors
/// [`ParseError`] for the first place that is wrong.
pub fn parse(source: &str) -> Result<Expression, ParseError> {
    let mut cursor = Cursor::new(source, &EXPRESSION)?;
    let node = text(&mut cursor)?;
    const EXPECTED: &str = "`+` or the end";
    match cursor.peek() {
        Kind::End => {}
        Kind::Symbol(")") => return Err(cursor.unexpected("", "this parenthesis was never opened: take it out")),
        Kind::Symbol(",") => return Err(cursor.unexpected(EXPECTED, "a comma stands only between the values of a function")),
        Kind::Symbol(_) => return Err(cursor.unexpected(EXPECTED, CONDITION)),
        Kind::Word(word) if rule::is_reserved(word) => return Err(cursor.unexpected(EXPECTED, CONDITION)),
        _ => return Err(cursor.unexpected(EXPECTED, "join texts with `+`, and write functions as in lower(given_name)")),
    }
    // What is stored and shown again is the canonical form, so that has to be readable too.
    EXPRESSION.within_limit(1, printed_chars(&node))?;
    Ok(Expression(node))
}

const CONDITION: &str = "a condition stands only in if(CONDITION, x, y)";

/// A value that is a text.
pub(super) fn text(cursor: &mut Cursor) -> Result<Node, ParseError> {
    let at = cursor.place();
    let node = value(cursor)?;
    must_be_text(&node, at)?;
    Ok(node)
}

/// Whether a value that begins at `at` is a text.
pub(super) fn must_be_text(node: &Node, at: usize) -> Result<(), ParseError> {
    if !node.is_date() {
        return Ok(());
    }
    let message = match node {
        Node::Attribute(name) => format!("found `{name}`, which is a date: write date({name}, \"%Y-%m-%d\") for its text"),
        _ => "found a date, expected a text: put it into date(…, \"%Y-%m-%d\")".to_owned(),
    };
    Err(ParseError { at, message })
}

/// A value of any type: one term, or texts joined by `+`.
pub(super) fn value(cursor: &mut Cursor) -> Result<Node, ParseError> {
    let mut at = cursor.place();
    let mut parts = vec![term(cursor)?];
    while matches!(cursor.peek(), Kind::Symbol("+")) {
        if let Some(before) = parts.last() {
            must_be_text(before, at)?;
        }
        cursor.advance();
        at = cursor.place();
        parts.push(term(cursor)?);
    }
    if let [_, .., last] = parts.as_slice() {
        must_be_text(last, at)?;
    }
    Ok(Node::join(parts))
}

fn term(cursor: &mut Cursor) -> Result<Node, ParseError> {
    const EXPECTED: &str = "a text, the name of an attribute, a function or `(`";
    match cursor.peek().clone() {
        Kind::Text(text) => {
            cursor.advance();
            Ok(Node::Text(text.into()))
        }
        Kind::Symbol("(") => {
            cursor.advance();
            cursor.deeper()?;
            let inner = value(cursor)?;
            cursor.shallower();
            cursor.close("join texts with `+`, and close the parenthesis")?;
            Ok(inner)
        }
        Kind::Word(word) if cursor.then_symbol("(") => {
            let Some(usage) = function::usage(&word) else { return Err(cursor.unexpected("a function", &no_function(&word))) };
            call(cursor, &word, usage)
        }
        Kind::Word(word) if rule::is_attribute_name(&word) => {
            cursor.advance();
            Ok(Node::Attribute(word.into()))
        }
        Kind::Word(word) if rule::is_reserved(&word) => Err(cursor.unexpected(EXPECTED, CONDITION)),
        Kind::Word(word) if word != word.to_lowercase() => {
            Err(cursor.unexpected(EXPECTED, &format!("write it in small letters: {}, or put text in double quotes", word.to_lowercase())))
        }
        Kind::Word(_) => Err(cursor.unexpected(EXPECTED, "names have the letters a to z, digits and `_`, a letter first")),
        Kind::Date(date) => Err(cursor.unexpected(EXPECTED, &format!("write \"{date}\" in double quotes"))),
        Kind::Number(_) => Err(cursor.unexpected(EXPECTED, "put text in double quotes")),
        Kind::Symbol(_) | Kind::End => Err(cursor.unexpected(EXPECTED, "write a value such as user_name, \"text\" or lower(given_name)")),
    }
}

fn no_function(word: &str) -> String {
    let small = word.to_lowercase();
    match function::usage(&small) {
        Some(usage) => format!("write it in small letters, as in {usage}"),
        None => format!("there are {}; join texts with `+`", function::names()),
    }
}
