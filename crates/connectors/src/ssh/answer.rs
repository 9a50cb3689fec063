//! The answer for one login name.

use chrono::{DateTime, Datelike, Utc};

use super::{Key, Options};

/// A key that is trusted for a login name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted {
    /// The key.
    pub key: Key,
    /// What it may do.
    pub options: Options,
    /// When it ends, whatever happens to Tenure (a backstop), to the second.
    pub expires_at: Option<DateTime<Utc>>,
    /// What sshd's log calls it (`person 4711`). What does not belong on a line is left out.
    pub label: String,
}

/// The text that `AuthorizedKeysCommand` gives to sshd: one line for each key that holds at `now`, nothing where there
/// is none. Whatever is in the keys, there are never more lines than that.
pub fn answer(keys: &[Trusted], now: DateTime<Utc>) -> String {
    let live = keys.iter().filter(|key| key.holds(now));
    live.map(|key| format!("{} {} {}\n", key.options.text(key.expires_at), key.key.text(), key.shown())).collect()
}

impl Trusted {
    fn holds(&self, now: DateTime<Utc>) -> bool {
        // sshd reads a year of four digits; outside of these an end is past, so that none is misread.
        self.expires_at.is_none_or(|end| end > now && (1970..=9999).contains(&end.year()))
    }

    fn shown(&self) -> String {
        let clean: String = self.label.chars().filter(|c| c.is_alphanumeric() || " @._:/-".contains(*c)).take(100).collect();
        if clean.trim().is_empty() { self.key.fingerprint().to_owned() } else { clean.trim().to_owned() }
    }
}
