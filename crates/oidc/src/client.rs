//! Who Tenure is at a provider, and how it is asked.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use serde_json::Value;
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

/// The one client that there is, as the library asks by it. No redirect is followed. It keeps the JSON of the last answer.
#[derive(Default)]
pub(crate) struct Wire {
    kept: Mutex<Value>,
    /// The member of the answer that the library is not given: it is kept alone.
    held_back: Option<&'static str>,
}

impl Wire {
    /// One that holds a member of the answer back.
    pub(crate) fn without(member: &'static str) -> Self {
        Self { held_back: Some(member), ..Self::default() }
    }

    /// What was kept.
    pub(crate) fn kept(self) -> Value {
        self.kept.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Fault> {
        let (parts, body) = request.into_parts();
        let headers = parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect();
        let asked = Exchange { method: parts.method.as_str().to_owned(), url: parts.uri.to_string(), headers, body };
        let mut answered = exchange(asked).await?;
        if let Ok(mut said) = serde_json::from_slice::<Value>(&answered.body) {
            let alone = self.held_back.and_then(|member| said.as_object_mut()?.remove(member));
            if self.held_back.is_some() {
                answered.body = said.to_string().into_bytes();
                said = alone.unwrap_or_default();
            }
            *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = said;
        }
        let mut response = http::Response::builder().status(answered.status);
        if let Some(kind) = answered.content_type {
            response = response.header(http::header::CONTENT_TYPE, kind);
        }
        response.body(answered.body).map_err(|_| Fault::new(FaultKind::Protocol, "its answer is no HTTP"))
    }
}

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Fault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}
