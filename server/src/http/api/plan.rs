//! The plan of a change of roles or rules, as an answer.

use serde::Serialize;
use tenure_domain::id::{EntitlementId, Id as _};
use tenure_services::access::{NAMED, NamedPlan};
use utoipa::ToSchema;
use uuid::Uuid;

/// What a change would do. Nothing was changed: apply it with its hash.
#[derive(Serialize, ToSchema)]
pub(super) struct Plan {
    /// To be sent along when it is applied.
    hash: String,
    /// How many identities were looked at.
    examined: usize,
    /// How many gain something.
    gaining: usize,
    /// How many lose something.
    losing: usize,
    /// The first of those to whom it matters, by name: two hundred at most.
    affected: Vec<Affected>,
}

/// Somebody to whom a change matters.
#[derive(Serialize, ToSchema)]
struct Affected {
    identity_id: Uuid,
    display_name: String,
    gains: Vec<Held>,
    /// At once, or after the grace time.
    loses: Vec<Held>,
    /// Whether what is lost is kept for the role's grace time first.
    grace: bool,
}

/// An entitlement that is gained or lost.
#[derive(Serialize, ToSchema)]
struct Held {
    id: Uuid,
    /// Application and entitlement.
    #[schema(example = "Git / write")]
    name: String,
}

impl From<NamedPlan> for Plan {
    fn from(named: NamedPlan) -> Self {
        let NamedPlan { plan, hash, names, .. } = named;
        let held = |ids: Vec<EntitlementId>| {
            ids.into_iter().map(|id| Held { id: id.uuid(), name: names.get(&id).cloned().unwrap_or_default() }).collect()
        };
        Self {
            hash,
            examined: plan.examined,
            gaining: plan.gaining(),
            losing: plan.losing(),
            affected: plan
                .affected
                .into_iter()
                .take(2 * NAMED)
                .map(|who| Affected {
                    identity_id: who.identity_id.uuid(),
                    display_name: who.display_name,
                    gains: held(who.gains),
                    loses: held(who.loses),
                    grace: who.grace,
                })
                .collect(),
        }
    }
}
