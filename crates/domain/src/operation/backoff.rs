//! When to try again, and when to leave a target alone for a while.

use chrono::{DateTime, TimeDelta, Utc};

/// The first pause.
const FIRST: TimeDelta = TimeDelta::seconds(2);
/// The longest.
const LONGEST: TimeDelta = TimeDelta::minutes(15);

/// How long to wait after so many failed attempts: doubled each time up to a cap, and then somewhere
/// between half of that and all of it, so that what failed together does not come back together.
/// `jitter` is in `0.0..1.0`.
pub fn backoff(failures: u32, jitter: f64) -> TimeDelta {
    let doubled = FIRST * 2_i32.saturating_pow(failures.saturating_sub(1).min(20));
    let whole = doubled.min(LONGEST);
    let milliseconds = whole.num_milliseconds() as f64 * (0.5 + 0.5 * jitter.clamp(0.0, 1.0));
    TimeDelta::milliseconds(milliseconds as i64)
}

/// Whether a target is asked at all. It opens after some failures of the target in a row; then one
/// operation at a time looks whether it is back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breaker {
    /// Failures of the target in a row, whatever the operation.
    pub failures: u32,
    /// Nobody asks before this moment.
    pub open_until: Option<DateTime<Utc>>,
}

impl Breaker {
    /// From so many failures in a row on the target is left alone.
    pub const OPENS_AT: u32 = 3;

    /// After an exchange in which the target itself failed.
    #[must_use]
    pub fn failed(self, now: DateTime<Utc>, jitter: f64) -> Self {
        let failures = self.failures.saturating_add(1);
        let open_until = (failures >= Self::OPENS_AT).then(|| now + backoff(failures - Self::OPENS_AT + 1, jitter));
        Self { failures, open_until }
    }

    /// After an exchange in which the target answered.
    #[must_use]
    pub const fn answered() -> Self {
        Self { failures: 0, open_until: None }
    }

    /// How many operations may be asked for at once.
    pub const fn at_once(self, limit: u32) -> u32 {
        if self.failures >= Self::OPENS_AT { 1 } else { limit }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moment() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
    }

    proptest! {
        #[test]
        fn a_pause_is_never_longer_than_the_cap_nor_nothing(failures in 0_u32..u32::MAX, jitter in -1.0_f64..2.0) {
            let pause = backoff(failures, jitter);
            prop_assert!(pause <= LONGEST && pause >= FIRST / 2, "{pause}");
        }
    }

    #[test]
    fn pauses_double_until_the_cap() {
        let pauses: Vec<_> = (1..=12).map(|n| backoff(n, 1.0).num_seconds()).collect();
        assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    }

    #[test]
    fn a_target_is_left_alone_after_three_failures_in_a_row_and_asked_by_one_until_it_answers() {
        let mut breaker = Breaker { failures: 0, open_until: None };
        for _ in 0..2 {
            breaker = breaker.failed(moment(), 1.0);
            assert_eq!((breaker.open_until, breaker.at_once(8)), (None, 8));
        }
        breaker = breaker.failed(moment(), 1.0);
        assert_eq!((breaker.open_until, breaker.at_once(8)), (Some(moment() + TimeDelta::seconds(2)), 1));
        assert_eq!(Breaker::answered().at_once(8), 8);
    }
}
