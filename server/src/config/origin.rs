//! The address by which browsers reach the portal.

use axum::http::Uri;

/// Reads an address as the origin that browsers make of it: scheme, host, and a port that is not the
/// scheme's own.
///
/// # Errors
/// In words, what an address has to be.
pub(super) fn origin(text: &str) -> Result<String, String> {
    let wrong = |what: &str| Err(format!("`{text}` {what}; write it as https://tenure.example.com (or http:// on this machine)"));
    // It would be cut off in silence.
    if text.contains('#') {
        return wrong("has a part after #");
    }
    let Ok(uri) = text.trim().parse::<Uri>() else { return wrong("is no address") };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return wrong("does not begin with https://") };
    let usual = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return wrong("does not begin with https://"),
    };
    if authority.as_str().contains('@') {
        return wrong("names a user");
    }
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        return wrong("has a path, but Tenure is served at the root of its host");
    }
    let host = authority.host().to_ascii_lowercase();
    let rest = authority.as_str().get(authority.host().len()..).unwrap_or_default();
    if host.is_empty() {
        return wrong("names no host");
    }
    match (rest, authority.port_u16()) {
        ("", _) => Ok(format!("{scheme}://{host}")),
        (_, Some(port)) if port == usual => Ok(format!("{scheme}://{host}")),
        (_, Some(port)) if port > 0 => Ok(format!("{scheme}://{host}:{port}")),
        _ => wrong("has a port that is none"),
    }
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn an_address_is_read_as_browsers_name_it() {
        for (text, expected) in [
            ("https://tenure.example.com", "https://tenure.example.com"),
            ("https://Tenure.Example.com/", "https://tenure.example.com"),
            ("HTTPS://tenure.example.com:443", "https://tenure.example.com"),
            ("http://127.0.0.1:80", "http://127.0.0.1"),
            ("https://tenure.example.com:8443/", "https://tenure.example.com:8443"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(origin(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in [
            "",
            "tenure.example.com",
            "ftp://tenure.example.com",
            "https://",
            "https://tenure.example.com/portal",
            "https://tenure.example.com/?x=1",
            "https://tenure.example.com#x",
            "https://somebody@tenure.example.com",
            "https://tenure.example.com:",
            "https://tenure.example.com:0",
            "https://tenure.example.com:99999",
            "https://tenure example.com",
        ] {
            let refused = origin(text);
            assert!(refused.is_err(), "{text}: {refused:?}");
        }
    }
}
