//! Reading a target: what is really there, compared with what is recorded. A reading is asked for or due by the
//! schedule, claimed like an operation, and done in pieces. Accounts and credentials are written while they come; from
//! what is missing, and for access, something follows only when the target was read to its end (decision 0023).

mod accounts;
mod ask;
mod claim;
mod clean;
mod credentials;
mod entitlements;
mod finish;
mod keys;
mod look;
mod now;

pub use ask::{ask_reading, cancel_reading, list_readings};
pub use claim::{ClaimedReading, claim_reading, let_go, reading_is_alive};
pub use look::read_claimed;
pub use now::reconcile_target;

use serde::{Deserialize, Serialize};

use crate::access::MembershipSummary;

/// How much is taken in at a time.
const PIECE: usize = 1000;

/// What a reading of a target showed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reconciled {
    /// Accounts that were seen.
    pub accounts: usize,
    /// Of these, those that are new or otherwise than they were.
    pub changed: usize,
    /// Of these, those that are nobody's.
    pub orphans: usize,
    /// Of these, those that are otherwise than they are recorded.
    pub drifted: usize,
    /// Questions to reviewers about which there is nothing to decide any more.
    pub moot_reviews: usize,
    /// Accounts that were there before and are not any more.
    pub gone: u64,
    /// Accounts of identities that have ended, found alive: their end is owed now.
    pub of_ended: usize,
    /// Entitlements that were seen.
    pub entitlements: usize,
    /// Of these, those that were not known before.
    pub new_entitlements: usize,
    /// Who holds what, compared with what is recorded.
    pub memberships: MembershipSummary,
    /// Credentials that were seen.
    pub credentials: usize,
    /// Of these, those that were not known before.
    pub new_credentials: usize,
    /// Of these, those that are otherwise than they were.
    pub changed_credentials: usize,
    /// Credentials that were there before and are not any more.
    pub gone_credentials: u64,
    /// Credentials that were not seen, so many that nothing follows: perhaps Tenure may not see them any more.
    pub unseen_credentials: u64,
}

impl Reconciled {
    /// Whether anything is otherwise than it was.
    fn is_news(&self) -> bool {
        let m = &self.memberships;
        self.changed > 0
            || self.gone > 0
            || self.of_ended + self.moot_reviews > 0
            || self.new_entitlements > 0
            || self.new_credentials + self.changed_credentials > 0
            || self.gone_credentials > 0
            || m.newly_out_of_band + m.newly_owed + m.removals_verified + m.vanished > 0
    }
}
