//! One request and its answer.

use std::sync::Arc;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, ETAG, HeaderMap, HeaderValue, IF_MATCH, RETRY_AFTER};
use reqwest::{Certificate, Client, Method, Response, StatusCode, Url};
use serde_json::Value;

use super::faults;
use super::settings::{Settings, SettingsError, wrong};
use crate::{Fault, FaultKind, Limits, Secret};

/// More bytes in one answer are refused: a page is smaller.
const MOST_BYTES: usize = 8 * 1024 * 1024;
const SCIM_JSON: &str = "application/scim+json";

/// The peer and how it is reached.
pub(super) struct Peer {
    client: Client,
    base: Url,
    token: Secret,
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Peer").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

/// A request.
pub(super) struct Request<'a> {
    method: Method,
    /// After the base address, each part as it is.
    path: &'a [&'a str],
    query: Vec<(&'a str, String)>,
    body: Option<Value>,
    version: Option<String>,
    /// Whether the body holds a secret, so that nothing of the answer is told.
    quiet: bool,
}

impl<'a> Request<'a> {
    pub(super) fn new(method: Method, path: &'a [&'a str]) -> Self {
        Self { method, path, query: Vec::new(), body: None, version: None, quiet: false }
    }

    pub(super) fn get(path: &'a [&'a str]) -> Self {
        Self::new(Method::GET, path)
    }

    pub(super) fn query(mut self, name: &'a str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(super) fn body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    /// Only if this is the current version.
    pub(super) fn if_match(self, version: Option<String>) -> Self {
        Self { version, ..self }
    }

    pub(super) fn quiet(self, quiet: bool) -> Self {
        Self { quiet, ..self }
    }
}

/// An answer that says yes, or one of the noes that mean something to the caller.
#[derive(Debug)]
pub(super) enum Answer {
    /// It was done.
    Yes(Content),
    /// 404: there is no such resource.
    NotThere,
    /// 409, or 400 with `uniqueness`: something is taken. The peer's words.
    Conflict(String),
    /// 412: there is another version by now.
    OtherVersion,
}

/// What an answer holds.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// The body; nothing if there was none.
    pub body: Value,
    /// The version of the resource.
    pub etag: Option<String>,
    /// What the peer's clock shows.
    pub date: Option<String>,
}

impl Answer {
    /// The content of a yes; a fault for everything else.
    pub(super) fn yes(self, asked: &str) -> Result<Content, Fault> {
        match self {
            Self::Yes(content) => Ok(content),
            Self::NotThere => Err(Fault::new(FaultKind::Refused, format!("{asked}: the server knows no such resource (404)"))),
            Self::Conflict(words) => Err(Fault::new(FaultKind::Refused, format!("{asked}: {words}"))),
            Self::OtherVersion => {
                Err(Fault::new(FaultKind::Refused, format!("{asked}: it was changed by somebody else at the same moment, twice")))
            }
        }
    }
}

impl Peer {
    pub(super) fn new(settings: &Settings, token: Secret, limits: Limits) -> Result<Self, SettingsError> {
        let base = settings.base()?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
            .map_err(|_| wrong("token", "it holds characters that cannot stand in a header"))?;
        bearer.set_sensitive(true);
        let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer), (ACCEPT, HeaderValue::from_static(SCIM_JSON))]);
        let mut client = Client::builder()
            .use_rustls_tls()
            .https_only(base.scheme() == "https")
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .timeout(limits.timeout)
            .user_agent("tenure")
            // What a name stands for is looked at as that of a receiver is.
            .dns_resolver(Arc::new(crate::outward::Guarded))
            .default_headers(headers);
        if let Some(pem) = &settings.ca_pem {
            let unreadable = || wrong("ca-pem", "it cannot be read as certificates in PEM");
            let certificates = Certificate::from_pem_bundle(pem.as_bytes()).map_err(|_| unreadable())?;
            if certificates.is_empty() {
                return Err(unreadable());
            }
            client = client.tls_built_in_root_certs(false);
            client = certificates.into_iter().fold(client, |client, certificate| client.add_root_certificate(certificate));
        }
        let client = client.build().map_err(|_| wrong("ca-pem", "the certificates in it cannot be used"))?;
        Ok(Self { client, base, token })
    }

    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    pub(super) async fn ask(&self, request: Request<'_>) -> Result<Answer, Fault> {
        let mut url = self.base.clone();
        // Each part is escaped: an id may hold a slash.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(request.path);
        }
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let mut builder = self.client.request(request.method, url);
        if let Some(body) = &request.body {
            builder = builder.header(CONTENT_TYPE, SCIM_JSON).body(body.to_string());
        }
        if let Some(version) = request.version.as_deref().and_then(|version| HeaderValue::from_str(version).ok()) {
            builder = builder.header(IF_MATCH, version);
        }
        let response = builder.send().await.map_err(|error| faults::of_transport(&error))?;
        self.read(response, request.quiet).await
    }

    async fn read(&self, mut response: Response, quiet: bool) -> Result<Answer, Fault> {
        let status = response.status();
        let header = |headers: &HeaderMap, name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::to_owned);
        let [etag, date, retry] = [ETAG, DATE, RETRY_AFTER].map(|name| header(response.headers(), name));
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| faults::of_transport(&error))? {
            if bytes.len() + chunk.len() > MOST_BYTES {
                let words = format!("The answer is larger than {} MiB; ask for smaller pages.", MOST_BYTES >> 20);
                return Err(Fault::new(FaultKind::Protocol, words));
            }
            bytes.extend_from_slice(&chunk);
        }
        let excerpt = if quiet { String::new() } else { faults::excerpt(&bytes, self.token.expose()) };
        match status {
            StatusCode::NOT_FOUND => Ok(Answer::NotThere),
            status if faults::is_taken(status, &bytes) => Ok(Answer::Conflict(faults::said(status.as_u16(), &bytes, &excerpt))),
            StatusCode::PRECONDITION_FAILED => Ok(Answer::OtherVersion),
            status if status.is_success() => {
                let nothing = bytes.iter().all(u8::is_ascii_whitespace);
                let body = if nothing { Ok(Value::Null) } else { serde_json::from_slice(&bytes) };
                let body = body.map_err(|_| {
                    Fault::new(FaultKind::Protocol, format!("The server answered with something that is not JSON: {excerpt}"))
                })?;
                Ok(Answer::Yes(Content { body, etag, date }))
            }
            status => Err(faults::of_status(status, retry.as_deref(), date.as_deref(), &bytes, &excerpt)),
        }
    }
}
