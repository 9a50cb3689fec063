//! What a target has otherwise than it is recorded, and what of that is left so.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenure_domain::access::{May, change};
use tenure_domain::id::{AccountId, IdentityId};

use crate::engine::{StoreError, Tx, WriteTx};

/// Attributes that a target has otherwise than they are recorded, by the target's name for them.
pub type Drift = BTreeMap<String, Drifted>;

/// An attribute, as it is recorded and as it really is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drifted {
    /// What the mapping makes of what is recorded; empty where there is to be none.
    pub recorded: Vec<String>,
    /// What the target has; empty where it has none.
    pub real: Vec<String>,
}

impl Drifted {
    /// Whether both values are the same.
    pub fn is_as(&self, other: &Self) -> bool {
        same_values(&self.recorded, &other.recorded) && same_values(&self.real, &other.real)
    }
}

/// Whether two attributes hold the same values: a target keeps them in an order of its own.
pub fn same_values(one: &[String], other: &[String]) -> bool {
    let sorted = |values: &[String]| {
        let mut values = values.to_vec();
        values.sort_unstable();
        values
    };
    sorted(one) == sorted(other)
}

/// Of what differs, what counts, and what is left as it is: what is as it was when somebody left it so.
pub fn apart(differs: impl IntoIterator<Item = (String, Drifted)>, left: &Accepted) -> (Option<Drift>, Accepted) {
    let (mut drift, mut still) = (Drift::new(), Accepted::new());
    for (name, drifted) in differs {
        match left.get(&name).filter(|left| left.drifted.is_as(&drifted)) {
            Some(left) => {
                still.insert(name, left.clone());
            }
            None => {
                drift.insert(name, drifted);
            }
        }
    }
    (Some(drift).filter(|drift| !drift.is_empty()), still)
}

/// What a target has otherwise than it is recorded and is left so, by the target's name for the attribute. It counts as
/// long as neither changes.
pub type Accepted = BTreeMap<String, AcceptedDrift>;

/// A difference that somebody leaves as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedDrift {
    /// Both, as they were then.
    #[serde(flatten)]
    pub drifted: Drifted,
    /// Who left it so.
    pub by: String,
    /// Why.
    pub note: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What of an account is left otherwise, and what is otherwise beside that.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Differences {
    /// The account.
    pub id: AccountId,
    /// Left as it is.
    #[sqlx(json)]
    pub accepted: Accepted,
    /// Otherwise than recorded.
    #[sqlx(json(nullable))]
    pub drift: Option<Drift>,
}

impl Tx {
    /// What is left as it is of some accounts: those of which anything is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accepted_of(&mut self, accounts: &[AccountId]) -> Result<HashMap<AccountId, Differences>, StoreError> {
        let rows = fetch_for_ids!(
            self,
            Differences,
            accounts,
            "SELECT id, accepted, drift FROM accounts WHERE accepted IS NOT NULL AND id IN (",
            ")"
        );
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

impl WriteTx {
    /// Keeps what of somebody's account is left as it is, and what is otherwise beside that. Yields whether it is still
    /// theirs. Whoever decides that read it under the account's lock: what a reading finds meanwhile is not written over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_differences(
        &mut self,
        _proof: &impl May<change::WriteTargets>,
        owner: Option<IdentityId>,
        kept: &Differences,
    ) -> Result<bool, StoreError> {
        let changed = execute!(
            self.tx,
            "UPDATE accounts SET accepted = $3, drift = $4 WHERE id = $1 AND COALESCE(identity_id, id) = COALESCE($2, id)",
            kept.id,
            owner,
            Some(&kept.accepted).filter(|accepted| !accepted.is_empty()).map(sqlx::types::Json),
            kept.drift.as_ref().filter(|drift| !drift.is_empty()).map(sqlx::types::Json)
        );
        Ok(changed == 1)
    }
}
