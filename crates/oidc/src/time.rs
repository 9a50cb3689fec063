//! Two clocks are never the same: how far they may differ, and how the difference is said.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::OidcFault;

/// So many seconds may the clock of a provider differ from this one.
pub const SKEW_SECONDS: i64 = 60;

/// The seconds of a claim; fractions are cut.
pub(crate) fn seconds(claims: &Value, name: &str) -> Option<i64> {
    let value = claims.get(name)?;
    #[allow(clippy::cast_possible_truncation)]
    value.as_i64().or_else(|| value.as_f64().filter(|f| f.is_finite() && f.abs() < 1e15).map(|f| f as i64))
}

/// Looks that a token is neither over nor of the future.
///
/// # Errors
/// [`OidcFault::Untrusted`], with the seconds.
pub(crate) fn check_times(what: &str, claims: &Value, oldest: i64, now: DateTime<Utc>) -> Result<(), OidcFault> {
    let number = |name: &str| {
        seconds(claims, name).ok_or_else(|| OidcFault::Untrusted(format!("{what} does not say {name} as a number of seconds")))
    };
    let (expires, issued, now) = (number("exp")?, number("iat")?, now.timestamp());
    if expires.saturating_add(SKEW_SECONDS) <= now {
        return Err(OidcFault::Untrusted(format!(
            "{what} expired {} seconds ago (exp); if it was just made, the clocks differ: {SKEW_SECONDS} seconds are allowed",
            now.saturating_sub(expires)
        )));
    }
    for name in ["iat", "nbf"] {
        let Some(at) = seconds(claims, name) else { continue };
        if at > now + SKEW_SECONDS {
            return Err(OidcFault::Untrusted(format!(
                "{what} is of {} seconds in the future ({name}): the provider's clock is ahead of this one; {SKEW_SECONDS} seconds are allowed",
                at - now
            )));
        }
    }
    if issued < now - oldest {
        return Err(OidcFault::Untrusted(format!("{what} was issued {} seconds ago (iat); {oldest} are allowed", now - issued)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_of_clocks_is_said_in_seconds() {
        let now = DateTime::from_timestamp(1_000_000, 0).expect("a moment");
        let check = |exp: i64, iat: i64| check_times("it", &json!({ "exp": exp, "iat": iat }), 600, now).map_err(|e| e.to_string());
        assert_eq!(check(1_000_300, 1_000_000), Ok(()));
        assert_eq!(check(999_941, 999_900), Ok(()), "59 seconds");
        assert!(check(999_940, 999_900).is_err_and(|words| words.contains("expired 60 seconds ago")));
        assert_eq!(check(1_000_300, 1_000_060), Ok(()));
        assert!(check(1_000_900, 1_000_340).is_err_and(|words| words.contains("340 seconds in the future (iat)")));
        assert!(check(1_000_900, 999_000).is_err_and(|words| words.contains("issued 1000 seconds ago")));
        let wrong = check_times("it", &json!({ "exp": "soon", "iat": 1 }), 600, now);
        assert!(wrong.is_err_and(|e| e.to_string().contains("exp as a number")));
        let early = json!({ "exp": 1_000_300, "iat": 1_000_000, "nbf": 1_000_100 });
        assert!(check_times("it", &early, 600, now).is_err_and(|e| e.to_string().contains("nbf")));
    }
}
