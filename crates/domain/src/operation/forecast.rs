//! When what a target is owed will be done, if it goes on as it did.

use chrono::{DateTime, TimeDelta, Utc};

/// Fewer than so many tell nothing of the next thousand.
const FEWEST: u64 = 5;
/// Nor does a shorter time.
const SHORTEST: TimeDelta = TimeDelta::seconds(1);

/// How far what a target is owed has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Operations that are open, without those that need a human.
    pub open: u64,
    /// Operations that were read back within the last minutes.
    pub settled: u64,
    /// When the first of these was.
    pub since: Option<DateTime<Utc>>,
    /// How many may begin within a minute.
    pub per_minute: u32,
    /// Whether anything goes out there now: it is not held, was read, and answers.
    pub goes_out: bool,
}

/// When it will be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forecast {
    /// Nothing is open that Tenure does by itself.
    Nothing,
    /// Nothing goes out there now, so nobody can say.
    Waits,
    /// Too little was done yet to tell; within the limit of the target it takes so long at least.
    NotYet(TimeDelta),
    /// By then.
    By(DateTime<Utc>),
}

impl Progress {
    /// How many were done within a minute, on the average of the last ones; none if too few were.
    pub fn pace(&self, now: DateTime<Utc>) -> Option<f64> {
        let took = self.since.map(|since| now - since).filter(|took| *took >= SHORTEST)?;
        (self.settled >= FEWEST).then(|| self.settled as f64 * 60_000.0 / took.num_milliseconds() as f64)
    }

    /// When what is open will be done, at that pace and within the limit of the target.
    pub fn forecast(&self, now: DateTime<Utc>) -> Forecast {
        if self.open == 0 {
            return Forecast::Nothing;
        }
        if !self.goes_out {
            return Forecast::Waits;
        }
        let limit = f64::from(self.per_minute.max(1));
        let minutes = |pace: f64| TimeDelta::milliseconds((self.open as f64 * 60_000.0 / pace) as i64);
        match self.pace(now) {
            Some(pace) => Forecast::By(now + minutes(pace.min(limit))),
            None => Forecast::NotYet(minutes(limit)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn progress(open: u64, settled: u64, seconds: i64) -> Progress {
        Progress { open, settled, since: Some(NOW - TimeDelta::seconds(seconds)), per_minute: 600, goes_out: true }
    }

    #[test]
    fn it_goes_on_as_it_did_in_the_last_minutes() {
        assert_eq!(progress(900, 300, 60).pace(NOW), Some(300.0));
        assert_eq!(progress(900, 300, 60).forecast(NOW), Forecast::By(NOW + TimeDelta::minutes(3)));
    }

    #[test]
    fn but_no_faster_than_the_target_is_asked() {
        assert_eq!(progress(1200, 100, 1).forecast(NOW), Forecast::By(NOW + TimeDelta::minutes(2)));
    }

    #[test]
    fn too_little_tells_nothing_but_what_the_limit_tells() {
        for little in [progress(300, 4, 60), progress(300, 50, 0), Progress { since: None, ..progress(300, 0, 0) }] {
            assert_eq!(little.forecast(NOW), Forecast::NotYet(TimeDelta::seconds(30)), "{little:?}");
        }
    }

    #[test]
    fn where_nothing_goes_out_nobody_can_say_and_what_is_done_is_done() {
        assert_eq!(Progress { goes_out: false, ..progress(10, 100, 60) }.forecast(NOW), Forecast::Waits);
        assert_eq!(Progress { goes_out: false, ..progress(0, 100, 60) }.forecast(NOW), Forecast::Nothing);
    }

    proptest! {
        #[test]
        fn a_forecast_is_never_in_the_past(open in 0_u64..10_000_000, settled in 0_u64..10_000_000, seconds in -10_i64..100_000, per_minute in 0_u32..200_000) {
            let told = Progress { per_minute, ..progress(open, settled, seconds) }.forecast(NOW);
            let holds = match told {
                Forecast::By(at) => at >= NOW,
                Forecast::NotYet(least) => least >= TimeDelta::zero(),
                Forecast::Nothing => open == 0,
                Forecast::Waits => false,
            };
            prop_assert!(holds, "{told:?}");
        }
    }
}
