//! The closed lists of words, as the vocabulary has them. Each schema is made of the list itself.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tenure_domain::access::PortalRole as IsPortalRole;
use tenure_domain::audit::{Outcome as IsOutcome, Stream as IsStream};
use tenure_domain::credential::{
    CredentialKind as IsCredentialKind, CredentialOrigin as IsCredentialOrigin, CredentialState as IsCredentialState,
};
use tenure_domain::grant::{
    AssignmentReason as IsAssignmentReason, AssignmentState as IsAssignmentState, GrantState as IsGrantState, Risk as IsRisk,
};
use tenure_domain::identity::{IdentityKind as IsIdentityKind, LifecycleState as IsLifecycleState, Transition as IsTransition};
use tenure_domain::operation::{OperationKind as IsOperationKind, OperationState as IsOperationState};
use tenure_domain::review::ReviewState as IsReviewState;
use tenure_domain::role::RoleKind as IsRoleKind;
use tenure_domain::sign_in::{ClientAuth as IsClientAuth, LinkBy as IsLinkBy, LinkHow as IsLinkHow, ProviderState as IsProviderState};
use tenure_domain::signal::{
    DeliveryState as IsDeliveryState, Effect as IsEffect, MatchBy as IsMatchBy, ReceiverKind as IsReceiverKind,
    ReceiverState as IsReceiverState, SignalKind as IsSignalKind, SubjectForm as IsSubjectForm,
};
use tenure_domain::target::{
    AccountState as IsAccountState, OnEnd as IsOnEnd, ReadingKind as IsReadingKind, ReadingState as IsReadingState,
    TargetKind as IsTargetKind, TargetState as IsTargetState,
};
use tenure_services::credentials::Finding as IsFinding;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

macro_rules! words {
    ($($(#[$meta:meta])* $name:ident = $of:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) struct $name(pub(super) $of);

        impl From<$of> for $name {
            fn from(word: $of) -> Self {
                Self(word)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.0.as_str())
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                words_of($of::ALL.iter().map(|word| word.as_str()))
            }
        }

        impl ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+};
}

/// Those that are sent too.
macro_rules! read {
    ($($name:ident)+) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as Deserialize>::deserialize(from)?;
                text.parse().map(Self).map_err(serde::de::Error::custom)
            }
        }
    )+};
}

fn words_of(words: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words.collect::<Vec<_>>())).into()
}

words! {
    /// What an identity is.
    IdentityKind = IsIdentityKind;
    /// Where an identity stands in its life.
    LifecycleState = IsLifecycleState;
    /// A command that changes the life-cycle state.
    Transition = IsTransition;
    /// What a credential is.
    CredentialKind = IsCredentialKind;
    /// Where a credential stands in its life.
    CredentialState = IsCredentialState;
    /// Who can end a credential.
    CredentialOrigin = IsCredentialOrigin;
    /// What is wrong with a credential.
    Finding = IsFinding;
    /// Where a grant stands.
    GrantState = IsGrantState;
    /// Where an assignment stands.
    AssignmentState = IsAssignmentState;
    /// Why an identity has a role.
    AssignmentReason = IsAssignmentReason;
    /// How much harm an entitlement can do in the wrong hands.
    Risk = IsRisk;
    /// What kind of role it is.
    RoleKind = IsRoleKind;
    /// What is to be done on a target.
    OperationKind = IsOperationKind;
    /// How far an operation has come.
    OperationState = IsOperationState;
    /// Where a question to a reviewer stands.
    ReviewState = IsReviewState;
    /// By what a target is reached.
    TargetKind = IsTargetKind;
    /// Whether anything is changed on a target.
    TargetState = IsTargetState;
    /// By what a receiver is told.
    ReceiverKind = IsReceiverKind;
    /// Whether anything goes to a receiver, or is taken of a transmitter.
    ReceiverState = IsReceiverState;
    /// How the subject of a security event is named (RFC 9493).
    SubjectForm = IsSubjectForm;
    /// What a receiver may ask to be told. Those with a dot are for webhooks, the others are of CAEP and RISC.
    SignalKind = IsSignalKind;
    /// Where a delivery stands.
    DeliveryState = IsDeliveryState;
    /// What a signal of somebody else does here.
    Effect = IsEffect;
    /// By what the subject of a signal of somebody else is found here.
    MatchBy = IsMatchBy;
    /// Whether people may sign in by a provider.
    ProviderState = IsProviderState;
    /// How Tenure proves itself to a provider.
    ClientAuth = IsClientAuth;
    /// By what somebody is found who comes for the first time.
    LinkBy = IsLinkBy;
    /// How a link came about.
    LinkHow = IsLinkHow;
    /// How much of a target is read.
    ReadingKind = IsReadingKind;
    /// Where a reading of a target stands.
    ReadingState = IsReadingState;
    /// What becomes of an account when its identity ends.
    OnEnd = IsOnEnd;
    /// Where an account stands.
    AccountState = IsAccountState;
    /// What somebody may be in the portal.
    PortalRole = IsPortalRole;
    /// Streams keep events of different subjects apart.
    Stream = IsStream;
    /// How an event ended.
    Outcome = IsOutcome;
}

read! { ClientAuth LinkBy ReceiverKind SubjectForm SignalKind Effect MatchBy TargetKind TargetState ReadingKind OnEnd IdentityKind LifecycleState Transition CredentialKind CredentialState Risk RoleKind OperationKind Stream Outcome PortalRole }

impl<'de> Deserialize<'de> for Finding {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str> as Deserialize>::deserialize(from)?;
        IsFinding::from_word(&text).map(Self).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no finding")))
    }
}
