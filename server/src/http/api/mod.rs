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
mod exports;
mod hosts;
mod identities;
mod imports;
mod mapping;
mod me;
mod once;
mod operation;
mod operations;
mod page;
mod plan;
mod providers;
mod records;
mod restored;
mod reviews;
mod roles;
mod rules;
mod search;
mod signals;
mod targets;
mod tasks;
mod views;
mod words;

pub(super) use once::once;
#[cfg(test)]
pub(super) use once::request_hash;
pub(super) use operation::Operation;

use super::{Route, key};

pub(super) fn routes() -> Vec<Route> {
    [
        document::routes(),
        exports::routes(),
        hosts::routes(),
        docs::routes(),
        me::routes(),
        identities::routes(),
        credentials::routes(),
        applications::routes(),
        targets::routes(),
        tasks::routes(),
        views::routes(),
        mapping::routes(),
        accounts::routes(),
        reviews::routes(),
        roles::routes(),
        rules::routes(),
        search::routes(),
        operations::routes(),
        records::routes(),
        restored::routes(),
        imports::routes(),
        signals::routes(),
        providers::routes(),
        audit::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What handlers return.
type Reply = super::Reply;
