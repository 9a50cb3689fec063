//! From tokens to a filter, or to the path of a PATCH operation.

use std::fmt;
use std::str::FromStr;

use super::lexer::{Kind, Token, error, tokens};
use super::{DEEPEST_FILTER, Filter, Literal, Op};
use crate::AttrPath;
use crate::error::{ScimError, ScimType};
use crate::path::is_name;

/// The path of a PATCH operation (RFC 7644, figure 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchPath {
    /// The attribute.
    pub attr: AttrPath,
    /// Which of its values.
    pub filter: Option<Filter>,
}

impl fmt::Display for PatchPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.filter {
            None => write!(f, "{}", self.attr),
            Some(filter) => {
                let whole = AttrPath { sub: None, ..self.attr.clone() };
                write!(f, "{whole}[{filter}]")?;
                self.attr.sub.iter().try_for_each(|sub| write!(f, ".{sub}"))
            }
        }
    }
}

impl FromStr for PatchPath {
    type Err = ScimError;

    fn from_str(text: &str) -> Result<Self, ScimError> {
        let mut parser = Parser::new(text, ScimType::InvalidPath)?;
        let mut attr = parser.attribute()?;
        let mut filter = None;
        if parser.peek() == &Kind::OpenValue && attr.sub.is_none() {
            filter = Some(parser.values()?);
            attr.sub = parser.sub()?;
        }
        parser.end()?;
        Ok(Self { attr, filter })
    }
}

impl FromStr for Filter {
    type Err = ScimError;

    fn from_str(text: &str) -> Result<Self, ScimError> {
        Self::parse(text)
    }
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// `invalidFilter` with the place of what is wrong, in characters from 1.
    pub fn parse(text: &str) -> Result<Self, ScimError> {
        let mut parser = Parser::new(text, ScimType::InvalidFilter)?;
        let filter = parser.or()?;
        parser.end()?;
        Ok(filter)
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    fault: ScimType,
    depth: usize,
    /// Inside `[…]`, where no other list may be opened.
    in_values: bool,
}

const END: &Kind = &Kind::End;

impl Parser {
    fn new(text: &str, fault: ScimType) -> Result<Self, ScimError> {
        Ok(Self { tokens: tokens(text, fault)?.into_iter().peekable(), fault, depth: 0, in_values: false })
    }

    fn peek(&mut self) -> &Kind {
        self.tokens.peek().map_or(END, |token| &token.kind)
    }

    fn next(&mut self) -> Token {
        self.tokens.next().unwrap_or(Token { at: 0, kind: Kind::End })
    }

    fn wanted<T>(&self, what: &str, token: &Token) -> Result<T, ScimError> {
        Err(error(self.fault, token.at, format!("{what} was expected, not {}", token.kind.found())))
    }

    fn end(&mut self) -> Result<(), ScimError> {
        match self.next() {
            Token { kind: Kind::End, .. } => Ok(()),
            token => self.wanted("the end", &token),
        }
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let is = matches!(self.peek(), Kind::Word(word) if word.eq_ignore_ascii_case(keyword));
        if is {
            self.next();
        }
        is
    }

    fn or(&mut self) -> Result<Filter, ScimError> {
        let mut parts = vec![self.and()?];
        while self.keyword("or") {
            parts.push(self.and()?);
        }
        Ok(one_or(parts, Filter::Or))
    }

    fn and(&mut self) -> Result<Filter, ScimError> {
        let mut parts = vec![self.term()?];
        while self.keyword("and") {
            parts.push(self.term()?);
        }
        Ok(one_or(parts, Filter::And))
    }

    fn term(&mut self) -> Result<Filter, ScimError> {
        if self.keyword("not") {
            return match self.peek() {
                Kind::Open => Ok(Filter::Not(Box::new(self.group()?))),
                _ => {
                    let token = self.next();
                    self.wanted("`(` after `not`", &token)
                }
            };
        }
        if self.peek() == &Kind::Open {
            return self.group();
        }
        let path = self.attribute()?;
        if self.peek() == &Kind::OpenValue && path.sub.is_none() {
            return self.value_path(path);
        }
        self.comparison(path)
    }

