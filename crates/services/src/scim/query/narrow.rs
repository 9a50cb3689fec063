//! Which parts of a filter the database answers, and which have to be asked of each resource.

use tenure_scim::filter::{Literal, Op};
use tenure_scim::list::SearchRequest;
use tenure_scim::schema::Resolved;
use tenure_scim::{AttrPath, Filter, ResourceType, ScimError};

/// A filter, taken apart at its top: every part must hold.
#[derive(Debug, Clone, Default)]
pub(in crate::scim) struct Narrowed {
    /// The parts that are still to be asked of each resource.
    pub(in crate::scim) rest: Vec<Filter>,
}

impl Narrowed {
    /// What is left, as one filter.
    pub(in crate::scim) fn filter(mut self) -> Option<Filter> {
        match self.rest.len() {
            0 => None,
            1 => self.rest.pop(),
            _ => Some(Filter::And(self.rest)),
        }
    }
}

/// The filter of a request, if it has one.
///
/// # Errors
/// `invalidFilter` where it is none, or none of such resources.
pub(in crate::scim) fn asked_filter(request: &SearchRequest, of: &ResourceType) -> Result<Option<Filter>, ScimError> {
    let filter = request.filter.as_deref().map(Filter::parse).transpose()?;
    if let Some(filter) = &filter {
        filter.compile(of)?;
    }
    Ok(filter)
}

/// Takes a filter apart: `take` says of each part whether the database answers all of it.
pub(in crate::scim) fn each_equal(filter: Option<Filter>, mut take: impl FnMut(&Filter) -> bool) -> Narrowed {
    let parts = match filter {
        None => Vec::new(),
        Some(Filter::And(parts)) => parts,
        Some(other) => vec![other],
    };
    Narrowed { rest: parts.into_iter().filter(|part| !take(part)).collect() }
}

/// A comparison with one attribute by its plain name, of the resource itself: name, part, operator, literal.
pub(in crate::scim) fn compared<'a>(of: &ResourceType, part: &'a Filter) -> Option<(String, Option<String>, Op, &'a Literal)> {
    let Filter::Compare { path, op, value } = part else { return None };
    match of.resolve(path)? {
        Resolved::Attribute { extension: None, attribute, sub } => {
            Some((attribute.name.clone(), sub.map(|sub| sub.name.clone()), *op, value))
        }
        _ => None,
    }
}

/// Whether a filter speaks of an attribute of the resource itself.
pub(in crate::scim) fn mentions(filter: &Filter, name: &str) -> bool {
    let is = |path: &AttrPath| path.name.eq_ignore_ascii_case(name);
    match filter {
        Filter::Compare { path, .. } | Filter::Present(path) => is(path),
        Filter::Values { path, .. } => is(path),
        Filter::And(parts) | Filter::Or(parts) => parts.iter().any(|part| mentions(part, name)),
        Filter::Not(inner) => mentions(inner, name),
    }
}
