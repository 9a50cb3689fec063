//! What goes out to addresses that somebody typed: webhooks, security event tokens, and the keys of transmitters that
//! are fetched. No redirect is followed, and no address is asked that only this machine or its cloud should know.

mod guard;

use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, Response, Url};

pub(crate) use guard::Guarded;
pub use guard::check_url;

use crate::{Fault, FaultKind};

/// How long an exchange may take as a whole: Standard Webhooks asks for 15 to 30 seconds.
const WITHIN: Duration = Duration::from_secs(15);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// More of an answer is not read.
const MOST_BYTES: usize = 64 * 1024;
/// The longest wait that a receiver may ask for.
const LONGEST_WAIT: u64 = 24 * 60 * 60;

/// A request that tells something. Its address and its headers may hold secrets: `Debug` shows none of them.
pub struct Post<'p> {
    /// Where to, as [`check_url`] takes it.
    pub url: &'p str,
    /// What kind of body.
    pub content_type: &'static str,
    /// What is taken as an answer.
    pub accept: &'static str,
    /// Other headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

impl std::fmt::Debug for Post<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Post").field("content_type", &self.content_type).finish_non_exhaustive()
    }
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The status of HTTP.
    pub status: u16,
    /// The body, as far as it is read.
    pub body: String,
    /// The earliest moment to ask again, if the answer says so.
    pub retry_after: Option<Duration>,
}

/// Sends.
///
/// # Errors
/// When nothing was answered.
pub async fn send(post: &Post<'_>) -> Result<Answered, Fault> {
    let url = checked(post.url)?;
    let mut request = client()?.post(url).header(CONTENT_TYPE, post.content_type).header(ACCEPT, post.accept);
    for (name, value) in &post.headers {
        let unfit = || Fault::new(FaultKind::Refused, format!("the value of the header {name} has characters that no header has"));
        let mut value = HeaderValue::from_str(value).map_err(|_| unfit())?;
        value.set_sensitive(*name == "authorization");
        request = request.header(HeaderName::from_static(name), value);
    }
    read(request.body(post.body.clone()).send().await.map_err(|error| broken(&error))?).await
}

/// Fetches a text.
///
/// # Errors
/// When nothing was answered, or something else than 200.
pub async fn fetch(url: &str) -> Result<String, Fault> {
    let answered =
        read(client()?.get(checked(url)?).header(ACCEPT, "application/json").send().await.map_err(|error| broken(&error))?).await?;
    match answered.status {
        200 => Ok(answered.body),
        status => Err(Fault::new(FaultKind::Refused, format!("the address answered {status} and not 200"))),
    }
}

/// A request that a protocol's library made, and its answer as it came. Not shown by `Debug`: both may hold secrets.
pub struct Exchange {
    /// The method: `GET`, `POST`.
    pub method: String,
    /// Where to, as [`check_url`] takes it.
    pub url: String,
    /// Headers.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer as it came, as far as it is read.
pub struct Exchanged {
    /// The status of HTTP.
    pub status: u16,
    /// What kind of body, if it says so.
    pub content_type: Option<Vec<u8>>,
    /// The body.
    pub body: Vec<u8>,
}

/// Makes one exchange for a protocol whose library is not to have a client of its own.
///
/// # Errors
/// When nothing was answered.
pub async fn exchange(asked: Exchange) -> Result<Exchanged, Fault> {
    let unfit = || Fault::new(FaultKind::Protocol, "the request cannot be written: a part of it is no HTTP");
    let method = Method::from_bytes(asked.method.as_bytes()).map_err(|_| unfit())?;
    let mut request = client()?.request(method, checked(&asked.url)?);
    for (name, value) in &asked.headers {
        let mut value = HeaderValue::from_bytes(value).map_err(|_| unfit())?;
        value.set_sensitive(name == "authorization");
        request = request.header(HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit())?, value);
    }
    let response = request.body(asked.body).send().await.map_err(|error| broken(&error))?;
    let (status, content_type) = (response.status().as_u16(), response.headers().get(CONTENT_TYPE).map(|v| v.as_bytes().to_vec()));
    Ok(Exchanged { status, content_type, body: bytes(response).await? })
}

fn checked(url: &str) -> Result<Url, Fault> {
    check_url(url).map_err(|words| Fault::new(FaultKind::Refused, words))
}

fn client() -> Result<&'static Client, Fault> {
    static CLIENT: OnceLock<Option<Client>> = OnceLock::new();
    let made = CLIENT.get_or_init(|| {
        Client::builder()
            .use_rustls_tls()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .timeout(WITHIN)
            .connect_timeout(CONNECT)
            .user_agent("tenure")
            .dns_resolver(Arc::new(guard::Guarded))
            .build()
            .ok()
    });
    made.as_ref().ok_or_else(|| Fault::new(FaultKind::Protocol, "TLS cannot be used on this machine"))
}

async fn read(response: Response) -> Result<Answered, Fault> {
    let status = response.status().as_u16();
    let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse::<u64>().ok());
    let retry_after = seconds.map(|seconds| Duration::from_secs(seconds.min(LONGEST_WAIT)));
    Ok(Answered { status, body: String::from_utf8_lossy(&bytes(response).await?).into_owned(), retry_after })
}

async fn bytes(mut response: Response) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    while bytes.len() < MOST_BYTES {
        match response.chunk().await.map_err(|error| broken(&error))? {
            Some(chunk) => bytes.extend_from_slice(&chunk[..chunk.len().min(MOST_BYTES - bytes.len())]),
            None => break,
        }
    }
    Ok(bytes)
}

/// A connection that did not come about, or broke. The address stands in no message: it may hold a secret.
fn broken(error: &reqwest::Error) -> Fault {
    if error.is_timeout() {
        return Fault::new(FaultKind::Timeout, "no answer within 15 seconds; whether it was taken is not known");
    }
    let mut reasons = Vec::new();
    let mut next = error.source();
    while let Some(source) = next.filter(|_| reasons.len() < 10) {
        reasons.push(source.to_string());
        next = source.source();
    }
    if let Some(reason) = reasons.iter().find(|reason| reason.contains("certificate")) {
        return Fault::new(FaultKind::Certificate, format!("its certificate is not trusted ({reason})"));
    }
    if let Some(reason) = reasons.iter().find(|reason| reason.contains(guard::NOT_ALLOWED)) {
        return Fault::new(FaultKind::Refused, reason.clone());
    }
    let reason = reasons.last().map(String::as_str).unwrap_or("no reason is told");
    match error.is_connect() {
        true => Fault::new(FaultKind::Unreachable, format!("nobody answers at the address ({reason})")),
        false => Fault::new(FaultKind::Protocol, format!("the connection broke off in the middle of the exchange ({reason})")),
    }
}
