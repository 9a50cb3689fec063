//! For what a person at a session shows anew that it is them.

use super::ActionKind;

/// Whether an action asks for a fresh proof (ASVS 5, 7.5.1 and 7.5.3): what ends people, gives power, shows or makes a
/// secret, or changes whom Tenure believes. A session that somebody left open must not be enough for it. Programs prove
/// themselves with each request, so this is for people alone.
pub const fn asks_for_proof(action: ActionKind) -> bool {
    use ActionKind as A;
    matches!(
        action,
        A::EndIdentity
            | A::ManagePortalAccess
            | A::IssueToken
            | A::RegisterKey
            | A::ManageTarget
            | A::ManageProviders
            | A::ManageSignals
            | A::ManageMail
            | A::ChangeRole
            | A::ChangeRule
            | A::ManageFactors
            | A::ResetFactors
            | A::ManageSignInPolicy
            | A::ManageBreakGlass
            | A::ManageSessionLimits
    )
}
