//! What an answer means, in words.

use std::time::Duration;

use serde_json::Value;
use tenure_connectors::outward::Answered;
use tenure_connectors::{Fault, FaultKind};
use tenure_domain::signal::ReceiverKind;

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The receiver has it.
    Arrived(String),
    /// It does not want this one; others may do.
    NotThis(String),
    /// It takes nothing now.
    Nothing(String, Option<Duration>),
    /// It says that it is gone for good.
    Gone(String),
}

/// What was answered to a webhook (Standard Webhooks) or to a token (RFC 8935).
pub(super) fn meaning(kind: ReceiverKind, answered: &Result<Answered, Fault>) -> Meaning {
    let answered = match answered {
        Ok(answered) => answered,
        // Of this message alone; an address that is not asked, or a secret that cannot be sent, is of all.
        Err(fault) if fault.kind == FaultKind::Unsupported => return Meaning::NotThis(capital(&fault.words)),
        Err(fault) => return Meaning::Nothing(capital(&fault.words), fault.retry_after),
    };
    let status = answered.status;
    if kind == ReceiverKind::Push { push(answered) } else { webhook(status, answered) }
}

fn webhook(status: u16, answered: &Answered) -> Meaning {
    match status {
        200..=299 => Meaning::Arrived(format!("It answered {status}.")),
        410 => Meaning::Gone("It answered 410: this webhook is not wanted any more.".to_owned()),
        400 | 413 | 422 => Meaning::NotThis(format!("It answered {status}: it cannot use this message.{}", excerpt(answered))),
        _ => other(status, answered),
    }
}

fn push(answered: &Answered) -> Meaning {
    let error: Option<Value> = serde_json::from_str(&answered.body).ok();
    let text = |name: &str| error.as_ref().and_then(|e| e.get(name)).and_then(Value::as_str).map(short);
    match (answered.status, text("err")) {
        (202, _) => Meaning::Arrived("It answered 202: accepted.".to_owned()),
        (400, Some(code)) => {
            let words = format!("It refused the token: {code}. {}", text("description").unwrap_or_default()).trim_end().to_owned();
            // The others are of all tokens alike: keys, issuer, audience, what is sent as Authorization.
            if code == "invalid_request" { Meaning::NotThis(words) } else { Meaning::Nothing(words, None) }
        }
        (status @ 200..=299, _) => {
            Meaning::Nothing(format!("It answered {status} and not 202, so nobody knows that it took the token."), None)
        }
        (400 | 413 | 422, None) => Meaning::NotThis(format!("It answered {}, and did not say why.", answered.status)),
        (status, _) => other(status, answered),
    }
}

fn other(status: u16, answered: &Answered) -> Meaning {
    let words = match status {
        401 | 403 => format!("It answered {status}: it does not know who is asking. Look at its address, and at what it checks."),
        404 => "It answered 404: there is nothing at this address.".to_owned(),
        300..=399 => format!("It answered {status} and sends elsewhere, which is not followed: give its final address."),
        429 => "It answered 429: too much at once.".to_owned(),
        500..=599 => format!("It answered {status}: something is wrong there."),
        _ => format!("It answered {status}."),
    };
    Meaning::Nothing(words, answered.retry_after)
}

/// The beginning of what was answered, on one line.
fn excerpt(answered: &Answered) -> String {
    let text = short(&answered.body);
    if text.is_empty() { String::new() } else { format!(" {text}") }
}

/// Somebody else's text, cut for a message.
pub(super) fn short(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(160).collect::<String>().trim().to_owned()
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let words: String = letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    if words.ends_with('.') { words } else { format!("{words}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Result<Answered, Fault> {
        Ok(Answered { status, body: body.to_owned(), retry_after: None })
    }

    #[test]
    fn a_webhook_has_arrived_with_any_2xx_and_is_over_with_410() {
        let of = |status| meaning(ReceiverKind::Webhook, &answer(status, ""));
        assert!(matches!(of(200), Meaning::Arrived(_)) && matches!(of(204), Meaning::Arrived(_)));
        assert!(matches!(of(410), Meaning::Gone(_)) && matches!(of(422), Meaning::NotThis(_)));
        assert!([301, 401, 404, 429, 500, 503].into_iter().all(|status| matches!(of(status), Meaning::Nothing(..))));
    }

    #[test]
    fn a_token_has_arrived_with_202_alone_and_an_error_says_whether_it_is_of_this_token() {
        let of = |status, body| meaning(ReceiverKind::Push, &answer(status, body));
        assert!(matches!(of(202, ""), Meaning::Arrived(_)) && matches!(of(200, ""), Meaning::Nothing(..)));
        assert!(matches!(of(400, r#"{"err":"invalid_request","description":"no sub_id"}"#), Meaning::NotThis(_)));
        assert!(matches!(of(400, r#"{"err":"invalid_key"}"#), Meaning::Nothing(..)) && matches!(of(400, "?"), Meaning::NotThis(_)));
    }
}
