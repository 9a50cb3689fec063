//! The scope of a list: a filter that the store must AND, never a check after the fact.

use super::{Action, Denied, PortalRole, Principal, Reach, reach};
use crate::id::IdentityId;

/// Which rows an actor may see. Only [`scope`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope(Rows);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    All,
    Team(IdentityId),
    Own(IdentityId),
}

impl Scope {
    /// The identity to whose own rows (and team's, see [`Self::includes_team`]) the list is
    /// limited; None for all rows.
    pub const fn limited_to(self) -> Option<IdentityId> {
        match self.0 {
            Rows::All => None,
            Rows::Team(id) | Rows::Own(id) => Some(id),
        }
    }

    /// Whether rows of those who report to that identity are in the list.
    pub const fn includes_team(self) -> bool {
        matches!(self.0, Rows::All | Rows::Team(_))
    }
}

/// Which rows an actor may see with an action.
///
/// # Errors
/// [`Denied`] when no role of the actor reaches anything, or a token lacks the scope.
pub fn scope<A: Action>(who: &Principal) -> Result<Scope, Denied> {
    let widest = PortalRole::ALL.iter().filter(|role| who.is(**role)).map(|role| reach(*role, A::KIND)).max().unwrap_or(Reach::Nothing);
    // A token whose identity reaches nothing is not told that it lacks a scope.
    let rows = match (widest, who.identity_id()) {
        (Reach::All, _) => Rows::All,
        (Reach::Team, Some(me)) => Rows::Team(me),
        (Reach::Own, Some(me)) => Rows::Own(me),
        _ => return Err(who.denied(A::KIND, None)),
    };
    match who.lacks(A::KIND) {
        None => Ok(Scope(rows)),
        lacks => Err(who.denied(A::KIND, lacks)),
    }
}
