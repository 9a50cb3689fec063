//! What follows from an attempt.

use chrono::{DateTime, TimeDelta, Utc};

use super::{OperationState, backoff};

/// From so many failed attempts on a person is asked to look. Trying goes on.
pub const ASK_AFTER: u32 = 5;

/// What came of working on an operation once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The target was read, and it is so.
    ReadBack,
    /// The target said yes, and could not be read, or does not show it yet.
    Acknowledged(Trouble),
    /// It is not so.
    Failed(Trouble),
}

/// What stood in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trouble {
    /// Only a person can do something about it: a decision is missing, or a right.
    pub needs_person: bool,
    /// The target asked to be left alone for this long.
    pub retry_after: Option<TimeDelta>,
}

/// Where an operation stands after an attempt, and when it is its turn again. `failures` are the
/// failed attempts with this one; an operation that is done has no next turn.
pub fn after_attempt(attempt: &Attempt, failures: u32, now: DateTime<Utc>, jitter: f64) -> (OperationState, Option<DateTime<Utc>>) {
    let (trouble, state) = match attempt {
        Attempt::ReadBack => return (OperationState::Verified, None),
        Attempt::Acknowledged(trouble) => (trouble, OperationState::Acknowledged),
        Attempt::Failed(trouble) => (trouble, OperationState::Queued),
    };
    let pause = backoff(failures, jitter).max(trouble.retry_after.unwrap_or_default());
    let asks = trouble.needs_person || failures >= ASK_AFTER;
    (if asks { OperationState::NeedsHuman } else { state }, Some(now + pause))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOTHING_SPECIAL: Trouble = Trouble { needs_person: false, retry_after: None };

    proptest! {
        #[test]
        fn only_a_read_back_ends_it_and_everything_else_has_a_next_turn(
            failures in 1_u32..1000, acknowledged: bool, needs_person: bool, seconds in proptest::option::of(0_i64..100_000), jitter in 0.0_f64..1.0
        ) {
            let trouble = Trouble { needs_person, retry_after: seconds.map(TimeDelta::seconds) };
            let attempt = if acknowledged { Attempt::Acknowledged(trouble) } else { Attempt::Failed(trouble) };
            let now = DateTime::UNIX_EPOCH;
            let (state, next) = after_attempt(&attempt, failures, now, jitter);
            prop_assert!(state.is_open());
            prop_assert!(next.is_some_and(|next| next > now && next >= now + trouble.retry_after.unwrap_or_default()));
            prop_assert_eq!(after_attempt(&Attempt::ReadBack, failures, now, jitter), (OperationState::Verified, None));
        }
    }

    #[test]
    fn a_person_is_asked_after_the_fifth_failure_or_at_once_where_only_a_person_can_help() {
        let now = DateTime::UNIX_EPOCH;
        let state = |attempt: &Attempt, failures| after_attempt(attempt, failures, now, 0.5).0;
        assert_eq!(state(&Attempt::Failed(NOTHING_SPECIAL), 4), OperationState::Queued);
        assert_eq!(state(&Attempt::Failed(NOTHING_SPECIAL), 5), OperationState::NeedsHuman);
        assert_eq!(state(&Attempt::Acknowledged(NOTHING_SPECIAL), 1), OperationState::Acknowledged);
        assert_eq!(state(&Attempt::Failed(Trouble { needs_person: true, retry_after: None }), 1), OperationState::NeedsHuman);
    }
}
