//! `POST /api/v1/identities`, `GET` and `PATCH /api/v1/identities/{id}`

use axum::extract::Path;
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};
use tenure_domain::id::{Id as _, IdentityId};
use tenure_services::ServiceError;
use tenure_services::identities::{IdentityChange, Work, create_identity, edit_identity, show_identity};
use utoipa::ToSchema;
use uuid::Uuid;

use super::picture::Identity;
use crate::http::api::answer::{changed, created, versioned, with};
use crate::http::api::ask::{Asked, Sent, etag, moved_on};
use crate::http::api::operation::op;
use crate::http::api::words::IdentityKind;
use crate::http::api::{Reply, key};
use crate::http::routes::patch;
use crate::http::{Failure, Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        post("/api/v1/identities", create).operation(
            op("createIdentity", "Identities", "Record an identity by hand")
                .more("For non-human identities, and people whom no source knows.")
                .sends::<NewIdentity>()
                .gives::<Identity>(201, "It is recorded.")
                .with_location()
                .with_version(),
        ),
        get("/api/v1/identities/{id}", show)
            .operation(op("getIdentity", "Identities", "One identity").gives::<Identity>(200, "The identity.").reads_version()),
        patch("/api/v1/identities/{id}", change).operation(
            op("changeIdentity", "Identities", "Change attributes")
                .more(
                    "What is left out stays. What a source owns is changed there. A last day makes it end by itself when the day is over.",
                )
                .needs_version()
                .sends::<IdentityPatch>()
                .gives::<Identity>(200, "As it is now.")
                .with_version(),
        ),
    ]
}

/// An identity to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewIdentity {
    /// What it is.
    kind: IdentityKind,
    /// Unique.
    #[schema(example = "svc.build")]
    user_name: String,
    /// The name that people read.
    #[schema(example = "Build service")]
    display_name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    department: String,
    #[serde(default)]
    title: String,
    /// What a non-human identity is for; needed for one.
    #[serde(default)]
    #[schema(example = "builds and signs releases")]
    purpose: String,
    /// Who answers for a non-human identity; needed for one.
    owner_id: Option<Uuid>,
    /// The main identity of a persona.
    persona_of: Option<Uuid>,
    /// Whom it reports to.
    manager_id: Option<Uuid>,
    /// IANA name; UTC when it is left out.
    #[serde(default)]
    time_zone: String,
    /// First day; today when it is left out.
    start_on: Option<NaiveDate>,
    /// Last day.
    end_on: Option<NaiveDate>,
}

async fn create(asked: Asked, Sent(new): Sent<NewIdentity>) -> Reply {
    let wanted = tenure_services::identities::NewIdentity {
        kind: new.kind.0,
        user_name: new.user_name,
        display_name: new.display_name,
        email: new.email,
        department: new.department,
        title: new.title,
        purpose: new.purpose,
        owner_id: new.owner_id.map(IdentityId::from_uuid),
        persona_of: new.persona_of.map(IdentityId::from_uuid),
        work: Work {
            manager_id: new.manager_id.map(IdentityId::from_uuid),
            time_zone: new.time_zone,
            start_on: new.start_on,
            end_on: new.end_on,
        },
    };
    let id = create_identity(&asked.ctx, &wanted).await?;
    let identity = show_identity(&asked.ctx, id).await?.identity;
    let tag = etag(identity.version);
    let answer = created(&format!("/api/v1/identities/{id}"), &Identity::from(identity));
    Ok(with(answer, axum::http::header::ETAG, &tag))
}

async fn show(asked: Asked, Path(id): Path<String>) -> Reply {
    let identity = show_identity(&asked.ctx, key(&id)?).await?.identity;
    Ok(versioned(&asked, identity.version, &Identity::from(identity)))
}

/// What is to be changed; what is left out stays. Null takes an identity or a day away, and leaves a text.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IdentityPatch {
    /// The name that people read.
    #[schema(example = "Ada King")]
    display_name: Option<String>,
    email: Option<String>,
    department: Option<String>,
    title: Option<String>,
    /// What a non-human identity is for.
    purpose: Option<String>,
    /// Who answers for a non-human identity.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<Uuid>)]
    owner_id: Option<Option<Uuid>>,
    /// Whom it reports to.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<Uuid>)]
    manager_id: Option<Option<Uuid>>,
    /// IANA name.
    time_zone: Option<String>,
    /// First day.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<NaiveDate>)]
    start_on: Option<Option<NaiveDate>>,
    /// Last day: it ends by itself when it is over.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<NaiveDate>)]
    end_on: Option<Option<NaiveDate>>,
}

/// What was said, null too: that is another thing than nothing.
fn said<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

async fn change(asked: Asked, Path(id): Path<String>, Sent(patch): Sent<IdentityPatch>) -> Reply {
    let id: IdentityId = key(&id)?;
    let now = show_identity(&asked.ctx, id).await?.identity;
    let version = asked.expected(now.version)?;
    let wanted = |id: Option<Option<Uuid>>, now| id.map_or(now, |said| said.map(IdentityId::from_uuid));
    let change = IdentityChange {
        version,
        display_name: patch.display_name.unwrap_or(now.display_name),
        email: patch.email.unwrap_or(now.email),
        department: patch.department.unwrap_or(now.department),
        title: patch.title.unwrap_or(now.title),
        purpose: patch.purpose.unwrap_or(now.purpose),
        owner_id: wanted(patch.owner_id, now.owner_id),
        work: Work {
            manager_id: wanted(patch.manager_id, now.manager_id),
            time_zone: patch.time_zone.unwrap_or(now.time_zone),
            start_on: patch.start_on.unwrap_or(now.start_on),
            end_on: patch.end_on.unwrap_or(now.end_on),
        },
    };
    match edit_identity(&asked.ctx, id, &change).await {
        Ok(()) => {}
        // Somebody was quicker since it was read a moment ago.
        Err(ServiceError::Conflict(_)) => return Err(moved_on()),
        Err(error) => return Err(Failure::from(error)),
    }
    let identity = show_identity(&asked.ctx, id).await?.identity;
    Ok(changed(identity.version, &Identity::from(identity)))
}
