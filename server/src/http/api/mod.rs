//! REST for programs at `/api/v1`: thin handlers before the same services as the pages. What a program can read of
//! an operation stands beside its route, and the document at `/api/openapi.json` is made of both.

mod accounts;
mod answer;
mod applications;
mod ask;
mod audit;
mod credentials;
mod docs;
mod document;
mod identities;
mod imports;
mod mapping;
mod me;
mod once;
mod operation;
mod operations;
mod page;
mod plan;
mod records;
mod roles;
mod rules;
mod signals;
mod targets;
mod words;

pub(super) use once::once;
#[cfg(test)]
pub(super) use once::request_hash;
pub(super) use operation::Operation;

use super::{Failure, Route};

pub(super) fn routes() -> Vec<Route> {
    [
        document::routes(),
        docs::routes(),
        me::routes(),
        identities::routes(),
        credentials::routes(),
        applications::routes(),
        targets::routes(),
        mapping::routes(),
        accounts::routes(),
        roles::routes(),
        rules::routes(),
        operations::routes(),
        records::routes(),
        imports::routes(),
        signals::routes(),
        audit::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What handlers return.
type Reply = super::Reply;

/// A key in an address. One that is none is nobody's.
fn key<T: std::str::FromStr>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| Failure::not_found())
}
