//! Mail to people: which there are, where one stands, and when to stop.

use chrono::{DateTime, TimeDelta, Utc};

text_enum! {
    /// Why somebody is written to. Each has a folder of templates by this name (`crates/notify/templates`).
    pub enum MailKind {
        /// To see whether mail arrives.
        Test = "test", "test";
        /// The link by which a first password is set.
        Invitation = "invitation", "invitation";
        /// The link by which a forgotten password is replaced.
        Reset = "reset", "password reset";
        /// A password was set or changed.
        PasswordChanged = "password-changed", "password changed";
        /// A sign-in that is unlike those before.
        UnusualSignIn = "unusual-sign-in", "unusual sign-in";
        /// The password is locked after wrong tries.
        PasswordLocked = "password-locked", "password locked";
        /// A break-glass account is in use.
        BreakGlass = "break-glass", "break-glass account in use";
        /// A second factor was added, removed, lost or copied.
        FactorChanged = "factor-changed", "second factor changed";
        /// Codes of second factors are not taken for a while.
        CodesLocked = "codes-locked", "codes locked";
        /// Two administrators took the second factors away: the link by which everything begins anew.
        FactorsReset = "factors-reset", "second factors reset";
    }
}

impl MailKind {
    /// Whether whoever reads it could act by it: what it says is gone as soon as it is sent.
    pub const fn carries_link(self) -> bool {
        matches!(self, Self::Invitation | Self::Reset | Self::FactorsReset)
    }
}

text_enum! {
    /// Where one mail stands.
    pub enum MailState {
        /// It is tried until it is taken.
        Owed = "owed", "waits";
        /// The mail server has it.
        Sent = "sent", "sent";
        /// It is tried no more; what stands beside it says why.
        GivenUp = "given-up", "given up";
    }
}

/// For how long a mail is tried.
pub const PATIENCE: TimeDelta = TimeDelta::days(3);

/// Why a mail is not tried any more, if it is not.
pub fn over(created_at: DateTime<Utc>, void_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<&'static str> {
    if void_at.is_some_and(|at| at <= now) {
        return Some("the link in it does not work any more, so it was not sent");
    }
    (now - created_at >= PATIENCE).then_some("it could not be sent for three days")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_tried_for_days_and_one_with_a_dead_link_not_at_all() {
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap_or_default();
        assert_eq!(over(at, None, at + PATIENCE - TimeDelta::seconds(1)), None);
        assert!(over(at, None, at + PATIENCE).is_some_and(|why| why.contains("three days")));
        let link = at + TimeDelta::minutes(30);
        assert_eq!(over(at, Some(link), link - TimeDelta::seconds(1)), None);
        assert!(over(at, Some(link), link).is_some_and(|why| why.contains("link")));
    }

    #[test]
    fn only_links_make_a_mail_a_secret() {
        let secret: Vec<_> = MailKind::ALL.iter().filter(|kind| kind.carries_link()).collect();
        assert_eq!(secret, [&MailKind::Invitation, &MailKind::Reset, &MailKind::FactorsReset]);
    }
}
