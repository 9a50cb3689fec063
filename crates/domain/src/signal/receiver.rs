//! Who is told, how, and when to stop and ask a person.

use chrono::{DateTime, TimeDelta, Utc};

text_enum! {
    /// By what a receiver is told.
    pub enum ReceiverKind {
        /// Life-cycle events, signed as Standard Webhooks says.
        Webhook = "webhook", "webhook";
        /// Security event tokens, sent (RFC 8935).
        Push = "push", "SET by push";
        /// Security event tokens, fetched (RFC 8936).
        Poll = "poll", "SET by poll";
    }
}

text_enum! {
    /// Whether anything goes to a receiver. What happens meanwhile is kept for it.
    pub enum ReceiverState {
        /// It is told.
        Enabled = "enabled", "enabled";
        /// Nothing goes out until a person says so.
        Paused = "paused", "paused";
    }
}

text_enum! {
    /// Where one delivery stands.
    pub enum DeliveryState {
        /// It is tried until it arrives.
        Owed = "owed", "on its way";
        /// The receiver has it.
        Delivered = "delivered", "delivered";
        /// The receiver said that it cannot use it.
        Refused = "refused", "refused by the receiver";
    }
}

text_enum! {
    /// How the subject of a security event is named (RFC 9493).
    pub enum SubjectForm {
        /// By this installation and the key of the identity.
        IssSub = "iss_sub", "by the key that Tenure gives it (iss_sub)";
        /// By the mail address; by `iss_sub` where there is none.
        Email = "email", "by mail address (email)";
        /// By the user name.
        Opaque = "opaque", "by user name (opaque)";
    }
}

text_enum! {
    /// What a signal of somebody else does here. None of them ends an identity.
    pub enum Effect {
        /// It stands in the audit log.
        Record = "record", "is recorded only";
        /// Sessions and API tokens end.
        EndSessions = "end-sessions", "ends sessions and API tokens";
        /// The identity is suspended, which ends sessions and API tokens too.
        Suspend = "suspend", "suspends the identity";
    }
}

text_enum! {
    /// By what the subject of a signal of somebody else is found here.
    pub enum MatchBy {
        /// The mail address.
        Email = "email", "mail address";
        /// The user name.
        UserName = "user-name", "user name";
        /// The number at the source.
        EmployeeId = "employee-id", "employee number";
        /// The key that Tenure gives.
        Id = "id", "key of the identity";
    }
}

/// Why a receiver is paused by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseReason {
    /// It says that it is gone.
    Gone,
    /// It has failed for too long.
    FailedTooLong,
}

/// How it goes with a receiver: failures in a row, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkOff {
    /// Failures in a row.
    pub failures: u32,
    /// When the first of them was.
    pub failing_since: Option<DateTime<Utc>>,
}

impl WorkOff {
    /// So long may it fail, without one success, before nothing is sent until a person looks.
    pub const PATIENCE: TimeDelta = TimeDelta::hours(24);

    /// After another failure; whether it is time to pause.
    #[must_use]
    pub fn failed(self, now: DateTime<Utc>) -> (Self, Option<PauseReason>) {
        let since = self.failing_since.unwrap_or(now);
        let after = Self { failures: self.failures.saturating_add(1), failing_since: Some(since) };
        (after, (now - since >= Self::PATIENCE).then_some(PauseReason::FailedTooLong))
    }

    /// After a success, or when a person resumes it.
    #[must_use]
    pub const fn fine() -> Self {
        Self { failures: 0, failing_since: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_is_paused_once_it_has_failed_for_a_day_and_not_before() {
        let begin = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let (first, pause) = WorkOff::fine().failed(begin);
        assert_eq!((first.failures, pause), (1, None));
        let (later, pause) = first.failed(begin + TimeDelta::hours(23));
        assert_eq!((later.failing_since, pause), (Some(begin), None));
        assert_eq!(later.failed(begin + TimeDelta::hours(24)).1, Some(PauseReason::FailedTooLong));
    }
}
