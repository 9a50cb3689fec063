//! Handlers of pages: read the request, call a service, hand its answer to the page. A file is
//! found by its address: `/identities/…` is `identities.rs` or `identities/`.

mod account;
mod applications;
mod audit;
mod break_glass;
mod confirm;
mod credentials;
mod draft;
mod factors;
mod for_whom;
mod forgotten;
mod frame;
mod hand_overs;
mod home;
mod identities;
mod imports;
mod mail;
mod my_access;
mod offboarding;
mod operations;
mod preferences;
mod proposals;
mod providers;
mod read;
mod reviews;
mod roles;
mod rules;
mod search;
mod second;
mod session_limits;
mod set_up;
mod sign_in;
mod signals;
mod ssh_keys;
mod style;
mod tasks;
mod tokens;
mod views;

use crate::http::Route;

pub(crate) use confirm::ask_for_proof;
pub(crate) use frame::{CSV, again, asked, download, download_pieces, errors, frame, html, page_request, see_other};
pub(crate) use offboarding::Live;
#[cfg(test)]
pub(crate) use offboarding::Pace;

/// All pages and forms.
pub(crate) fn routes() -> Vec<Route> {
    [
        sign_in::routes(),
        second::routes(),
        confirm::routes(),
        factors::routes(),
        set_up::routes(),
        forgotten::routes(),
        preferences::routes(),
        identities::routes(),
        imports::routes(),
        reviews::routes(),
        roles::routes(),
        rules::routes(),
        applications::routes(),
        home::routes(),
        credentials::routes(),
        audit::routes(),
        search::routes(),
        offboarding::routes(),
        operations::routes(),
        style::routes(),
        account::routes(),
        break_glass::routes(),
        draft::routes(),
        session_limits::routes(),
        hand_overs::routes(),
        my_access::routes(),
        tasks::routes(),
        tokens::routes(),
        ssh_keys::routes(),
        signals::routes(),
        mail::routes(),
        providers::routes(),
        views::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
