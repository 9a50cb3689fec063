//! What is asked: who, of what, with which body.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tenure_app::components::Query;
use tenure_domain::access::Channel;
use tenure_scim::list::SearchRequest;
use tenure_scim::project::Selection;
use tenure_scim::{ScimError, ScimType};
use tenure_services::Ctx;
use tenure_services::scim::View;

use super::BASE;
use super::answer::Refusal;
use crate::http::{Caller, Unread, Web, read_whole};

/// Who asks, by a token, and how.
#[derive(Debug)]
pub(super) struct Asked {
    /// The services' context.
    pub(super) ctx: Ctx,
    /// The address before `/Users`.
    pub(super) base: String,
    /// What stands behind the question mark.
    pub(super) query: Query,
    /// Only if this is the version.
    pub(super) if_match: Option<String>,
    /// Only if this is not the version.
    pub(super) if_none_match: Option<String>,
}

impl Asked {
    /// How a resource is to be answered, by the address.
    pub(super) fn view(&self) -> Result<View, ScimError> {
        self.view_of(self.query.get("attributes"), self.query.get("excludedAttributes"))
    }

    /// How resources are to be answered, by the body of a search.
    pub(super) fn view_for(&self, search: &SearchRequest) -> Result<View, ScimError> {
        let list = |names: &[String]| (!names.is_empty()).then(|| names.join(","));
        self.view_of(list(&search.attributes).as_deref(), list(&search.excluded_attributes).as_deref())
    }

    fn view_of(&self, attributes: Option<&str>, excluded: Option<&str>) -> Result<View, ScimError> {
        Ok(View { base: self.base.clone(), selection: Selection::read(attributes, excluded)? })
    }

    /// Whether the address names what of a resource is wanted: then it is answered also after a PATCH (RFC 7644, 3.5.2).
    pub(super) fn selects(&self) -> bool {
        self.query.get("attributes").is_some() || self.query.get("excludedAttributes").is_some()
    }

    /// The search in the address.
    pub(super) fn search(&self) -> Result<SearchRequest, ScimError> {
        let number = |name: &str| match self.query.get(name).map(str::trim) {
            None | Some("") => Ok(None),
            Some(text) => {
                text.parse().map(Some).map_err(|_| ScimError::bad(ScimType::InvalidValue, format!("`{name}` is not a whole number")))
            }
        };
        let text = |name: &str| self.query.get(name).filter(|text| !text.trim().is_empty()).map(str::to_owned);
        Ok(SearchRequest {
            attributes: Vec::new(),
            excluded_attributes: Vec::new(),
            filter: text("filter"),
            sort_by: text("sortBy"),
            sort_order: text("sortOrder"),
            start_index: number("startIndex")?,
            count: number("count")?,
            // Empty for the first page.
            cursor: self.query.get("cursor").map(str::to_owned),
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked
where
    Arc<Web>: axum::extract::FromRef<S>,
{
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let caller = Caller::from_request_parts(parts, state).await?;
        if !caller.ctx.principal.is_token() {
            let words = "the token is missing, wrong, over, or its identity has ended: send `Authorization: Bearer …`";
            return Err(Refusal::from(ScimError::status(401, words)).into_response());
        }
        let web: Arc<Web> = axum::extract::FromRef::from_ref(state);
        let header = |name: HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Self {
            ctx: Ctx { channel: Channel::Scim, ..caller.ctx },
            base: format!("{}{BASE}", web.origin),
            query: Query::parse(parts.uri.query().unwrap_or_default()),
            if_match: header(header::IF_MATCH),
            if_none_match: header(header::IF_NONE_MATCH),
        })
    }
}

/// A body of JSON.
#[derive(Debug)]
pub(super) struct Sent(pub(super) Value);

impl Sent {
    /// As a search.
    pub(super) fn search(self) -> Result<SearchRequest, ScimError> {
        serde_json::from_value(self.0).map_err(|error| ScimError::bad(ScimType::InvalidSyntax, format!("this is no search: {error}")))
    }
}

impl FromRequest<Arc<Web>> for Sent {
    type Rejection = Response;
    async fn from_request(request: Request, web: &Arc<Web>) -> Result<Self, Response> {
        let refuse = |status: u16, words: &str| Refusal::from(ScimError::status(status, words)).into_response();
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if !matches!(kind.as_str(), "" | "application/scim+json" | "application/json") {
            return Err(refuse(415, "send `application/scim+json`"));
        }
        let cut_off = "not all of the request arrived; nothing was changed. Send it again";
        let bytes = read_whole(request, web).await.map_err(|why| match why {
            Unread::TooLarge => refuse(413, "a request has at most 1 MiB (1048576 bytes)"),
            Unread::TooSlow => refuse(408, cut_off),
            Unread::CutOff => refuse(400, cut_off),
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            Refusal::from(ScimError::bad(ScimType::InvalidSyntax, format!("the body is not JSON: {error}"))).into_response()
        })
    }
}
