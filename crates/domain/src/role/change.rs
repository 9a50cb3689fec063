//! The plan of a change of roles or rules: who gains, who loses, by name, with a hash.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::hex::hex;
use crate::id::{EntitlementId, Id, IdentityId};

/// One person to whom the change matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffectedIdentity {
    /// Who.
    pub identity_id: IdentityId,
    /// Name for people.
    pub display_name: String,
    /// Entitlements gained.
    pub gains: Vec<EntitlementId>,
    /// Entitlements lost, at once or after the grace time.
    pub loses: Vec<EntitlementId>,
    /// Whether what is lost is kept for the role's grace time first.
    pub grace: bool,
}

/// What a change of roles or rules would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessPlan {
    /// Everybody to whom it matters, by name.
    pub affected: Vec<AffectedIdentity>,
    /// How many identities were looked at.
    pub examined: usize,
    /// What the change is, canonically: a plan is for one change only.
    pub change: String,
}

impl AccessPlan {
    /// SHA-256 in hex over the change and everybody it affects. Apply compares it, so that a plan
    /// that was overtaken by another change is refused.
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update((self.change.len() as u64).to_be_bytes());
        hasher.update(self.change.as_bytes());
        for who in &self.affected {
            hasher.update(who.identity_id.uuid().as_bytes());
            for (mark, list) in [(b'+', &who.gains), (b'-', &who.loses)] {
                hasher.update([mark]);
                for entitlement in list {
                    hasher.update(entitlement.uuid().as_bytes());
                }
            }
            hasher.update([u8::from(who.grace)]);
        }
        hex(&hasher.finalize())
    }

    /// How many gain something.
    pub fn gaining(&self) -> usize {
        self.affected.iter().filter(|a| !a.gains.is_empty()).count()
    }

    /// How many lose something.
    pub fn losing(&self) -> usize {
        self.affected.iter().filter(|a| !a.loses.is_empty()).count()
    }
}
