//! `/scim/v2/Me`: who asks, if that is a user. Nobody changes themselves here.

use tenure_scim::ScimError;
use tenure_services::scim::me;

use super::answer::{Reply, read};
use super::ask::Asked;
use crate::http::routes::{delete, patch, put};
use crate::http::{Route, get, post};

const PATH: &str = "/scim/v2/Me";

pub(super) fn routes() -> Vec<Route> {
    vec![get(PATH, show), post(PATH, not_here), put(PATH, not_here), patch(PATH, not_here), delete(PATH, not_here)]
}

async fn show(asked: Asked) -> Reply {
    Ok(read(&me(&asked.ctx, &asked.view()?).await?, asked.if_none_match.as_deref()))
}

async fn not_here(_: Asked) -> Reply {
    Err(ScimError::status(501, "nobody changes themselves over SCIM: use the address of the user").into())
}
