//! From tokens to the tree, by recursive descent: `or` binds least, then `and`, then `not`.

use std::str::FromStr;

use super::ast::{Comparison, Expr};
use super::lexer::{Kind, Token, tokens};
use super::{check, print};

/// The most characters that a rule can have, as written and in canonical form.
pub const MAX_CHARS: usize = 4_000;
/// How deep `not` and parentheses can be nested.
pub const MAX_DEPTH: usize = 64;

/// Why a text is not a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("character {at}: {message}")]
pub struct ParseError {
    /// The character at which it is wrong, from 1.
    pub at: usize,
    /// What was found, what was expected and what to do.
    pub message: String,
}

/// Reads a rule.
///
/// # Errors
/// [`ParseError`] for the first place that is wrong.
pub fn parse(source: &str) -> Result<Expr, ParseError> {
    within_limit(1 + MAX_CHARS, source.chars().count())?;
    let mut parser = Parser { tokens: tokens(source)?, next: 0, depth: 0 };
    let expr = parser.any()?;
    match parser.peek() {
        Kind::End => {}
        Kind::Symbol(")") => return Err(parser.unexpected("", "this parenthesis was never opened: take it out")),
        Kind::Text(_) | Kind::Date(_) => {
            return Err(parser.unexpected("`and`, `or` or the end", "to compare with several values write `in (…, …)`"));
        }
        _ => return Err(parser.unexpected("`and`, `or` or the end", "join conditions with `and` or `or`")),
    }
    // What is stored and shown again is the canonical form, so that has to be readable too.
    within_limit(1, print::printed_chars(&expr))?;
    Ok(expr)
}

fn within_limit(at: usize, chars: usize) -> Result<(), ParseError> {
    if chars <= MAX_CHARS {
        return Ok(());
    }
    Err(ParseError {
        at,
        message: format!("the rule has {chars} characters, {MAX_CHARS} are allowed: use an attribute that says the same, or several rules"),
    })
}

impl FromStr for Expr {
    type Err = ParseError;

