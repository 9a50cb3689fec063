//! From tokens to the tree, by recursive descent: `or` binds least, then `and`, then `not`.

use std::str::FromStr;

use super::ast::{Comparison, Expr};
use super::check;
use crate::syntax::{Cursor, Kind, Language, ParseError, printed_chars};

static RULE: Language =
    Language { noun: "rule", symbols: &[], foreign: &[], numbers: false, shorter: "use an attribute that says the same, or several rules" };

/// Reads a rule.
///
/// # Errors
/// [`ParseError`] for the first place that is wrong.
pub fn parse(source: &str) -> Result<Expr, ParseError> {
    let mut cursor = Cursor::new(source, &RULE)?;
    let expr = condition(&mut cursor)?;
    match cursor.peek() {
        Kind::End => {}
        Kind::Symbol(")") => return Err(cursor.unexpected("", "this parenthesis was never opened: take it out")),
        Kind::Text(_) | Kind::Date(_) => {
            return Err(cursor.unexpected("`and`, `or` or the end", "to compare with several values write `in (…, …)`"));
        }
        _ => return Err(cursor.unexpected("`and`, `or` or the end", "join conditions with `and` or `or`")),
    }
    // What is stored and shown again is the canonical form, so that has to be readable too.
    RULE.within_limit(1, printed_chars(&expr))?;
    Ok(expr)
}

/// Reads a condition from where the cursor stands, up to the first token that is none of it: a
/// rule, or a part of another language.
pub(crate) fn condition(cursor: &mut Cursor) -> Result<Expr, ParseError> {
    Parser { cursor }.any()
}

impl FromStr for Expr {
    type Err = ParseError;

    fn from_str(source: &str) -> Result<Self, ParseError> {
        parse(source)
    }
}

struct Parser<'a> {
    cursor: &'a mut Cursor,
}

impl Parser<'_> {
    fn any(&mut self) -> Result<Expr, ParseError> {
        let mut parts = vec![self.all()?];
        while self.cursor.take_word("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Expr::Or(parts) })
    }

    fn all(&mut self) -> Result<Expr, ParseError> {
        let mut parts = vec![self.single()?];
        while self.cursor.take_word("and") {
            parts.push(self.single()?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Expr::And(parts) })
    }

    fn single(&mut self) -> Result<Expr, ParseError> {
        // Both `not` and `(` recurse, and nothing else does: this bounds the stack.
        if self.cursor.take_word("not") {
            self.cursor.deeper()?;
            let inner = self.single()?;
            self.cursor.shallower();
            return Ok(Expr::Not(Box::new(inner)));
        }
        if self.cursor.take_symbol("(") {
            self.cursor.deeper()?;
            let inner = self.any()?;
            self.cursor.shallower();
            self.cursor.close("join conditions with `and` or `or`, and close the parenthesis")?;
            return Ok(inner);
        }
        if self.cursor.take_word("true") {
            return Ok(Expr::True);
        }
        let attribute = self.attribute()?;
        self.comparison(attribute)
    }

    fn attribute(&mut self) -> Result<String, ParseError> {
        const EXPECTED: &str = "the name of an attribute, `not`, `(` or `true`";
        match self.cursor.peek().clone() {
            Kind::Word(word) if check::is_attribute_name(&word) => {
                self.cursor.advance();
                Ok(word)
            }
            Kind::Word(word) if word == "false" => {
                Err(self.cursor.unexpected(EXPECTED, "a rule for nobody is not needed: switch the rule off"))
            }
            Kind::Word(word) if check::is_reserved(&word) => {
                Err(self.cursor.unexpected(EXPECTED, "write a condition such as department == \"cargo\""))
            }
            Kind::Word(word) if word != word.to_lowercase() => {
                Err(self.cursor.unexpected(EXPECTED, &format!("write it in small letters: {}", word.to_lowercase())))
            }
            Kind::Word(_) => Err(self.cursor.unexpected(EXPECTED, "names have the letters a to z, digits and `_`, a letter first")),
            Kind::Text(_) | Kind::Date(_) | Kind::Number(_) => {
                Err(self.cursor.unexpected(EXPECTED, "write the attribute first, as in department == \"cargo\""))
            }
            Kind::Symbol(_) => Err(self.cursor.unexpected(EXPECTED, "write a condition such as department == \"cargo\"")),
            Kind::End => {
                Err(self.cursor.unexpected(EXPECTED, "write a condition such as department == \"cargo\", or `true` for everybody"))
            }
        }
    }

    fn comparison(&mut self, attribute: String) -> Result<Expr, ParseError> {
        let operator = self.cursor.place();
        let comparison = match self.cursor.peek() {
            Kind::Symbol("==") => Comparison::Equal,
            Kind::Symbol("!=") => Comparison::NotEqual,
            Kind::Symbol("<") => Comparison::Before,
            Kind::Symbol("<=") => Comparison::AtMost,
            Kind::Symbol(">") => Comparison::After,
            Kind::Symbol(">=") => Comparison::AtLeast,
            Kind::Word(word) if word == "contains" => Comparison::Contains,
            Kind::Word(word) if word == "starts" => Comparison::StartsWith,
            _ => return self.membership(attribute),
        };
        self.cursor.advance();
        if comparison == Comparison::StartsWith && !self.cursor.take_word("with") {
            return Err(self.cursor.unexpected("`with`", &format!("write {attribute} starts with \"…\"")));
        }
        check::comparison(&attribute, comparison).map_err(|message| ParseError { at: operator, message })?;
        let literal = self.literal(&attribute)?;
        Ok(Expr::Compare { attribute, comparison, literal })
    }

    fn membership(&mut self, attribute: String) -> Result<Expr, ParseError> {
        if self.cursor.take_word("is") {
            let negated = self.cursor.take_word("not");
            if !self.cursor.take_word("empty") {
                return Err(self.cursor.unexpected("`empty` or `not empty`", &format!("write {attribute} is empty, or {attribute} == …")));
            }
            return Ok(Expr::Empty { attribute, negated });
        }
        let negated = self.cursor.take_word("not");
        if !self.cursor.take_word("in") {
            let expected =
                if negated { "`in`" } else { "==, !=, <, <=, >, >=, in, not in, starts with, contains, is empty or is not empty" };
            return Err(self.cursor.unexpected(
                expected,
                &format!(
                    "say how `{attribute}` is compared, as in {}",
                    if matches!(attribute.as_str(), "start_on" | "end_on") { "start_on >= 2026-01-31" } else { "department == \"cargo\"" }
                ),
            ));
        }
        if !self.cursor.take_symbol("(") {
            return Err(self.cursor.unexpected("`(`", &format!("write {attribute} in (…, …)")));
        }
        let mut literals = vec![self.literal(&attribute)?];
        while self.cursor.take_symbol(",") {
            literals.push(self.literal(&attribute)?);
        }
        self.cursor.close("separate values with commas, and close the list")?;
        Ok(Expr::In { attribute, negated, literals })
    }

    fn literal(&mut self, attribute: &str) -> Result<super::Literal, ParseError> {
        let literal = check::literal(attribute, self.cursor.peek(), &self.cursor.found())
            .map_err(|message| ParseError { at: self.cursor.place(), message })?;
        self.cursor.advance();
        Ok(literal)
    }
}
