//! What went wrong on the way, in words.

use std::error::Error;
use std::time::Duration;

use chrono::DateTime;
use reqwest::StatusCode;
use tenure_scim::{ScimError, ScimType};

use crate::{Fault, FaultKind};

/// The longest wait that a peer may ask for.
const LONGEST_WAIT: u64 = 24 * 60 * 60;

/// The beginning of an answer, without control characters and without Tenure's own token.
pub(super) fn excerpt(bytes: &[u8], token: &str) -> String {
    let text = String::from_utf8_lossy(bytes.get(..4096).unwrap_or(bytes)).into_owned();
    let text = if token.is_empty() { text } else { text.replace(token, "…") };
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(160).collect::<String>().trim().to_owned()
}

/// The peer's own words, if it said some as SCIM has it; else the beginning of what it sent. Nothing for a quiet one.
pub(super) fn said(status: u16, bytes: &[u8], excerpt: &str) -> String {
    if excerpt.is_empty() {
        return format!("the server answered {status}");
    }
    let kind = match serde_json::from_slice(bytes).map(|body| ScimError::read(status, &body).scim_type) {
        Ok(Some(kind)) => serde_json::to_string(&kind).map(|kind| format!(" ({})", kind.trim_matches('"'))).unwrap_or_default(),
        _ => String::new(),
    };
    // The excerpt had the token taken out; the detail is taken from there, too.
    let detail = excerpt.split_once("\"detail\":").map_or(excerpt, |(_, detail)| detail.trim()).trim_end_matches('}');
    format!("the server answered {status}{kind}: {detail}")
}

/// Whether something that may be there once is there already: some peers say so with a 400 (RFC 7644, 3.12).
pub(super) fn is_taken(status: StatusCode, bytes: &[u8]) -> bool {
    let uniqueness = || serde_json::from_slice(bytes).is_ok_and(|body| ScimError::read(400, &body).scim_type == Some(ScimType::Uniqueness));
    status == StatusCode::CONFLICT || (status == StatusCode::BAD_REQUEST && uniqueness())
}

/// A connection that did not come about, or broke.
pub(super) fn of_transport(error: &reqwest::Error) -> Fault {
    if error.is_timeout() {
        return Fault::new(FaultKind::Timeout, "The server did not answer in time. Whether it did what it was asked is not known.");
    }
    let mut reasons = Vec::new();
    let mut next = error.source();
    while let Some(source) = next.filter(|_| reasons.len() < 10) {
        reasons.push(source.to_string());
        next = source.source();
    }
    let reason = reasons.last().map(String::as_str).unwrap_or_default();
    let tls = reasons.iter().find(|reason| reason.contains("certificate"));
    if let Some(reason) = tls {
        return Fault::new(
            FaultKind::Certificate,
            format!("The server's certificate is not trusted ({reason}). Check its name and end, or give its authority in ca-pem."),
        );
    }
    if error.is_connect() {
        let spoken = reasons.iter().any(|reason| reason.contains("corrupt message") || reason.contains("HandshakeFailure"));
        return match spoken {
            true => Fault::new(FaultKind::Protocol, "Whoever answers at the address does not speak TLS as it should."),
            false => Fault::new(FaultKind::Unreachable, format!("Nobody answers at the address ({reason}).")),
        };
    }
    Fault::new(FaultKind::Protocol, format!("The connection broke off in the middle of the exchange ({reason})."))
}

/// An answer that is neither yes nor one of the noes that mean something.
pub(super) fn of_status(status: StatusCode, retry: Option<&str>, date: Option<&str>, bytes: &[u8], excerpt: &str) -> Fault {
    let words = said(status.as_u16(), bytes, excerpt);
    let retry_after = retry.and_then(|retry| wait(retry, date));
    let (kind, words) = match status.as_u16() {
        401 => (FaultKind::SignIn, format!("Tenure's token is not accepted; give a new one ({words}).")),
        403 => (FaultKind::Forbidden, format!("Tenure may not do this there; widen what its token allows ({words}).")),
        408 => (FaultKind::Timeout, format!("The server waited too long itself ({words}).")),
        429 => (FaultKind::TooMany, format!("Too many requests; {words}")),
        503 if retry_after.is_some() => (FaultKind::TooMany, format!("The server asks to come back later; {words}")),
        501 | 405 => (FaultKind::Unsupported, format!("The server cannot do this; {words}")),
        300..=399 => (
            FaultKind::Protocol,
            format!("The server sends elsewhere, which is not followed; put the final address into base-url ({words})."),
        ),
        400..=499 => (FaultKind::Refused, words),
        _ => (FaultKind::Protocol, words),
    };
    Fault { retry_after, ..Fault::new(kind, words) }
}

/// `Retry-After`: seconds, or a date that is read against the peer's own clock.
fn wait(retry: &str, date: Option<&str>) -> Option<Duration> {
    let seconds = match retry.trim().parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let moment = |text: &str| DateTime::parse_from_rfc2822(text.trim()).ok();
            let seconds = moment(retry)?.signed_duration_since(moment(date?)?).num_seconds();
            u64::try_from(seconds).unwrap_or(0)
        }
    };
    Some(Duration::from_secs(seconds.min(LONGEST_WAIT)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_short_and_never_holds_the_token() {
        let text = format!("{{\"echo\": \"Bearer s3cret\"}}\n{}", "x".repeat(5000));
        let cut = excerpt(text.as_bytes(), "s3cret");
        assert!(!cut.contains("s3cret") && cut.chars().count() <= 160, "{cut}");
    }

    #[test]
    fn a_wait_is_told_in_seconds_or_as_a_date() {
        assert_eq!(wait("7", None), Some(Duration::from_secs(7)));
        let date = "Sat, 21 Nov 2026 10:00:00 GMT";
        assert_eq!(wait("Sat, 21 Nov 2026 10:01:30 GMT", Some(date)), Some(Duration::from_secs(90)));
        assert_eq!(wait("99999999999", None), Some(Duration::from_secs(LONGEST_WAIT)));
        assert_eq!(wait("soon", None), None);
    }

    #[test]
    fn what_is_taken_is_told_by_409_or_by_its_kind() {
        let taken = br#"{"scimType": "uniqueness", "detail": "userName"}"#;
        assert!(is_taken(StatusCode::CONFLICT, b"") && is_taken(StatusCode::BAD_REQUEST, taken));
        assert!(!is_taken(StatusCode::BAD_REQUEST, br#"{"scimType": "invalidValue"}"#) && !is_taken(StatusCode::FORBIDDEN, taken));
    }

    #[test]
    fn each_status_has_its_kind() {
        for (status, kind) in [
            (401, FaultKind::SignIn),
            (403, FaultKind::Forbidden),
            (429, FaultKind::TooMany),
            (302, FaultKind::Protocol),
            (400, FaultKind::Refused),
            (500, FaultKind::Protocol),
            (501, FaultKind::Unsupported),
        ] {
            let fault = of_status(StatusCode::from_u16(status).unwrap(), Some("3"), None, b"oops", "oops");
            assert_eq!(fault.kind, kind, "{status}");
            assert_eq!(fault.retry_after, Some(Duration::from_secs(3)));
        }
    }
}
