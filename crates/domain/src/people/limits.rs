//! Blast-radius limits: a bad feed is stopped before it ends a thousand people.

use serde::{Deserialize, Serialize};

/// How much one snapshot may change before a person has to allow it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Leavers, in percent of the source's live people.
    pub leavers_percent: u8,
    /// Leavers, as a number, whatever the size of the source.
    pub leavers: Option<usize>,
    /// Movers and other changes, in percent of the source's live people.
    pub changes_percent: u8,
}

impl Default for Limits {
    fn default() -> Self {
        Self { leavers_percent: 10, leavers: None, changes_percent: 30 }
    }
}

/// A limit that a plan exceeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum LimitExceeded {
    /// Too many would end.
    #[error(
        "{leavers} of {live} people would leave{}, more than {limit}; nothing was changed. Look at the list; if it is right, allow it with --allow-leavers {leavers}",
        by_date(*leavers, *dated)
    )]
    Leavers {
        /// How many would end, at once or by a new last day.
        leavers: usize,
        /// Those of them who would get a last day, or an earlier one.
        dated: usize,
        /// How many live people the source has.
        live: usize,
        /// The limit, in words.
        limit: String,
    },
    /// Too many would change.
    #[error(
        "{changes} of {live} people would change, more than {limit}; nothing was changed. Look at the list; if it is right, allow it with --allow-changes {changes}"
    )]
    Changes {
        /// How many would change.
        changes: usize,
        /// How many live people the source has.
        live: usize,
        /// The limit, in words.
        limit: String,
    },
}

/// What a person allowed beyond the limits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Allowed {
    /// So many leavers and no more.
    pub leavers: Option<usize>,
    /// So many changes and no more.
    pub changes: Option<usize>,
    /// A snapshot that is older than the one that was applied last.
    pub older: bool,
}

/// What a plan would do to the live people of a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Impact {
    /// Live people before.
    pub live: usize,
    /// Those who would end at once.
    pub leavers: usize,
    /// Those who would get a last day, or an earlier one: they end by themselves, later.
    pub dated: usize,
    /// Movers and other changes.
    pub changes: usize,
}

/// Who of the leavers does not leave at once, in words behind `… would leave`.
pub fn by_date(leavers: usize, dated: usize) -> String {
    match dated {
        0 => String::new(),
        n if n == leavers => " by a last day that is new or earlier".to_owned(),
        n => format!(", {n} of them by a last day that is new or earlier"),
    }
}

impl Limits {
    /// The limits that a plan with these numbers exceeds.
    pub fn check(&self, impact: Impact, allowed: Allowed) -> Vec<LimitExceeded> {
        let Impact { live, dated, changes, .. } = impact;
        let leavers = impact.leavers + dated;
        let over = |count: usize, percent: u8| live > 0 && count * 100 > live * usize::from(percent);
        let mut exceeded = Vec::new();
        let leavers_limit = if over(leavers, self.leavers_percent) {
            Some(format!("the limit of {} %", self.leavers_percent))
        } else {
            self.leavers.filter(|limit| leavers > *limit).map(|limit| format!("the limit of {limit}"))
        };
        if let Some(limit) = leavers_limit.filter(|_| allowed.leavers.is_none_or(|n| leavers > n)) {
            exceeded.push(LimitExceeded::Leavers { leavers, dated, live, limit });
        }
        if over(changes, self.changes_percent) && allowed.changes.is_none_or(|n| changes > n) {
            exceeded.push(LimitExceeded::Changes { changes, live, limit: format!("the limit of {} %", self.changes_percent) });
        }
        exceeded
    }
}

#[cfg(test)]
mod tests {
    use super::{Allowed, Impact, Limits};

    fn of(live: usize, leavers: usize, changes: usize) -> Impact {
        Impact { live, leavers, changes, dated: 0 }
    }

    #[test]
    fn ten_percent_may_leave_and_one_more_may_not() {
        let limits = Limits::default();
        assert!(limits.check(of(100, 10, 0), Allowed::default()).is_empty());
        let exceeded = limits.check(of(100, 11, 0), Allowed::default());
        assert!(exceeded[0].to_string().contains("11 of 100 people would leave, more than the limit of 10 %"));
        assert!(exceeded[0].to_string().contains("--allow-leavers 11"));
    }

    #[test]
    fn who_gets_a_last_day_counts_as_a_leaver_and_the_words_say_so() {
        let limits = Limits::default();
        let feed = Impact { live: 100, leavers: 1, dated: 24, changes: 24 };
        let exceeded = limits.check(feed, Allowed::default());
        assert!(
            exceeded[0]
                .to_string()
                .starts_with("25 of 100 people would leave, 24 of them by a last day that is new or earlier, more than the limit of 10 %")
        );
        assert!(exceeded[0].to_string().contains("--allow-leavers 25"));
        let only = limits.check(Impact { leavers: 0, ..feed }, Allowed::default());
        assert!(only[0].to_string().starts_with("24 of 100 people would leave by a last day that is new or earlier, more than"));
        assert!(limits.check(feed, Allowed { leavers: Some(25), ..Allowed::default() }).is_empty());
        assert!(limits.check(Impact { leavers: 0, dated: 10, ..feed }, Allowed::default()).is_empty());
    }

    #[test]
    fn a_number_limits_large_sources() {
        let limits = Limits { leavers: Some(20), ..Limits::default() };
        assert_eq!(limits.check(of(10_000, 21, 0), Allowed::default()).len(), 1);
        assert!(limits.check(of(10_000, 20, 0), Allowed::default()).is_empty());
    }

    #[test]
    fn what_is_allowed_is_a_number_and_no_more() {
        let limits = Limits::default();
        let allowed = Allowed { leavers: Some(50), changes: Some(40), older: false };
        assert!(limits.check(of(100, 50, 40), allowed).is_empty());
        assert_eq!(limits.check(of(100, 51, 41), allowed).len(), 2);
    }

    #[test]
    fn a_first_import_has_nobody_to_lose() {
        assert!(Limits::default().check(of(0, 0, 0), Allowed::default()).is_empty());
    }
}
