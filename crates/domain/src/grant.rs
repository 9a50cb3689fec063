//! Grants: an identity holds an entitlement, by one or more paths. The paths are the *why*.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{AssignmentId, EntitlementId, GrantId, IdentityId, RoleId};

text_enum! {
    /// Where a grant stands.
    pub enum GrantState {
        /// Held, and at least one path explains it.
        Held = "held", "held";
        /// Really held, but no path explains it.
        OutOfBand = "out-of-band", "out of band";
        /// No path explains it any more; its removal is owed to the target.
        RemovalOwed = "removal-owed", "removal owed";
        /// Gone.
        Removed = "removed", "removed";
    }
}

text_enum! {
    /// Where an assignment stands.
    pub enum AssignmentState {
        /// In force.
        Active = "active", "active";
        /// The rule no longer matches; kept until its grace time is over.
        Grace = "grace", "in grace";
        /// Over.
        Ended = "ended", "ended";
    }
}

text_enum! {
    /// Why an identity has a role.
    pub enum AssignmentReason {
        /// A birthright rule matched.
        Rule = "rule", "rule";
        /// A request was approved.
        Request = "request", "request";
        /// A review decided it.
        Review = "review", "review";
        /// An import recorded it.
        Import = "import", "import";
        /// An identity provider says over SCIM that they are in its group.
        Scim = "scim", "SCIM";
        /// An administrator gave it, with a reason.
        Direct = "direct", "direct";
    }
}

text_enum! {
    /// How much harm an entitlement can do in the wrong hands.
    pub enum Risk {
        /// Ordinary.
        Low = "low", "low";
        /// Noticeable.
        Medium = "medium", "medium";
        /// Serious.
        High = "high", "high";
        /// Privileged: can change security itself.
        Critical = "critical", "critical";
    }
}

/// A grant as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sqlx", derive(sqlx::FromRow))]
pub struct Grant {
    /// Its key.
    pub id: GrantId,
    /// Who holds it.
    pub identity_id: IdentityId,
    /// What is held.
    pub entitlement_id: EntitlementId,
    /// Where it stands.
    pub state: GrantState,
    /// Since when, in this state of holding.
    pub since: DateTime<Utc>,
    /// When it was last seen on the target itself.
    pub observed_at: Option<DateTime<Utc>>,
}

/// One way by which a grant is explained: assignment → role → (induced roles) → entitlement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhyPath {
    /// The assignment at its start.
    pub assignment_id: AssignmentId,
    /// The roles from the assigned one to the one that holds the entitlement.
    pub roles: Vec<RoleId>,
}
