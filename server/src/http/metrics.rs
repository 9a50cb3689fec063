//! Counts and times of requests, by route and not by address: an address may hold an id. Every label is
//! one of a few words of ours: each new one is kept for ever, so nobody outside may invent any.

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

pub(super) async fn measure(request: Request, next: Next) -> Response {
    let method = word(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "other".to_owned(), |p| p.as_str().to_owned());
    let started = std::time::Instant::now();
    let response = next.run(request).await;
    let labels = [("method", method.to_owned()), ("route", route), ("status", response.status().as_u16().to_string())];
    metrics::counter!("tenure_http_requests_total", &labels).increment(1);
    metrics::histogram!("tenure_http_request_seconds", &labels).record(started.elapsed().as_secs_f64());
    response
}

/// The label of a method. HTTP lets a client make up methods of its own.
fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_that_somebody_made_up_makes_no_label() {
        for made_up in ["PROPFIND", "X1", "get", "TRACE"] {
            assert_eq!(word(&Method::from_bytes(made_up.as_bytes()).unwrap()), "other", "{made_up}");
        }
        assert_eq!((word(&Method::GET), word(&Method::POST)), ("GET", "POST"));
    }
}
