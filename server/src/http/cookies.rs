//! Cookies: of this host alone and for encrypted connections alone, where the portal has them.

use axum::http::{HeaderMap, HeaderValue};

use super::Web;

/// A cookie of the portal. What signs somebody in is in one too (see [`super::router`]), set by the library of sessions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cookie {
    name: &'static str,
    /// With the prefix under which browsers hold it to this host (RFC 6265bis, 4.1.3.2).
    own_name: &'static str,
}

impl Cookie {
    /// A cookie. No script reads it. `own_name` is `name` with `__Host-` before it.
    pub(crate) const fn new(name: &'static str, own_name: &'static str) -> Self {
        Self { name, own_name }
    }

    /// What it is called here.
    pub(crate) fn name(self, web: &Web) -> &'static str {
        if web.is_secure() { self.own_name } else { self.name }
    }

    /// What the request has of it, or an empty text.
    pub(crate) fn of(self, web: &Web, headers: &HeaderMap) -> String {
        cookie(headers, self.name(web))
    }

    /// The header that sets it for so many seconds; None for a value that fits in no header.
    pub(crate) fn set(self, web: &Web, value: &str, seconds: i64) -> Option<HeaderValue> {
        let secure = if web.is_secure() { "; Secure" } else { "" };
        let text = format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", self.name(web));
        HeaderValue::try_from(text).ok()
    }
}

/// How long a browser keeps what it is to know the next time, in seconds.
pub(crate) const A_YEAR: i64 = 365 * 24 * 60 * 60;
/// The colours.
pub(crate) const THEME: Cookie = Cookie::new("theme", "__Host-theme");
/// How close lines stand.
pub(crate) const DENSITY: Cookie = Cookie::new("density", "__Host-density");
/// The session.
pub(super) const SESSION: Cookie = Cookie::new("tenure", "__Host-tenure");
/// As whom this browser signed in before.
pub(super) const DEVICE: Cookie = Cookie::new("tenure-device", "__Host-tenure-device");

/// The value of a cookie, or an empty text.
fn cookie(headers: &HeaderMap, name: &str) -> String {
    headers
        .get_all(axum::http::header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
        .unwrap_or_default()
}
