//! How a target's accounts are named and filled: set, tried against a person, and read.

use serde_json::{Value, json};
use tenure_domain::access::{Relation, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::{ApplicationId, IdentityId};
use tenure_domain::identity::Identity;
use tenure_domain::mapping::{Mapped, Mapping, MappingFault};
use tenure_store::targets::Reach;

use crate::{Ctx, FieldError, ServiceError};

/// The mapping of a target. One that cannot be read any more is none: nothing is created by it.
pub(crate) fn mapping_of(reach: &Reach) -> Option<Mapping> {
    reach.mapping.as_ref().and_then(|value| serde_json::from_value(value.clone()).ok())
}

/// What a mapping makes of a person.
#[derive(Debug, Clone)]
pub struct TriedMapping {
    /// Of whom.
    pub person: Identity,
    /// What it makes.
    pub mapped: Mapped,
}

/// Says how accounts are named and filled on a target; none: Tenure makes none there any more, and changes
/// none. Accounts that are there are not touched by this: what differs is seen when the target is read.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Invalid`] with a fault for each expression
/// that cannot be understood, [`ServiceError::Conflict`] when somebody else changed it since `version`.
pub async fn set_mapping(ctx: &Ctx, id: ApplicationId, version: i64, mapping: Option<&Value>) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(id, Relation::None)).await?;
    let mapping = mapping.map(read_mapping).transpose()?;
    let mut tx = ctx.app.store.write().await?;
    let name = tx.application(id).await?.ok_or(ServiceError::NotFound("application"))?.name;
    let before = tx.target(id).await?.ok_or(ServiceError::NotFound("target"))?.reach;
    let after = mapping.as_ref().map(|m| json!(m));
    if before.mapping == after {
        return Ok(());
    }
    let reach = Reach { mapping: after.clone(), version: version + 1, updated_at: ctx.now, ..before.clone() };
    tx.put_target(&proof, &reach).await?;
    let event = ctx.event(Stream::System, "target.mapped").target(&id, name.as_str());
    tx.commit(Events::one(event.before(before.mapping.unwrap_or(Value::Null)).after(after.unwrap_or(Value::Null)))).await?;
    Ok(())
}

/// Tries a mapping against a person. Nothing is changed.
///
/// # Errors
/// As [`set_mapping`].
pub async fn try_mapping(ctx: &Ctx, id: ApplicationId, mapping: &Value, person: IdentityId) -> Result<TriedMapping, ServiceError> {
    ctx.authorize::<actions::ManageTarget, _>(&(id, Relation::None)).await?;
    let mapping = read_mapping(mapping)?;
    let person = ctx
        .app
        .store
        .read()
        .await?
        .identity(person)
        .await?
        .ok_or_else(|| ServiceError::field("person", "nobody is recorded under that key: choose somebody of the list"))?;
    Ok(TriedMapping { mapped: mapping.evaluate(&person), person })
}

/// Reads a mapping.
fn read_mapping(table: &Value) -> Result<Mapping, ServiceError> {
    let said = |f: MappingFault| FieldError::new("mapping", format!("{}: {}", f.field, f.words));
    Mapping::read(table).map_err(|faults| ServiceError::Invalid(faults.into_iter().map(said).collect()))
}
