//! Who Tenure is at a provider, and how it is asked.

use openidconnect::{HttpRequest, HttpResponse, http};
use tenure_connectors::outward::{Exchange, exchange};
use tenure_connectors::{Fault, FaultKind, Secret};

/// How Tenure proves itself when it redeems a code.
#[derive(Debug)]
pub enum SecretBy {
    /// By a header.
    Basic(Secret),
    /// In the form.
    Post(Secret),
    /// Not at all: PKCE alone.
    Nothing,
}

/// Who Tenure is at a provider.
#[derive(Debug)]
pub struct ClientSettings {
    /// The client.
    pub client_id: String,
    /// How it proves that it is that client.
    pub secret: SecretBy,
    /// Where the provider sends browsers back to, exactly.
    pub redirect_uri: String,
}

/// Asks by the one client that there is. No redirect is followed.
pub(crate) async fn ask(request: HttpRequest) -> Result<HttpResponse, Fault> {
    let (parts, body) = request.into_parts();
    let headers = parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect();
    let asked = Exchange { method: parts.method.as_str().to_owned(), url: parts.uri.to_string(), headers, body };
    let answered = exchange(asked).await?;
    let mut response = http::Response::builder().status(answered.status);
    if let Some(kind) = answered.content_type {
        response = response.header(http::header::CONTENT_TYPE, kind);
    }
    response.body(answered.body).map_err(|_| Fault::new(FaultKind::Protocol, "its answer is no HTTP"))
}
