//! What a person may do to an identity: it decides which buttons stand on the page. The services
//! decide for real.

use tenure_domain::access::{Portal, Principal, Relation, actions, authorize};
use tenure_domain::id::HandOverId;
use tenure_domain::identity::{Identity, IdentityKind, Transition};

/// Which buttons and links the page has.
#[derive(Debug, Clone, Default)]
pub struct Rights {
    /// Change attributes: no source owns them, and the identity lives.
    pub edit: bool,
    /// The changes of state that are possible and allowed, those with a page of their own left out.
    pub transitions: Vec<Transition>,
    /// End it.
    pub end: bool,
    /// Bring it back.
    pub rehire: bool,
    /// Give it a role, or take one away.
    pub assign: bool,
    /// Give and take portal roles.
    pub portal: bool,
    /// Issue an API token for it.
    pub issue_token: bool,
    /// Register an SSH key for it.
    pub register_key: bool,
    /// Give what it owned a new owner.
    pub hand_over: bool,
    /// Open roles, rules and applications.
    pub sees_access: bool,
    /// Open the audit log.
    pub sees_audit: bool,
}

impl Rights {
    /// What somebody may do to an identity as it stands now.
    pub fn of(who: &Principal, i: &Identity) -> Self {
        let can = |transition| i.state.after(transition).is_ok();
        let changes = authorize::<actions::ChangeLifecycle, _>(who, i).is_ok();
        let apart = [Transition::End, Transition::Rehire, Transition::RehireLater];
        let hand_over: HandOverId = tenure_domain::id::Id::from_uuid(tenure_domain::id::Id::uuid(i.id));
        Self {
            edit: i.source_id.is_none() && !i.state.has_ended() && authorize::<actions::EditIdentity, _>(who, i).is_ok(),
            transitions: Transition::ALL
                .iter()
                .copied()
                .filter(|t| changes && can(*t) && !apart.contains(t) && !(i.kind.is_non_human() && *t == Transition::StartLeave))
                .collect(),
            end: can(Transition::End) && authorize::<actions::EndIdentity, _>(who, i).is_ok(),
            rehire: can(Transition::Rehire) && authorize::<actions::RehireIdentity, _>(who, i).is_ok(),
            assign: i.state.holds_access()
                && authorize::<actions::Assign, _>(who, i).is_ok()
                && authorize::<actions::ViewAccess, _>(who, &Portal).is_ok(),
            portal: i.kind == IdentityKind::Person && authorize::<actions::ManagePortalAccess, _>(who, i).is_ok(),
            issue_token: i.kind.is_non_human() && i.state.may_act() && authorize::<actions::IssueToken, _>(who, i).is_ok(),
            register_key: i.kind.is_non_human() && i.state.may_act() && authorize::<actions::RegisterKey, _>(who, i).is_ok(),
            hand_over: authorize::<actions::HandOver, _>(who, &(hand_over, Relation::None)).is_ok(),
            sees_access: authorize::<actions::ViewAccess, _>(who, &Portal).is_ok(),
            sees_audit: authorize::<actions::ViewAudit, _>(who, &Portal).is_ok(),
        }
    }
}
