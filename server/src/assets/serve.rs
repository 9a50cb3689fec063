//! The route of the embedded files.

use super::{ASSETS, Asset, encoding::Encoding};
use axum::{
    extract::Path,
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS},
    },
    response::{IntoResponse, Response},
};

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const NOT_AT_ALL: HeaderValue = HeaderValue::from_static("no-store");
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Where the files are.
pub(crate) const PATH: &str = "/assets/{file}";

/// Serves a file. Needs no session and sets no cookie; compress nothing after it.
pub(crate) async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let served = |asset: &&Asset| asset.path.strip_prefix("/assets/") == Some(file.as_str());
    let Some(asset) = ASSETS.iter().find(served) else {
        // An old page may ask for a file of an older binary: the answer must not be kept.
        return (StatusCode::NOT_FOUND, [(CACHE_CONTROL, NOT_AT_ALL)]).into_response();
    };

    let accept = headers.get_all(ACCEPT_ENCODING).iter();
    let accept: Vec<_> = accept.filter_map(|value| value.to_str().ok()).collect();
    let (encoding, body) = asset.form(Encoding::pick(&accept.join(",")));
    let mut response = (
        [
            (CONTENT_TYPE, HeaderValue::from_static(asset.content_type)),
            (CACHE_CONTROL, FOR_EVER),
            (VARY, HeaderValue::from_static("accept-encoding")),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (RESOURCE_POLICY, SAME_ORIGIN),
        ],
        body,
    )
        .into_response();
    // The body set a type of its own first; the array above replaced it. One header is left to add.
    if let Some(name) = encoding.header() {
        let value = HeaderValue::from_static(name);
        response.headers_mut().insert(CONTENT_ENCODING, value);
    }
    response
}

impl Asset {
    /// The bytes to send: the wanted form, unless packing made it no smaller.
    fn form(&self, wanted: Encoding) -> (Encoding, &'static [u8]) {
        let body = match wanted {
            Encoding::Plain => self.plain,
            Encoding::Gzip => self.gzip,
            Encoding::Brotli => self.brotli,
        };
        if body.len() < self.plain.len() { (wanted, body) } else { (Encoding::Plain, self.plain) }
    }
}

#[cfg(test)]
mod tests {
    use crate::assets::href;
    use axum::{
        Router,
        body::{Body, to_bytes},
        http::{Method, Request, StatusCode},
        response::Response,
        routing::get,
    };
    use tower::ServiceExt;

    async fn ask(method: Method, path: &str, accept: &str) -> Response {
        let request = Request::builder().method(method).uri(path).header("accept-encoding", accept).body(Body::empty()).expect("a request");
        Router::new().route(super::PATH, get(super::serve)).oneshot(request).await.expect("an answer")
    }

    fn header<'a>(response: &'a Response, name: &str) -> &'a str {
        response.headers().get(name).map_or("", |value| value.to_str().expect("text"))
    }

    #[tokio::test]
    async fn a_known_file_is_sent_to_be_kept_for_ever() {
        let response = ask(Method::GET, href("favicon.svg"), "br").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "content-type"), "image/svg+xml; charset=utf-8");
        assert_eq!(header(&response, "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        assert_eq!(header(&response, "vary"), "accept-encoding");
    }

    #[tokio::test]
    async fn each_form_says_what_it_is_and_holds_the_same() {
        let path = href("icons.svg");
        let plain = ask(Method::GET, path, "identity").await;
        assert_eq!(header(&plain, "content-encoding"), "");
        let plain = to_bytes(plain.into_body(), usize::MAX).await.expect("a body");
        assert!(plain.starts_with(b"<svg"));
        for form in ["br", "gzip"] {
            let packed = ask(Method::GET, path, form).await;
            let named = header(&packed, "content-encoding").to_owned();
            let body = to_bytes(packed.into_body(), usize::MAX).await.expect("a body");
            assert!(named == form && body.len() < plain.len() || body == plain, "{form}");
        }
    }

    #[tokio::test]
    async fn head_has_no_body_and_the_length() {
        let response = ask(Method::HEAD, href("favicon.svg"), "").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_ne!(header(&response, "content-length"), "");
        assert!(to_bytes(response.into_body(), 1).await.expect("a body").is_empty());
    }

    #[tokio::test]
    async fn what_is_unknown_is_not_kept() {
        for path in ["/assets/tenure.css", "/assets/nothing.0.css"] {
            let response = ask(Method::GET, path, "br").await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND);
            assert_eq!(header(&response, "cache-control"), "no-store");
        }
    }
}
