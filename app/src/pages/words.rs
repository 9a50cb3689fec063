//! Small words that several pages share.

use crate::components::count;

/// A number and its noun: `1 credential`, `1,214 credentials`.
pub(crate) fn many(n: i64, one: &str, more: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { more })
}

/// A count that goes no further than a limit.
pub(crate) fn up_to(n: i64, limit: i64) -> String {
    if n >= limit { format!("More than {}", count(limit)) } else { count(n) }
}

/// With a capital letter.
pub(crate) fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A count for drawing; none below zero.
pub(crate) fn size(n: i64) -> u64 {
    u64::try_from(n).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many() {
        assert_eq!(many(1, "key", "keys"), "1 key");
        assert_eq!(many(1_214, "key", "keys"), "1,214 keys");
        assert_eq!(many(0, "key", "keys"), "0 keys");
        assert_eq!(up_to(10_000, 10_000), "More than 10,000");
        assert_eq!(capital("on leave"), "On leave");
    }
}