    fn group(&mut self) -> Result<Filter, ScimError> {
        let open = self.next();
        self.deeper(&open)?;
        let inner = self.or()?;
        self.depth -= 1;
        match self.next() {
            Token { kind: Kind::Close, .. } => Ok(inner),
            token => self.wanted("`and`, `or` or `)`", &token),
        }
    }

    fn deeper(&mut self, open: &Token) -> Result<(), ScimError> {
        self.depth += 1;
        if self.depth > DEEPEST_FILTER {
            return Err(error(self.fault, open.at, format!("more than {DEEPEST_FILTER} parentheses inside each other")));
        }
        Ok(())
    }

    fn attribute(&mut self) -> Result<AttrPath, ScimError> {
        let token = self.next();
        match &token.kind {
            Kind::Word(word) => match AttrPath::read(word) {
                Some(path) => Ok(path),
                None => self.wanted("the name of an attribute", &token),
            },
            _ => self.wanted("the name of an attribute", &token),
        }
    }

    /// What stands in `[…]`.
    fn values(&mut self) -> Result<Filter, ScimError> {
        let open = self.next();
        if self.in_values {
            return Err(error(self.fault, open.at, "a value filter cannot hold another one"));
        }
        self.deeper(&open)?;
        self.in_values = true;
        let inner = self.or()?;
        self.in_values = false;
        self.depth -= 1;
        match self.next() {
            Token { kind: Kind::CloseValue, .. } => Ok(inner),
            token => self.wanted("`and`, `or` or `]`", &token),
        }
    }

    fn value_path(&mut self, path: AttrPath) -> Result<Filter, ScimError> {
        let inner = self.values()?;
        // `emails[type eq "work"].value eq "x"` is not in the grammar, but Entra ID asks so; it means
        // `emails[type eq "work" and value eq "x"]`.
        let filter = match self.sub()? {
            None => inner,
            Some(sub) => {
                let more = self.comparison(AttrPath::new(sub))?;
                Filter::And(vec![inner, more])
            }
        };
        Ok(Filter::Values { path, filter: Box::new(filter) })
    }

    fn sub(&mut self) -> Result<Option<String>, ScimError> {
        if !matches!(self.peek(), Kind::Sub(_)) {
            return Ok(None);
        }
        let token = self.next();
        match &token.kind {
            Kind::Sub(name) if is_name(name) => Ok(Some(name.clone())),
            _ => self.wanted("the name of a sub-attribute", &token),
        }
    }

    fn comparison(&mut self, path: AttrPath) -> Result<Filter, ScimError> {
        let token = self.next();
        let Kind::Word(word) = &token.kind else { return self.wanted("an operator such as `eq`", &token) };
        if word.eq_ignore_ascii_case("pr") {
            return Ok(Filter::Present(path));
        }
        let Some(op) = Op::ALL.into_iter().find(|op| op.word().eq_ignore_ascii_case(word)) else {
            return self.wanted("one of eq, ne, co, sw, ew, gt, ge, lt, le, pr", &token);
        };
        let token = self.next();
        match token.kind {
            Kind::Literal(value) => Ok(Filter::Compare { path, op, value }),
            Kind::Word(_) => Err(error(self.fault, token.at, "a value was expected; put text in double quotes")),
            _ => self.wanted("a value", &token),
        }
    }
}

impl Literal {
    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// As JSON.
    pub fn json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Number(number) => number.clone().into(),
            Self::Text(text) => text.as_str().into(),
        }
    }
}

/// The only part itself, or all of them.
fn one_or(mut parts: Vec<Filter>, many: fn(Vec<Filter>) -> Filter) -> Filter {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            many(parts)
        }
    }
}
