//! What a list of memberships says about what is recorded: pure, so that a trial and the import
//! itself come to the same.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use tenure_domain::grant::GrantState;
use tenure_domain::id::{EntitlementId, GrantId, IdentityId};
use tenure_store::access::GrantOnTarget;

use super::import_memberships::MembershipSummary;
use super::take_in::Holder;

/// The moment up to which a list of a day is a proof.
///
/// A list has a day and no hour. What was owed before that day began is surely older than the list,
/// so that its absence there says it is done; what was owed on the day itself may have been owed
/// after the list was written. A list of today was written before now.
pub(super) fn moment_of(as_of: NaiveDate, now: DateTime<Utc>) -> DateTime<Utc> {
    if as_of >= now.date_naive() { now } else { as_of.and_time(NaiveTime::MIN).and_utc() }
}

/// What is seen.
pub(crate) struct Look<'a> {
    /// The moment of which it is a proof.
    pub(crate) at: DateTime<Utc>,
    /// The memberships of the list.
    pub(crate) real: &'a HashSet<(IdentityId, EntitlementId)>,
    /// The people of whom the list speaks, and whether they have ended. Whose row could not be taken
    /// is not among them and stays as it is.
    pub(crate) people: &'a HashMap<IdentityId, Holder>,
    /// Whether what is not on the list is not there. A row of which the key cannot be read could be
    /// anybody's: then nothing is known to be absent.
    pub(crate) is_whole: bool,
    /// Whether it is a reading of a target, of which the target's own row keeps when it was: then nothing is
    /// written of what is as it was.
    pub(crate) is_reading: bool,
}

/// What follows for the grants.
#[derive(Default)]
pub(super) struct Seen {
    /// Seen where they are recorded.
    pub(super) seen: Vec<GrantId>,
    /// Held, and not seen.
    pub(super) unseen: Vec<GrantId>,
    /// Out of band before, and not there any more.
    pub(super) gone: Vec<GrantId>,
    /// To be removed, and not there any more.
    pub(super) verified: Vec<GrantId>,
    /// Seen, and no role explains it.
    pub(super) found: Vec<(IdentityId, EntitlementId)>,
    /// Seen on somebody who has ended: nobody has to judge that, it is to be removed. With the key
    /// of the grant, where there is one.
    pub(super) owed: Vec<(IdentityId, EntitlementId, Option<GrantId>)>,
}

impl Seen {
    fn is_empty(&self) -> bool {
        let Self { seen, unseen, gone, verified, found, owed } = self;
        [seen, unseen, gone, verified].iter().all(|ids| ids.is_empty()) && found.is_empty() && owed.is_empty()
    }
}

/// What would follow from a look, before anybody is kept from anything.
pub(crate) struct Glance {
    /// How many grants that were there until now would turn out not to be.
    pub(crate) lost: u64,
    /// How many were there.
    pub(crate) known: i64,
    /// Whether anything would be written.
    pub(crate) is_news: bool,
    /// The counts, for whom nothing would.
    pub(crate) summary: MembershipSummary,
}

impl Look<'_> {
    /// What would follow, in numbers. `counts` says of whose grants it matters how many are lost.
    pub(crate) fn glance(&self, grants: &[GrantOnTarget], counts: impl Fn(IdentityId) -> bool) -> Glance {
        let mut summary = MembershipSummary { rows: self.real.len(), ..MembershipSummary::default() };
        let seen = self.compare(grants, &mut summary);
        let was_there = |grant: &&GrantOnTarget| match grant.state {
            GrantState::Held => grant.observed_at.is_some(),
            GrantState::OutOfBand | GrantState::RemovalOwed => true,
            GrantState::Removed => false,
        };
        let is_lost: HashSet<GrantId> = seen.unseen.iter().chain(&seen.gone).chain(&seen.verified).copied().collect();
        let counted = || grants.iter().filter(|grant| counts(grant.identity_id));
        Glance {
            lost: u64::try_from(counted().filter(|grant| is_lost.contains(&grant.id)).count()).unwrap_or(u64::MAX),
            known: i64::try_from(counted().filter(was_there).count()).unwrap_or(i64::MAX),
            is_news: !seen.is_empty(),
            summary,
        }
    }

    /// Compares the list with what is recorded on the application, and counts.
    pub(super) fn compare(&self, grants: &[GrantOnTarget], summary: &mut MembershipSummary) -> Seen {
        let mut out = Seen::default();
        let mut judged = HashSet::with_capacity(grants.len());
        for grant in grants {
            let Some(ended) = self.people.get(&grant.identity_id).map(|p| p.ended) else { continue };
            let pair = (grant.identity_id, grant.entitlement_id);
            let is_there = self.real.contains(&pair);
            // An older look takes nothing back that a newer one saw.
            let is_news = grant.observed_at.is_none_or(|seen| seen <= self.at);
            let settles = |since: Option<DateTime<Utc>>| self.is_whole && is_news && since.is_none_or(|since| since <= self.at);
            judged.insert(pair);
            match (grant.state, is_there) {
                (GrantState::Held, true) => summary.explained += 1,
                (GrantState::Held, false) if settles(Some(grant.since)) => {
                    summary.missing += 1;
                    // What was not there the last time either is no news.
                    if grant.observed_at.is_some() {
                        out.unseen.push(grant.id);
                    }
                }
                (GrantState::OutOfBand, true) if ended => out.owed.push((pair.0, pair.1, Some(grant.id))),
                (GrantState::OutOfBand, true) => summary.out_of_band += 1,
                (GrantState::OutOfBand, false) if settles(None) => {
                    summary.vanished += 1;
                    out.gone.push(grant.id);
                }
                (GrantState::RemovalOwed, true) => summary.removals_open += 1,
                (GrantState::RemovalOwed, false) if settles(grant.owed_at) => {
                    summary.removals_verified += 1;
                    out.verified.push(grant.id);
                }
                (GrantState::RemovalOwed, false) => summary.removals_unproven += 1,
                // A list from before its removal was verified says nothing new.
                (GrantState::Removed, true) if grant.settled_at.is_some_and(|at| at > self.at) => {}
                (GrantState::Removed, true) if ended => out.owed.push((pair.0, pair.1, Some(grant.id))),
                (GrantState::Removed, true) => out.found.push(pair),
                (GrantState::Held | GrantState::OutOfBand | GrantState::Removed, false) => {}
            }
            if is_there && is_news && !(self.is_reading && grant.observed_at.is_some()) && grant.state != GrantState::Removed {
                out.seen.push(grant.id);
            }
        }
        for pair in self.real.iter().filter(|pair| !judged.contains(pair)) {
            match self.people.get(&pair.0).map(|p| p.ended) {
                Some(true) => out.owed.push((pair.0, pair.1, None)),
                Some(false) => out.found.push(*pair),
                None => {}
            }
        }
        out.found.sort_unstable();
        out.owed.sort_unstable();
        summary.out_of_band += out.found.len();
        summary.newly_out_of_band += out.found.len();
        summary.removals_open += out.owed.len();
        summary.newly_owed += out.owed.len();
        out
    }
}
