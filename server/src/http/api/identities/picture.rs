//! What an identity looks like.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use tenure_domain::id::Id as _;
use tenure_store::identities::IdentityName;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::api::words::{IdentityKind, LifecycleState};

/// A governed subject: a person, a service, a workload, an AI agent, a vendor.
#[derive(Serialize, ToSchema)]
pub(in crate::http::api) struct Identity {
    id: Uuid,
    /// What it is.
    kind: IdentityKind,
    /// Where it stands in its life.
    state: LifecycleState,
    /// Unique among identities that are not archived, whatever its case.
    #[schema(example = "ada.lovelace")]
    user_name: String,
    /// Its key in its source.
    employee_id: Option<String>,
    /// The source that owns its standard attributes.
    source_id: Option<Uuid>,
    /// The name that people read.
    #[schema(example = "Ada Lovelace")]
    display_name: String,
    given_name: String,
    family_name: String,
    /// May be empty.
    email: String,
    /// May be empty.
    department: String,
    /// May be empty.
    title: String,
    /// What a non-human identity is for.
    purpose: String,
    /// Whom it reports to.
    manager_id: Option<Uuid>,
    /// Who answers for a non-human identity.
    owner_id: Option<Uuid>,
    /// The main identity of a persona.
    persona_of: Option<Uuid>,
    /// IANA name: its days begin there.
    #[schema(example = "Europe/Vienna")]
    time_zone: String,
    /// First day.
    start_on: Option<NaiveDate>,
    /// Last day: it ends by itself when it is over.
    end_on: Option<NaiveDate>,
    /// Attributes beyond the standard ones.
    attributes: BTreeMap<String, Attribute>,
    /// Raised with each change.
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

/// An attribute with where it came from.
#[derive(Serialize, ToSchema)]
struct Attribute {
    value: String,
    /// The name of the source, or `portal` when a person typed it.
    source: String,
}

impl From<tenure_domain::identity::Identity> for Identity {
    fn from(i: tenure_domain::identity::Identity) -> Self {
        Self {
            id: i.id.uuid(),
            kind: i.kind.into(),
            state: i.state.into(),
            user_name: i.user_name,
            employee_id: i.employee_id,
            source_id: i.source_id.map(|id| id.uuid()),
            display_name: i.display_name,
            given_name: i.given_name,
            family_name: i.family_name,
            email: i.email,
            department: i.department,
            title: i.title,
            purpose: i.purpose,
            manager_id: i.manager_id.map(|id| id.uuid()),
            owner_id: i.owner_id.map(|id| id.uuid()),
            persona_of: i.persona_of.map(|id| id.uuid()),
            time_zone: i.time_zone,
            start_on: i.start_on,
            end_on: i.end_on,
            attributes: i.attributes.into_iter().map(|(name, a)| (name, Attribute { value: a.value, source: a.source })).collect(),
            version: i.version,
            created_at: i.created_at,
            updated_at: i.updated_at,
            ended_at: i.ended_at,
        }
    }
}

/// An identity that something else speaks of.
#[derive(Serialize, ToSchema)]
pub(in crate::http::api) struct Named {
    id: Uuid,
    kind: IdentityKind,
    state: LifecycleState,
    display_name: String,
    user_name: String,
}

impl From<IdentityName> for Named {
    fn from(n: IdentityName) -> Self {
        Self { id: n.id.uuid(), kind: n.kind.into(), state: n.state.into(), display_name: n.display_name, user_name: n.user_name }
    }
}
