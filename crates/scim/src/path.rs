//! The name of an attribute (RFC 7644, 3.10): `userName`, `name.familyName`,
//! `urn:ietf:params:scim:schemas:core:2.0:User:name.familyName`.

use std::fmt;
use std::str::FromStr;

use crate::error::{ScimError, ScimType};
use crate::text::short;

/// Longer names are refused.
pub const LONGEST_PATH: usize = 512;

/// The name of an attribute. Names are compared without regard to case.
#[derive(Debug, Clone)]
pub struct AttrPath {
    /// The URN of its schema, if it was said.
    pub urn: Option<String>,
    /// The attribute.
    pub name: String,
    /// Its part.
    pub sub: Option<String>,
}

impl AttrPath {
    /// An attribute of the resource itself.
    pub fn new(name: impl Into<String>) -> Self {
        Self { urn: None, name: name.into(), sub: None }
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST_PATH {
            return None;
        }
        let is_urn = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:"));
        let (urn, rest) = match text.rsplit_once(':') {
            Some((urn, rest)) if is_urn => (Some(urn), rest),
            Some(_) => return None,
            None => (None, text),
        };
        let (name, sub) = match rest.split_once('.') {
            Some((name, sub)) => (name, Some(sub)),
            None => (rest, None),
        };
        let good_urn = urn.is_none_or(|urn| urn.len() > 4 && urn.chars().all(|c| c.is_ascii_graphic() && !"\"[]()\\".contains(c)));
        let good = good_urn && is_name(name) && sub.is_none_or(is_name);
        good.then(|| Self { urn: urn.map(Into::into), name: name.into(), sub: sub.map(Into::into) })
    }
}

/// `ALPHA *("-" / "_" / DIGIT / ALPHA)`, and `$ref`.
pub(crate) fn is_name(name: &str) -> bool {
    let rest = name.strip_prefix('$').unwrap_or(name);
    rest.starts_with(|c: char| c.is_ascii_alphabetic()) && rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

impl PartialEq for AttrPath {
    fn eq(&self, other: &Self) -> bool {
        let same = |a: &Option<String>, b: &Option<String>| match (a, b) {
            (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
            (None, None) => true,
            _ => false,
        };
        self.name.eq_ignore_ascii_case(&other.name) && same(&self.urn, &other.urn) && same(&self.sub, &other.sub)
    }
}

impl Eq for AttrPath {}

impl fmt::Display for AttrPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(urn) = &self.urn {
            write!(f, "{urn}:")?;
        }
        f.write_str(&self.name)?;
        self.sub.iter().try_for_each(|sub| write!(f, ".{sub}"))
    }
}

impl FromStr for AttrPath {
    type Err = ScimError;

    fn from_str(text: &str) -> Result<Self, ScimError> {
        Self::read(text.trim())
            .ok_or_else(|| ScimError::bad(ScimType::InvalidPath, format!("`{}` is not the name of an attribute", short(text))))
    }
}
