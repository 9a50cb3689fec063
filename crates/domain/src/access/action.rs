//! Everything that can be done, by name.

use super::TokenScope;
use crate::id::{
    ApplicationId, CredentialId, HandOverId, Id, IdentityId, ImportId, OperationId, ReviewId, RoleId, RuleId, SignalReceiverId, SourceId,
    ViewId,
};

/// A kind of action: a row of the matrix. Implemented by one empty type for each action, so that
/// an authorisation for one cannot serve another.
pub trait Action: Send + Sync + 'static {
    /// Its row.
    const KIND: ActionKind;
    /// Whether a person at a session shows anew that it is them.
    const PROOF: bool = super::asks_for_proof(Self::KIND);
    /// What it is done to.
    type Target: Copy + Send + Sync + std::fmt::Debug;
}

/// The thing an action is done to when it is the portal as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portal;

macro_rules! all_actions {
    ($($(#[$meta:meta])* $name:ident($target:ty) = $text:literal, $changes:literal, $scope:ident;)+) => {
        text_enum! {
            /// A row of the role × action matrix.
            pub enum ActionKind { $($(#[$meta])* $name = $text, $text;)+ }
        }

        impl ActionKind {
            /// Whether it changes anything.
            pub const fn changes(self) -> bool {
                match self { $(Self::$name => $changes),+ }
            }

            /// The scope that an API token needs for it.
            pub const fn scope(self) -> TokenScope {
                match self { $(Self::$name => TokenScope::$scope),+ }
            }
        }

        /// One empty type for each action.
        pub mod actions {
            use super::*;
            pub use super::Portal;
            $(
                $(#[$meta])*
                #[derive(Debug, Clone, Copy)]
                pub struct $name;
                impl Action for $name {
                    const KIND: ActionKind = ActionKind::$name;
                    type Target = $target;
                }
            )+
        }
    };
}

all_actions! {
    /// See identities, in lists and one by one.
    ViewIdentity(IdentityId) = "view-identity", false, IdentitiesRead;
    /// Record an identity by hand.
    CreateIdentity(Portal) = "create-identity", true, IdentitiesWrite;
    /// Change attributes, manager or owner.
    EditIdentity(IdentityId) = "edit-identity", true, IdentitiesWrite;
    /// Suspend, resume, send on leave, bring back from leave, archive.
    ChangeLifecycle(IdentityId) = "change-lifecycle", true, IdentitiesWrite;
    /// End an identity.
    EndIdentity(IdentityId) = "end-identity", true, OffboardingWrite;
    /// Bring an ended identity back.
    RehireIdentity(IdentityId) = "rehire-identity", true, IdentitiesWrite;
    /// Give a non-human identity a new owner.
    HandOver(HandOverId) = "hand-over", true, OffboardingWrite;
    /// See sources and imports.
    ViewImports(Portal) = "view-imports", false, ImportsRead;
    /// Upload and apply a snapshot of people.
    ImportPeople(SourceId) = "import-people", true, ImportsWrite;
    /// Create a source, or stage an upload before its source exists.
    ManageSources(Portal) = "manage-sources", true, ImportsWrite;
    /// Discard a staged upload.
    DiscardImport(ImportId) = "discard-import", true, ImportsWrite;
    /// Read people and roles over SCIM.
    ViewDirectory(Portal) = "view-directory", false, ScimRead;
    /// Tell over SCIM who there is and who is in which group.
    ProvisionIdentities(Portal) = "provision-identities", true, ScimWrite;
    /// Take in what is really held.
    ImportMemberships(ApplicationId) = "import-memberships", true, ImportsWrite;
    /// Take in an inventory of credentials.
    ImportCredentials(Portal) = "import-credentials", true, ImportsWrite;
    /// See roles, rules, applications, entitlements.
    ViewAccess(Portal) = "view-access", false, AccessRead;
    /// Create an application or entitlement.
    ManageApplications(Portal) = "manage-applications", true, AccessWrite;
    /// Say how a target is reached, try it, read it, hold it and let it go again.
    ManageTarget(ApplicationId) = "manage-target", true, TargetsWrite;
    /// See an operation that is one's task, and the file that proves it.
    ViewOperation(OperationId) = "view-operation", false, OperationsRead;
    /// Say that an operation is done, or have it tried again at once.
    SettleOperation(OperationId) = "settle-operation", true, OperationsWrite;
    /// See a review that one is asked for.
    ViewReview(ReviewId) = "view-review", false, AccessRead;
    /// Decide a review that one is asked for.
    DecideReview(ReviewId) = "decide-review", true, AccessWrite;
    /// See who is told of signals, and whose signals are taken.
    ViewSignals(Portal) = "view-signals", false, SettingsRead;
    /// Say who is told of signals, and whose signals are taken and what they do.
    ManageSignals(Portal) = "manage-signals", true, SettingsWrite;
    /// Fetch the signals of a receiver, and say that they arrived.
    ReadSignals(SignalReceiverId) = "read-signals", true, SignalsWrite;
    /// See which mails wait, were sent or given up; not what they say.
    ViewMail(Portal) = "view-mail", false, SettingsRead;
    /// Have mails tried at once, and a test sent.
    ManageMail(Portal) = "manage-mail", true, SettingsWrite;
    /// Read what a mail says; where a mail server is there, one's own alone.
    ReadMail(IdentityId) = "read-mail", false, AccountRead;
    /// See by which providers people sign in.
    ViewProviders(Portal) = "view-providers", false, SettingsRead;
    /// Say by which providers people sign in, and how they are found.
    ManageProviders(Portal) = "manage-providers", true, SettingsWrite;
    /// See how long sessions last.
    ViewSessionLimits(Portal) = "view-session-limits", false, SettingsRead;
    /// Say how long sessions last.
    ManageSessionLimits(Portal) = "manage-session-limits", true, SettingsWrite;
    /// See sealed accounts, and how they were used.
    ViewBreakGlass(Portal) = "view-break-glass", false, SettingsRead;
    /// Make and seal accounts for when nobody else can get in, and close the review of a use.
    ManageBreakGlass(Portal) = "manage-break-glass", true, PortalWrite;
    /// Hold everything that goes out to targets because the database was restored, and let it go again.
    SettleRestore(Portal) = "settle-restore", true, SettingsWrite;
    /// Create or change a role, by plan and apply.
    ChangeRole(RoleId) = "change-role", true, AccessWrite;
    /// Create or change a birthright rule, by plan and apply.
    ChangeRule(RuleId) = "change-rule", true, AccessWrite;
    /// Give an identity a role, or take a direct assignment away.
    Assign(IdentityId) = "assign-role", true, AccessWrite;
    /// See credentials.
    ViewCredential(CredentialId) = "view-credential", false, CredentialsRead;
    /// Record a credential by hand.
    RecordCredential(Portal) = "record-credential", true, CredentialsWrite;
    /// Change what is recorded of a credential: owner, purpose, end.
    EditCredential(CredentialId) = "edit-credential", true, CredentialsWrite;
    /// End a credential.
    RevokeCredential(CredentialId) = "revoke-credential", true, CredentialsWrite;
    /// Issue an API token for an identity.
    IssueToken(IdentityId) = "issue-token", true, CredentialsWrite;
    /// Register an SSH public key for an identity.
    RegisterKey(IdentityId) = "register-key", true, CredentialsWrite;
    /// See the audit log.
    ViewAudit(Portal) = "view-audit", false, AuditRead;
    /// Take the audit log away as a file.
    ExportAudit(Portal) = "export-audit", false, AuditRead;
    /// Give and take portal roles, and make set-up links.
    ManagePortalAccess(IdentityId) = "manage-portal-access", true, PortalWrite;
    /// Sign in, out, set a password.
    UseOwnAccount(IdentityId) = "use-own-account", true, AccountWrite;
    /// Enrol, name and remove one's own second factors.
    ManageFactors(IdentityId) = "manage-factors", true, AccountWrite;
    /// Have the second factors of somebody who lost them taken away: one asks, another one confirms.
    ResetFactors(IdentityId) = "reset-factors", true, PortalWrite;
    /// Say how people must sign in, by portal role.
    ManageSignInPolicy(Portal) = "manage-sign-in-policy", true, SettingsWrite;
    /// Keep a view of a list.
    SaveView(IdentityId) = "save-view", true, AccountWrite;
    /// Delete a saved view.
    DeleteView(ViewId) = "delete-view", true, AccountWrite;
    /// Make the demo company, in an empty database only.
    FillDemo(Portal) = "fill-demo", true, SettingsWrite;
    /// Copy the whole database to a file.
    BackUp(Portal) = "back-up", true, SettingsWrite;
    /// Do what is due: start, end, expire, seal.
    RunSchedule(Portal) = "run-schedule", true, SettingsWrite;
}

/// What a target is called in audit events.
pub trait TargetName {
    /// Its kind.
    fn kind(&self) -> &'static str;
    /// Its key.
    fn key(&self) -> String;
    /// The identity that it is, if it is one.
    fn identity(&self) -> Option<IdentityId>;
}

impl<I: Id> TargetName for I {
    fn kind(&self) -> &'static str {
        I::KIND
    }
    fn key(&self) -> String {
        self.to_string()
    }
    fn identity(&self) -> Option<IdentityId> {
        (I::KIND == IdentityId::KIND).then(|| IdentityId::from_uuid(self.uuid()))
    }
}

impl TargetName for Portal {
    fn kind(&self) -> &'static str {
        "portal"
    }
    fn key(&self) -> String {
        String::new()
    }
    fn identity(&self) -> Option<IdentityId> {
        None
    }
}
