//! The proof of a check, and the one function that makes it.

use super::{Action, ActionKind, Portal, PortalRole, Principal, Reach, Relation, TargetName, TokenScope, reach};

/// Proof that an actor may do `A` to the target it names. Nothing but [`authorize`] makes one.
#[derive(Debug)]
pub struct Authorized<A: Action> {
    target: A::Target,
    // Private, so that no other module can build the struct.
    _seal: (),
}

impl<A: Action> Authorized<A> {
    /// What it was given for.
    pub fn target(&self) -> A::Target {
        self.target
    }
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{who} may not {action} here{}", .lacks.map(|scope| format!(": the token lacks the scope {scope}")).unwrap_or_default())]
pub struct Denied {
    /// Who asked.
    pub who: String,
    /// For what.
    pub action: ActionKind,
    /// The scope that a token lacks, where its identity might do it.
    pub lacks: Option<TokenScope>,
}

/// A thing that an action can be done to, with what the check needs to know of it.
pub trait Resource {
    /// Its key.
    type Key: Copy;
    /// Its key.
    fn key(&self) -> Self::Key;
    /// How it relates to the actor.
    fn relation(&self, who: &Principal) -> Relation;
}

/// The portal as a whole is nobody's own.
impl Resource for Portal {
    type Key = Portal;
    fn key(&self) -> Portal {
        Portal
    }
    fn relation(&self, _: &Principal) -> Relation {
        Relation::None
    }
}

/// A thing whose relation was worked out by a query, or that is nobody's own.
impl<K: TargetName + Copy> Resource for (K, Relation) {
    type Key = K;
    fn key(&self) -> K {
        self.0
    }
    fn relation(&self, _: &Principal) -> Relation {
        self.1
    }
}

impl Resource for crate::identity::Identity {
    type Key = crate::id::IdentityId;
    fn key(&self) -> Self::Key {
        self.id
    }
    fn relation(&self, who: &Principal) -> Relation {
        match who.identity_id() {
            Some(me) if me == self.id || self.owner_id == Some(me) => Relation::Own,
            Some(me) if self.manager_id == Some(me) => Relation::Team,
            _ => Relation::None,
        }
    }
}

/// Whether a reach covers a relation.
const fn covers(reach: Reach, relation: Relation) -> bool {
    match reach {
        Reach::All => true,
        Reach::Team => matches!(relation, Relation::Team | Relation::Own),
        Reach::Own => matches!(relation, Relation::Own),
        Reach::Nothing => false,
    }
}

/// Checks an action on a thing.
///
/// # Errors
/// [`Denied`] when no role of the actor reaches the thing, when a token lacks the scope, or when a token is to issue a
/// token, to register a key, or to change a second factor.
pub fn authorize<A, R>(who: &Principal, what: &R) -> Result<Authorized<A>, Denied>
where
    A: Action,
    R: Resource<Key = A::Target>,
{
    let relation = what.relation(who);
    let allowed = PortalRole::ALL.iter().any(|role| who.is(*role) && covers(reach(*role, A::KIND), relation));
    // A token that leaked must not make its own successor, nor what somebody signs in with.
    let successor =
        matches!(A::KIND, ActionKind::IssueToken | ActionKind::RegisterKey | ActionKind::ManageFactors | ActionKind::ResetFactors)
            && who.is_token();
    if !allowed || successor {
        return Err(who.denied(A::KIND, None));
    }
    match who.lacks(A::KIND) {
        None => Ok(Authorized { target: what.key(), _seal: () }),
        lacks => Err(who.denied(A::KIND, lacks)),
    }
}
