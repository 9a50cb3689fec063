//! What can be wrong with a credential: as a filter of the list, and of one credential in words.

use chrono::{DateTime, Duration, Utc};
use tenure_domain::credential::CredentialKind;
use tenure_store::credentials::{CredentialFilter, CredentialView, LastUse, Span};

/// Days without use after which a credential is dormant (CIS Controls v8, 5.3).
pub const DORMANT_DAYS: i64 = 45;
/// Days after which a secret is overdue for rotation.
pub const ROTATION_DAYS: i64 = 365;
/// Days before the end of a credential at which it is due.
pub const DUE_DAYS: i64 = 30;

/// The bounds of a secret's age in the heat grid, in days.
pub(crate) const HEAT_AGES: [i64; 3] = [30, 90, ROTATION_DAYS];
/// The bounds of the time since its last use, in days. After the last column comes "no data".
pub(crate) const HEAT_USES: [i64; 3] = [30, DORMANT_DAYS, 90];

/// Something that is wrong with a credential, or that should be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// Nobody owns it.
    WithoutOwner,
    /// Its owner has ended.
    EndedOwner,
    /// It is past its end.
    PastEnd,
    /// It ends within [`DUE_DAYS`].
    Due,
    /// Its secret is older than [`ROTATION_DAYS`].
    Overdue,
    /// Not used for [`DORMANT_DAYS`].
    Dormant,
    /// Nobody tells whether it is used.
    NoUseData,
}

impl Finding {
    /// All, the worst first.
    pub const ALL: [Self; 7] =
        [Self::EndedOwner, Self::WithoutOwner, Self::PastEnd, Self::Overdue, Self::Due, Self::Dormant, Self::NoUseData];

    /// The word in an address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WithoutOwner => "without-owner",
            Self::EndedOwner => "ended-owner",
            Self::PastEnd => "past-end",
            Self::Due => "due",
            Self::Overdue => "overdue",
            Self::Dormant => "dormant",
            Self::NoUseData => "no-use-data",
        }
    }

    /// In two or three words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::WithoutOwner => "Without owner",
            Self::EndedOwner => "Owner ended",
            Self::PastEnd => "Past its end",
            Self::Due => "Due",
            Self::Overdue => "Overdue",
            Self::Dormant => "Dormant",
            Self::NoUseData => "No use data",
        }
    }

    /// In a sentence.
    pub const fn words(self) -> &'static str {
        match self {
            Self::WithoutOwner => "Nobody owns it: nobody will notice when it leaks.",
            Self::EndedOwner => "Its owner has ended, and it may still work.",
            Self::PastEnd => "It is past its end, and nobody has said that it stopped working.",
            Self::Due => "It ends within 30 days.",
            Self::Overdue => "Its secret is more than a year old.",
            Self::Dormant => "It has not been used for 45 days or more.",
            Self::NoUseData => "Nobody tells whether it is used. That does not mean that it is unused.",
        }
    }

    /// Whether somebody should act, not only look.
    pub const fn is_grave(self) -> bool {
        matches!(self, Self::WithoutOwner | Self::EndedOwner | Self::PastEnd | Self::Overdue)
    }

    /// The finding of a word in an address.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.as_str() == word)
    }

    /// Lets a filter pass only credentials with this finding.
    pub fn narrow(self, filter: &mut CredentialFilter, now: DateTime<Utc>) {
        match self {
            Self::WithoutOwner => filter.without_owner = true,
            Self::EndedOwner => filter.ended_owner = true,
            Self::PastEnd => filter.expires_before = Some(now),
            Self::Due => filter.ends_in = Some(Span { from: Some(now), before: Some(now + Duration::days(DUE_DAYS)) }),
            Self::Overdue => filter.unrotated_since = Some(now - Duration::days(ROTATION_DAYS)),
            Self::Dormant => filter.unused_since = Some(now - Duration::days(DORMANT_DAYS)),
            Self::NoUseData => filter.last_used = Some(LastUse::Unknown),
        }
    }
}

/// What is wrong with a credential, the worst first. What is dead has no findings.
pub fn findings_of(view: &CredentialView, now: DateTime<Utc>) -> Vec<Finding> {
    let c = &view.credential;
    if !c.state.is_live() {
        return Vec::new();
    }
    let session = c.kind == CredentialKind::Session;
    let ends_by = |at: DateTime<Utc>| c.expires_at.is_some_and(|end| end < at);
    let holds = |finding: &Finding| match finding {
        Finding::WithoutOwner => c.identity_id.is_none(),
        Finding::EndedOwner => view.owner_state.is_some_and(|s| s.has_ended()),
        Finding::PastEnd => ends_by(now),
        Finding::Due => !session && !ends_by(now) && ends_by(now + Duration::days(DUE_DAYS)),
        Finding::Overdue => !session && c.rotated_at.unwrap_or(c.created_at) < now - Duration::days(ROTATION_DAYS),
        Finding::Dormant => c.last_used_at.is_some_and(|used| used < now - Duration::days(DORMANT_DAYS)),
        Finding::NoUseData => !session && c.last_used_at.is_none(),
    };
    Finding::ALL.into_iter().filter(holds).collect()
}

/// Lets a filter pass only what a cell of the heat grid counts: row and column, from 0. A cell
/// that the grid does not have lets everything pass.
pub fn narrow_to_heat(filter: &mut CredentialFilter, row: usize, column: usize, now: DateTime<Utc>) {
    if row > HEAT_AGES.len() || column > HEAT_USES.len() + 1 {
        return;
    }
    filter.secret_of = Some(span(&HEAT_AGES, row, now));
    filter.last_used = Some(if column > HEAT_USES.len() { LastUse::Unknown } else { LastUse::In(span(&HEAT_USES, column, now)) });
}

/// From the bounds `[30, 90]` days the spans: since 30 days, from 90 to 30 days ago, before that.
fn span(bounds: &[i64], at: usize, now: DateTime<Utc>) -> Span {
    let back = |days: &i64| now - Duration::days(*days);
    Span { from: bounds.get(at).map(back), before: at.checked_sub(1).and_then(|before| bounds.get(before)).map(back) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back_to_their_finding() {
        for finding in Finding::ALL {
            assert_eq!(Finding::from_word(finding.as_str()), Some(finding));
        }
        assert_eq!(Finding::from_word("nothing"), None);
    }

    #[test]
    fn the_cells_of_the_grid_meet_without_a_gap() {
        let now = DateTime::<Utc>::UNIX_EPOCH + Duration::days(20_000);
        let spans: Vec<Span> = (0..=HEAT_AGES.len()).map(|row| span(&HEAT_AGES, row, now)).collect();
        assert_eq!(spans[0].before, None);
        assert_eq!(spans[HEAT_AGES.len()].from, None);
        for pair in spans.windows(2) {
            assert_eq!(pair[0].from, pair[1].before);
        }
        let mut filter = CredentialFilter::default();
        narrow_to_heat(&mut filter, 4, 0, now);
        assert_eq!(filter, CredentialFilter::default(), "there is no such row");
        narrow_to_heat(&mut filter, 3, 4, now);
        assert_eq!(filter.last_used, Some(LastUse::Unknown));
    }
}
