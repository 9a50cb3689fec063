//! Everything that can be done, by name.

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
    ($($(#[$meta:meta])* $name:ident($target:ty) = $text:literal, $changes:literal;)+) => {
        text_enum! {
            /// A row of the role × action matrix.
            pub enum ActionKind { $($(#[$meta])* $name = $text, $text;)+ }
        }

        impl ActionKind {
            /// Whether it changes anything.
            pub const fn changes(self) -> bool {
                match self { $(Self::$name => $changes),+ }
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
    ViewIdentity(IdentityId) = "view-identity", false;
    /// Record an identity by hand.
    CreateIdentity(Portal) = "create-identity", true;
    /// Change attributes, manager or owner.
    EditIdentity(IdentityId) = "edit-identity", true;
    /// Suspend, resume, send on leave, bring back from leave, archive.
    ChangeLifecycle(IdentityId) = "change-lifecycle", true;
    /// End an identity.
    EndIdentity(IdentityId) = "end-identity", true;
    /// Bring an ended identity back.
    RehireIdentity(IdentityId) = "rehire-identity", true;
    /// Give a non-human identity a new owner.
    HandOver(HandOverId) = "hand-over", true;
    /// See sources and imports.
    ViewImports(Portal) = "view-imports", false;
    /// Upload and apply a snapshot of people.
    ImportPeople(SourceId) = "import-people", true;
    /// Create a source, or stage an upload before its source exists.
    ManageSources(Portal) = "manage-sources", true;
    /// Discard a staged upload.
    DiscardImport(ImportId) = "discard-import", true;
    /// Read people and roles over SCIM.
    ViewDirectory(Portal) = "view-directory", false;
    /// Tell over SCIM who there is and who is in which group.
    ProvisionIdentities(Portal) = "provision-identities", true;
    /// Take in what is really held.
    ImportMemberships(ApplicationId) = "import-memberships", true;
    /// Take in an inventory of credentials.
    ImportCredentials(Portal) = "import-credentials", true;
    /// See roles, rules, applications, entitlements.
    ViewAccess(Portal) = "view-access", false;
    /// Create an application or entitlement.
    ManageApplications(Portal) = "manage-applications", true;
    /// Say how a target is reached, try it, read it, hold it and let it go again.
    ManageTarget(ApplicationId) = "manage-target", true;
    /// See an operation that is one's task, and the file that proves it.
    ViewOperation(OperationId) = "view-operation", false;
    /// Say that an operation is done, or have it tried again at once.
    SettleOperation(OperationId) = "settle-operation", true;
    /// See a review that one is asked for.
    ViewReview(ReviewId) = "view-review", false;
    /// Decide a review that one is asked for.
    DecideReview(ReviewId) = "decide-review", true;
    /// See who is told of signals, and whose signals are taken.
    ViewSignals(Portal) = "view-signals", false;
    /// Say who is told of signals, and whose signals are taken and what they do.
    ManageSignals(Portal) = "manage-signals", true;
    /// Fetch the signals of a receiver, and say that they arrived.
    ReadSignals(SignalReceiverId) = "read-signals", true;
    /// See which mails wait, were sent or given up; not what they say.
    ViewMail(Portal) = "view-mail", false;
    /// Have mails tried at once, and a test sent.
    ManageMail(Portal) = "manage-mail", true;
    /// Read what a mail says; where a mail server is there, one's own alone.
    ReadMail(IdentityId) = "read-mail", false;
    /// See by which providers people sign in.
    ViewProviders(Portal) = "view-providers", false;
    /// Say by which providers people sign in, and how they are found.
    ManageProviders(Portal) = "manage-providers", true;
    /// Hold everything that goes out to targets because the database was restored, and let it go again.
    SettleRestore(Portal) = "settle-restore", true;
    /// Create or change a role, by plan and apply.
    ChangeRole(RoleId) = "change-role", true;
    /// Create or change a birthright rule, by plan and apply.
    ChangeRule(RuleId) = "change-rule", true;
    /// Give an identity a role, or take a direct assignment away.
    Assign(IdentityId) = "assign-role", true;
    /// See credentials.
    ViewCredential(CredentialId) = "view-credential", false;
    /// Record a credential by hand.
    RecordCredential(Portal) = "record-credential", true;
    /// Change what is recorded of a credential: owner, purpose, end.
    EditCredential(CredentialId) = "edit-credential", true;
    /// End a credential.
    RevokeCredential(CredentialId) = "revoke-credential", true;
    /// Issue an API token for an identity.
    IssueToken(IdentityId) = "issue-token", true;
    /// Register an SSH public key for an identity.
    RegisterKey(IdentityId) = "register-key", true;
    /// See the audit log.
    ViewAudit(Portal) = "view-audit", false;
    /// Take the audit log away as a file.
    ExportAudit(Portal) = "export-audit", false;
    /// Give and take portal roles, and make set-up links.
    ManagePortalAccess(IdentityId) = "manage-portal-access", true;
    /// Sign in, out, set a password.
    UseOwnAccount(IdentityId) = "use-own-account", true;
    /// Enrol, name and remove one's own second factors.
    ManageFactors(IdentityId) = "manage-factors", true;
    /// Have the second factors of somebody who lost them taken away: one asks, another one confirms.
    ResetFactors(IdentityId) = "reset-factors", true;
    /// Say how people must sign in, by portal role.
    ManageSignInPolicy(Portal) = "manage-sign-in-policy", true;
    /// Keep a view of a list.
    SaveView(IdentityId) = "save-view", true;
    /// Delete a saved view.
    DeleteView(ViewId) = "delete-view", true;
    /// Make the demo company, in an empty database only.
    FillDemo(Portal) = "fill-demo", true;
    /// Copy the whole database to a file.
    BackUp(Portal) = "back-up", true;
    /// Do what is due: start, end, expire, seal.
    RunSchedule(Portal) = "run-schedule", true;
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
