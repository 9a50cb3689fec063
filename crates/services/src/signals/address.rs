//! Addresses of receivers, as far as somebody may know them: their path and query often hold a secret.

use tenure_connectors::outward::check_url;
use tenure_domain::access::{Portal, actions, authorize};
use tenure_store::signals::ReceiverRow;

use crate::Ctx;

/// The most characters of a path that are shown to who may not change it.
const SHOWN: usize = 8;

/// An address as it is asked: what is judged, kept and shown is what goes out, however it was typed (WHATWG, "URL", 4.4:
/// `https:\\chat.example/x` is `https://chat.example/x`). What is no address stays as it is.
pub(super) fn as_asked(typed: &str) -> String {
    check_url(typed).map_or_else(|_| typed.trim().to_owned(), String::from)
}

/// Of an address, what may stand in an event: paths and queries of webhooks often hold a secret.
pub(super) fn host(url: &str) -> Option<String> {
    let asked = as_asked(url);
    let rest = asked.split_once("://")?.1;
    rest.split(['/', '?', '#']).next().map(str::to_owned)
}

/// A receiver as the actor may know it: whoever may not change it sees where it is, and only how its path begins.
pub(super) fn as_known(ctx: &Ctx, row: &mut ReceiverRow) {
    if authorize::<actions::ManageSignals, _>(&ctx.principal, &Portal).is_ok() {
        return;
    }
    // The audience is an address where nobody said otherwise: this one, or one that it had before.
    row.audience = shortened(&row.audience);
    row.url = shortened(&row.url);
}

/// The machine, and a third of the path, of eight characters at most. What is no address stays as it is.
pub(super) fn shortened(url: &str) -> String {
    let asked = as_asked(url);
    let Some((scheme, rest)) = asked.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    if matches!(path, "" | "/") {
        return url.to_owned();
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let shown: String = path.chars().take((path.chars().count() / 3).min(SHOWN)).collect();
    format!("{scheme}://{host}{}…", if shown.is_empty() { "/" } else { shown.as_str() })
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn of_an_address_the_machine_is_seen_and_only_the_beginning_of_what_may_be_secret() {
        for (whole, seen) in [
            ("https://chat.example/api/webhooks/12/s3cr3t", "https://chat.example/api/we…"),
            ("https://chat.example:8443/hooks/tenure", "https://chat.example:8443/hoo…"),
            ("https://chat.example/x", "https://chat.example/…"),
            ("https://chat.example?token=s3cr3t", "https://chat.example/…"),
            ("https://chat.example/h?token=s3cr3t", "https://chat.example/…"),
            ("https://chat.example/", "https://chat.example/"),
            ("https://chat.example", "https://chat.example"),
            ("https:chat.example/api/webhooks/12/s3cr3t", "https://chat.example/api/we…"),
            ("https:\\\\chat.example\\api\\webhooks\\12\\s3cr3t", "https://chat.example/api/we…"),
            ("https:///chat.example/x", "https://chat.example/…"),
            ("http://chat.example/not/asked/but/an/audience", "http://chat.example/not/ask…"),
            ("urn:example:audience", "urn:example:audience"),
            ("", ""),
        ] {
            assert_eq!(shortened(whole), seen);
        }
    }
}
