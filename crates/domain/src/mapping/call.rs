//! The calls of functions.

use super::MAX_RESULT;
use super::ast::Node;
use super::day::Pattern;
use super::function::Function;
use super::parser::{must_be_text, text, value};
use crate::rule;
use crate::syntax::{Cursor, Kind, ParseError};

/// Reads a call from the name of the function to its closing parenthesis. `usage` is how this
/// function is written.
pub(super) fn call(cursor: &mut Cursor, name: &str, usage: &str) -> Result<Node, ParseError> {
    cursor.advance();
    cursor.advance();
    cursor.deeper()?;
    let mut call = Call { cursor, usage };
    let node = match name {
        "first" => call.first()?,
        "replace" => call.replace()?,
        "default" => call.default()?,
        "date" => call.date()?,
        "if" => call.choice()?,
        "upper" => call.apply(Function::Upper)?,
        "ascii" => call.apply(Function::Ascii)?,
        "letters" => call.apply(Function::Letters)?,
        "trim" => call.apply(Function::Trim)?,
        _ => call.apply(Function::Lower)?,
    };
    cursor.shallower();
    cursor.close(&format!("write {usage}"))?;
    Ok(node)
}

struct Call<'a> {
    cursor: &'a mut Cursor,
    usage: &'a str,
}

impl Call<'_> {
    fn apply(&mut self, function: Function) -> Result<Node, ParseError> {
        Ok(Node::Apply(function, Box::new(text(self.cursor)?)))
    }

    fn first(&mut self) -> Result<Node, ParseError> {
        let text = text(self.cursor)?;
        self.comma()?;
        let chars = match self.cursor.peek() {
            Kind::Number(digits) => digits.parse().ok().filter(|chars| (1..=MAX_RESULT).contains(chars)),
            _ => None,
        };
        let Some(chars) = chars else { return Err(self.wrong(&format!("a number from 1 to {MAX_RESULT}"))) };
        self.cursor.advance();
        Ok(Node::First(Box::new(text), chars))
    }

    fn replace(&mut self) -> Result<Node, ParseError> {
        let text = text(self.cursor)?;
        self.comma()?;
        let at = self.cursor.place();
        let from = self.literal()?;
        if from.is_empty() {
            return Err(ParseError { at, message: "found an empty text: write which text is replaced".to_owned() });
        }
        self.comma()?;
        let to = self.literal()?;
        Ok(Node::Replace { text: Box::new(text), from: from.into(), to: to.into() })
    }

    fn default(&mut self) -> Result<Node, ParseError> {
        let (value, otherwise) = self.alike()?;
        Ok(Node::Default(value, otherwise))
    }

    fn choice(&mut self) -> Result<Node, ParseError> {
        let condition = rule::condition(self.cursor)?;
        self.comma()?;
        let (value, otherwise) = self.alike()?;
        Ok(Node::If(condition, value, otherwise))
    }

    /// Two values of one type. Where they differ, the date is what has to be written otherwise.
    fn alike(&mut self) -> Result<(Box<Node>, Box<Node>), ParseError> {
        let first_at = self.cursor.place();
        let first = value(self.cursor)?;
        self.comma()?;
        let second_at = self.cursor.place();
        let second = value(self.cursor)?;
        if first.is_date() != second.is_date() {
            must_be_text(&first, first_at)?;
            must_be_text(&second, second_at)?;
        }
        Ok((Box::new(first), Box::new(second)))
    }

    fn date(&mut self) -> Result<Node, ParseError> {
        let at = self.cursor.place();
        let found = self.cursor.found();
        let value = value(self.cursor)?;
        if !value.is_date() {
            return Err(ParseError { at, message: format!("found {found}, which is no date: write {}", self.usage) });
        }
        self.comma()?;
        let at = self.cursor.place();
        let pattern = Pattern::parse(&self.literal()?).map_err(|message| ParseError { at, message })?;
        Ok(Node::Date(Box::new(value), pattern))
    }

    fn literal(&mut self) -> Result<String, ParseError> {
        let Kind::Text(text) = self.cursor.peek() else { return Err(self.wrong("a text in double quotes")) };
        let text = text.clone();
        self.cursor.advance();
        Ok(text)
    }

    fn comma(&mut self) -> Result<(), ParseError> {
        if self.cursor.take_symbol(",") { Ok(()) } else { Err(self.wrong("`,`")) }
    }

    fn wrong(&self, expected: &str) -> ParseError {
        self.cursor.unexpected(expected, &format!("write {}", self.usage))
    }
}
