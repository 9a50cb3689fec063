//! Which proofs serve for which changes of the store. A change that several actions lead to names
//! itself here once; the store takes `&impl May<change::X>`.

use super::{Authorized, actions as a};

/// Proof that a change may be made. Only [`Authorized`] implements it.
pub trait May<Change>: private::Sealed {}

mod private {
    pub trait Sealed {}
    impl<A: super::super::Action> Sealed for super::Authorized<A> {}
}

/// Names of changes.
pub mod change {
    /// Insert or update rows of identities.
    #[derive(Debug)]
    pub struct WriteIdentities;
    /// End identities: the one way.
    #[derive(Debug)]
    pub struct EndIdentities;
    /// Write assignments, grants and what follows from them.
    #[derive(Debug)]
    pub struct WriteAccess;
    /// Create applications and entitlements.
    #[derive(Debug)]
    pub struct WriteApplications;
    /// Write roles and rules.
    #[derive(Debug)]
    pub struct WriteRoles;
    /// Write credentials.
    #[derive(Debug)]
    pub struct WriteCredentials;
    /// Write sources and imports.
    #[derive(Debug)]
    pub struct WriteImports;
    /// Write portal roles, local accounts, links, sessions.
    #[derive(Debug)]
    pub struct WriteAccounts;
    /// Write how long sessions last, and end those that last longer.
    #[derive(Debug)]
    pub struct WriteSessionLimits;
    /// End the sessions and tokens of an identity.
    #[derive(Debug)]
    pub struct EndSignIns;
    /// Write saved views.
    #[derive(Debug)]
    pub struct WriteViews;
    /// Write targets and the accounts that are seen there.
    #[derive(Debug)]
    pub struct WriteTargets;
    /// Write questions to reviewers, and what came of them.
    #[derive(Debug)]
    pub struct WriteReviews;
    /// Write what became of operations.
    #[derive(Debug)]
    pub struct WriteOperations;
    /// Write when nothing goes out to targets.
    #[derive(Debug)]
    pub struct WriteRestores;
    /// Write who is told of signals, what became of those, and whose are taken.
    #[derive(Debug)]
    pub struct WriteSignals;
    /// Owe mails to people, and keep what became of them.
    #[derive(Debug)]
    pub struct WriteMails;
    /// Write by which providers people sign in.
    #[derive(Debug)]
    pub struct WriteProviders;
    /// Write whom the subjects of providers stand for.
    #[derive(Debug)]
    pub struct WriteLinks;
    /// Write second factors, and whose are to be taken away.
    #[derive(Debug)]
    pub struct WriteFactors;
    /// Write how people must sign in.
    #[derive(Debug)]
    pub struct WriteSignInPolicy;
    /// Write hand-over tasks.
    #[derive(Debug)]
    pub struct WriteHandOvers;
}

macro_rules! may {
    ($($change:ident: $($action:ident),+;)+) => { $($(impl May<change::$change> for Authorized<a::$action> {})+)+ };
}

may! {
    WriteIdentities: ManageBreakGlass, CreateIdentity, EditIdentity, ChangeLifecycle, RehireIdentity, ImportPeople, HandOver, RunSchedule, ProvisionIdentities;
    EndIdentities: EndIdentity, ImportPeople, RunSchedule, ProvisionIdentities;
    WriteAccess: ManageBreakGlass, CreateIdentity, EditIdentity, ChangeLifecycle, RehireIdentity, ImportPeople, ImportMemberships, ManageTarget, SettleOperation, DecideReview, ChangeRole, ChangeRule, Assign, RunSchedule, ProvisionIdentities;
    WriteApplications: ManageApplications, ManageTarget, ImportMemberships, ImportCredentials;
    WriteTargets: ManageTarget, DecideReview, RunSchedule;
    WriteReviews: ManageTarget, DecideReview, RunSchedule;
    WriteOperations: ManageTarget, SettleOperation, RunSchedule;
    WriteRestores: SettleRestore, RunSchedule;
    WriteSignals: ManageSignals, ReadSignals, RunSchedule;
    WriteMails: ManageBreakGlass, ManageMail, ManagePortalAccess, UseOwnAccount, ManageFactors, ResetFactors, RunSchedule;
    WriteRoles: ChangeRole, ChangeRule, ProvisionIdentities;
    WriteCredentials: ManageBreakGlass, ManageTarget, SettleOperation, ImportCredentials, RecordCredential, EditCredential, RevokeCredential, IssueToken, RegisterKey, UseOwnAccount, ManageFactors, ResetFactors, ManageProviders, ManagePortalAccess, RunSchedule;
    WriteImports: ManageSources, ImportPeople, ImportMemberships, ImportCredentials, DiscardImport, ProvisionIdentities;
    WriteAccounts: ManageBreakGlass, ManagePortalAccess, UseOwnAccount, ManageFactors, ResetFactors, RunSchedule;
    WriteFactors: ManageFactors, UseOwnAccount, ResetFactors, RevokeCredential, RunSchedule;
    WriteSignInPolicy: ManageSignInPolicy;
    EndSignIns: ChangeLifecycle;
    WriteSessionLimits: ManageSessionLimits;
    WriteViews: SaveView, DeleteView;
    WriteProviders: ManageProviders;
    WriteLinks: ManageProviders, ManagePortalAccess, UseOwnAccount;
    WriteHandOvers: HandOver, EditIdentity;
}
