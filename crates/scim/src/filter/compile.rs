//! A filter checked against a resource type.

use super::literal::{Wanted, wanted};
use super::{Filter, Literal, Op};
use crate::AttrPath;
use crate::error::{ScimError, ScimType};
use crate::schema::{Attribute, Kind, Resolved, ResourceType, Returned};

/// A filter that fits a resource type: ready to be asked of many resources.
#[derive(Debug, Clone)]
pub struct Compiled(pub(super) Node);

/// Where the values are, by the names that the schema writes.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) extension: Option<String>,
    pub(super) name: String,
    pub(super) sub: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) enum Node {
    /// Of an attribute that this resource type does not have.
    Absent {
        matches: bool,
    },
    Compare {
        place: Place,
        op: Op,
        wanted: Wanted,
    },
    Present(Place),
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Values {
        place: Place,
        inner: Box<Node>,
    },
}

impl Filter {
    /// Checks every attribute and literal. What the resource type does not have has no value
    /// (RFC 7644, 3.4.2.1), as long as it is no attribute that never leaves the server.
    ///
    /// # Errors
    /// `invalidFilter` when an operator or a literal does not fit its attribute; `sensitive` when the
    /// attribute is never returned, because a filter could guess it.
    pub fn compile(&self, of: &ResourceType) -> Result<Compiled, ScimError> {
        node(self, &|path| lookup(of, path)).map(Compiled)
    }

    /// Checks a filter of the values of one attribute: what stands in `[…]`.
    ///
    /// # Errors
    /// `invalidFilter` as in [`Self::compile`].
    pub fn compile_values(&self, of: &Attribute) -> Result<Compiled, ScimError> {
        node(self, &|path| within(of, path)).map(Compiled)
    }
}

/// An attribute and where its values are.
type Found<'a> = Option<(Place, &'a Attribute)>;

fn lookup<'a>(of: &'a ResourceType, path: &AttrPath) -> Result<Found<'a>, ScimError> {
    match of.resolve(path) {
        None => Ok(None),
        Some(Resolved::Extension(_)) => {
            Err(ScimError::bad(ScimType::InvalidFilter, format!("`{path}` is a schema; name one of its attributes")))
        }
        Some(Resolved::Attribute { extension, attribute, sub }) => {
            let leaf = sub.unwrap_or(attribute);
            if attribute.returned == Returned::Never || leaf.returned == Returned::Never {
                return Err(ScimError::status(403, format!("`{path}` is never told, so it cannot be asked for either")));
            }
            let place = Place { extension: extension.map(Into::into), name: attribute.name.clone(), sub: sub.map(|sub| sub.name.clone()) };
            Ok(Some((place, leaf)))
        }
    }
}

/// Inside `[…]`; a list of simple values is asked as `value`.
fn within<'a>(of: &'a Attribute, path: &AttrPath) -> Result<Found<'a>, ScimError> {
    if path.urn.is_some() || path.sub.is_some() {
        return Err(ScimError::bad(ScimType::InvalidFilter, format!("`{path}` cannot stand in the filter of `{}`", of.name)));
    }
    let place = |name: &str| Place { extension: None, name: name.into(), sub: None };
    if of.kind != Kind::Complex && path.name.eq_ignore_ascii_case("value") {
        return Ok(Some((place("value"), of)));
    }
    Ok(of.sub(&path.name).map(|sub| (place(&sub.name), sub)))
}

fn node<'a>(filter: &Filter, lookup: &dyn Fn(&AttrPath) -> Result<Found<'a>, ScimError>) -> Result<Node, ScimError> {
    let all = |parts: &[Filter]| parts.iter().map(|part| node(part, lookup)).collect::<Result<Vec<_>, _>>();
    Ok(match filter {
        Filter::And(parts) => Node::And(all(parts)?),
        Filter::Or(parts) => Node::Or(all(parts)?),
        Filter::Not(inner) => Node::Not(Box::new(node(inner, lookup)?)),
        Filter::Present(path) => lookup(path)?.map_or(Node::Absent { matches: false }, |(place, _)| Node::Present(place)),
        Filter::Compare { path, op, value } => match lookup(path)? {
            None => Node::Absent {
                // Nothing is null, and is not equal to anything else.
                matches: matches!((op, value), (Op::Equal, Literal::Null)) || (*op == Op::NotEqual && *value != Literal::Null),
            },
            Some((mut place, mut attribute)) => {
                // `emails co "x"` asks the values; with null it asks whether there are any.
                if let (Kind::Complex, false, None, Some(sub)) =
                    (attribute.kind, *value == Literal::Null, &place.sub, attribute.sub("value"))
                {
                    place.sub = Some(sub.name.clone());
                    attribute = sub;
                }
                Node::Compare { place, op: *op, wanted: wanted(attribute, *op, value)? }
            }
        },
        Filter::Values { path, filter } => match lookup(path)? {
            None => Node::Absent { matches: false },
            Some((place, attribute)) => Node::Values { place, inner: Box::new(filter.compile_values(attribute)?.0) },
        },
    })
}