    fn from_str(source: &str) -> Result<Self, ParseError> {
        parse(source)
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn any(&mut self) -> Result<Expr, ParseError> {
        let mut parts = vec![self.all()?];
        while self.take_word("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Expr::Or(parts) })
    }

    fn all(&mut self) -> Result<Expr, ParseError> {
        let mut parts = vec![self.condition()?];
        while self.take_word("and") {
            parts.push(self.condition()?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Expr::And(parts) })
    }

    fn condition(&mut self) -> Result<Expr, ParseError> {
        // Both `not` and `(` recurse, and nothing else does: this bounds the stack.
        if self.take_word("not") {
            self.deeper()?;
            let inner = self.condition()?;
            self.depth -= 1;
            return Ok(Expr::Not(Box::new(inner)));
        }
        if self.take_symbol("(") {
            self.deeper()?;
            let inner = self.any()?;
            self.depth -= 1;
            self.close("join conditions with `and` or `or`, and close the parenthesis")?;
            return Ok(inner);
        }
        if self.take_word("true") {
            return Ok(Expr::True);
        }
        let attribute = self.attribute()?;
        self.comparison(attribute)
    }

    fn deeper(&mut self) -> Result<(), ParseError> {
        self.depth += 1;
        if self.depth <= MAX_DEPTH {
            return Ok(());
        }
        self.next -= 1;
        Err(self.unexpected("", &format!("more than {MAX_DEPTH} levels of `not` and parentheses: write the rule flatter")))
    }

    fn attribute(&mut self) -> Result<String, ParseError> {
        const EXPECTED: &str = "the name of an attribute, `not`, `(` or `true`";
        match self.peek().clone() {
            Kind::Word(word) if check::is_attribute_name(&word) => {
                self.next += 1;
                Ok(word)
            }
            Kind::Word(word) if word == "false" => Err(self.unexpected(EXPECTED, "a rule for nobody is not needed: switch the rule off")),
            Kind::Word(word) if check::is_reserved(&word) => {
                Err(self.unexpected(EXPECTED, "write a condition such as department == \"cargo\""))
            }
            Kind::Word(word) if word != word.to_lowercase() => {
                Err(self.unexpected(EXPECTED, &format!("write it in small letters: {}", word.to_lowercase())))
            }
            Kind::Word(_) => Err(self.unexpected(EXPECTED, "names have the letters a to z, digits and `_`, a letter first")),
            Kind::Text(_) | Kind::Date(_) => Err(self.unexpected(EXPECTED, "write the attribute first, as in department == \"cargo\"")),
            Kind::Symbol(_) => Err(self.unexpected(EXPECTED, "write a condition such as department == \"cargo\"")),
            Kind::End => Err(self.unexpected(EXPECTED, "write a condition such as department == \"cargo\", or `true` for everybody")),
        }
    }

    fn comparison(&mut self, attribute: String) -> Result<Expr, ParseError> {
        let operator = self.next;
        let comparison = match self.peek() {
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
        self.next += 1;
        if comparison == Comparison::StartsWith && !self.take_word("with") {
            return Err(self.unexpected("`with`", &format!("write {attribute} starts with \"…\"")));
        }
        check::comparison(&attribute, comparison).map_err(|message| ParseError { at: self.tokens[operator].at, message })?;
        let literal = self.literal(&attribute)?;
        Ok(Expr::Compare { attribute, comparison, literal })
    }

    fn membership(&mut self, attribute: String) -> Result<Expr, ParseError> {
        if self.take_word("is") {
            let negated = self.take_word("not");
            if !self.take_word("empty") {
                return Err(self.unexpected("`empty` or `not empty`", &format!("write {attribute} is empty, or {attribute} == …")));
            }
            return Ok(Expr::Empty { attribute, negated });
        }
        let negated = self.take_word("not");
        if !self.take_word("in") {
            let expected =
                if negated { "`in`" } else { "==, !=, <, <=, >, >=, in, not in, starts with, contains, is empty or is not empty" };
            return Err(self.unexpected(
                expected,
                &format!(
                    "say how `{attribute}` is compared, as in {}",
                    if matches!(attribute.as_str(), "start_on" | "end_on") { "start_on >= 2026-01-31" } else { "department == \"cargo\"" }
                ),
            ));
        }
        if !self.take_symbol("(") {
            return Err(self.unexpected("`(`", &format!("write {attribute} in (…, …)")));
        }
        let mut literals = vec![self.literal(&attribute)?];
        while self.take_symbol(",") {
            literals.push(self.literal(&attribute)?);
        }
        self.close("separate values with commas, and close the list")?;
        Ok(Expr::In { attribute, negated, literals })
    }

    fn literal(&mut self, attribute: &str) -> Result<super::Literal, ParseError> {
        let token = &self.tokens[self.next];
        let literal = check::literal(attribute, &token.kind).map_err(|message| ParseError { at: token.at, message })?;
        self.next += 1;
        Ok(literal)
    }

    fn close(&mut self, hint: &str) -> Result<(), ParseError> {
        if self.take_symbol(")") { Ok(()) } else { Err(self.unexpected("`)`", hint)) }
    }

    /// The next token. The last is [`Kind::End`], and nothing takes that one.
    fn peek(&self) -> &Kind {
        &self.tokens[self.next].kind
    }

    fn take_word(&mut self, expected: &str) -> bool {
        let taken = matches!(self.peek(), Kind::Word(word) if word == expected);
        self.next += usize::from(taken);
        taken
    }

    fn take_symbol(&mut self, expected: &str) -> bool {
        let taken = matches!(self.peek(), Kind::Symbol(symbol) if *symbol == expected);
        self.next += usize::from(taken);
        taken
    }

    fn unexpected(&self, expected: &str, hint: &str) -> ParseError {
        let token = &self.tokens[self.next];
        let expected = if expected.is_empty() { String::new() } else { format!(", expected {expected}") };
        ParseError { at: token.at, message: format!("found {}{expected}: {hint}", token.kind.found()) }
    }
}
