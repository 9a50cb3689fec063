//! Asking for a reading, stopping it, and looking at those that were.

use serde_json::json;
use tenure_domain::access::{Portal, Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::{ApplicationId, ReadingId};
use tenure_domain::target::{ReadingKind, ReadingState};
use tenure_store::readings::{NewReading, ReadingRow};

use crate::{Ctx, ServiceError};

/// How many readings of a target are shown.
const SHOWN: i64 = 20;

/// Wants a target to be read as soon as somebody can. Where one waits already, that is the one, and it reads and allows
/// what is asked for here, too; so is one that is under way, if it does as much.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] where there is nothing that could be read,
/// [`ServiceError::Conflict`] while a reading is under way that does less than is asked for.
pub async fn ask_reading(ctx: &Ctx, target: ApplicationId, kind: ReadingKind, many_gone: bool) -> Result<ReadingId, ServiceError> {
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(target, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    let row = tx.target(target).await?.ok_or(ServiceError::NotFound("target"))?;
    let application = tx.application(target).await?.ok_or(ServiceError::NotFound("application"))?;
    if row.reach.kind.is_by_hand() {
        return Err(ServiceError::Refused("a person does by hand what is owed there: there is nothing that Tenure could read".to_owned()));
    }
    if row.reach.kind.is_own() {
        return Err(ServiceError::Refused("Tenure itself answers there, by what it records: there is nothing to be read".to_owned()));
    }
    // What changed is told since a reading of all of it.
    let kind = if row.reconciled_at.is_none() { ReadingKind::Full } else { kind };
    let id: ReadingId = ctx.id();
    let new = NewReading { id, application_id: target, kind, asker: &ctx.principal.label, many_gone, at: ctx.now };
    let new = match tx.want_reading(&proof, &new).await? {
        true => new,
        false => {
            let ended = || ServiceError::Conflict("another reading just came to its end: try again".to_owned());
            let open = tx.open_reading(target).await?.ok_or_else(ended)?;
            let Some(more) = more_than(&open, new)? else { return Ok(open.id) };
            if !tx.raise_reading(&proof, &more).await? {
                return Err(ServiceError::Conflict("another reading just began: try again".to_owned()));
            }
            more
        }
    };
    let event = ctx.event(Stream::Access, "target.reading-asked").target(&target, application.name.as_str());
    tx.commit(event.after(json!({ "reading": new.id, "kind": new.kind, "many_gone": new.many_gone }))).await?;
    Ok(new.id)
}

/// What an open reading becomes when this one is asked for; none if it does all of it.
fn more_than<'n>(open: &ReadingRow, asked: NewReading<'n>) -> Result<Option<NewReading<'n>>, ServiceError> {
    let reads_less = open.kind == ReadingKind::Changes && asked.kind == ReadingKind::Full;
    let allows_less = asked.many_gone && !open.many_gone;
    if open.state == ReadingState::Running {
        let less = match (reads_less, allows_less) {
            (false, false) => return Ok(None),
            (true, _) => "a reading of what changed is under way, and you ask for everything",
            (_, true) => "a reading is under way that does not take it that many are gone",
        };
        return Err(ServiceError::Conflict(format!("{less}: ask again when it is over, or stop it first")));
    }
    if !reads_less && !allows_less && !open.asker.is_empty() {
        return Ok(None);
    }
    let kind = if reads_less { asked.kind } else { open.kind };
    Ok(Some(NewReading { id: open.id, kind, many_gone: asked.many_gone || open.many_gone, ..asked }))
}

/// Stops a reading, whoever is at it. What was seen so far stays recorded; nothing follows from what was not.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] when it is over.
pub async fn cancel_reading(ctx: &Ctx, target: ApplicationId, id: ReadingId) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(target, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    tx.reading(id).await?.filter(|r| r.application_id == target).ok_or(ServiceError::NotFound("reading"))?;
    let application = tx.application(target).await?.ok_or(ServiceError::NotFound("application"))?;
    let said = format!("{} stopped it", ctx.principal.label);
    if !tx.cancel_reading(&proof, id, &said, ctx.now).await? {
        return Err(ServiceError::Refused("this reading is over: there is nothing to stop".to_owned()));
    }
    let event = ctx.event(Stream::Access, "target.reading-cancelled").target(&target, application.name.as_str());
    tx.commit(event.after(json!({ "reading": id }))).await?;
    Ok(())
}

/// The last readings of a target, the newest first.
///
/// # Errors
/// [`ServiceError::Denied`].
pub async fn list_readings(ctx: &Ctx, target: ApplicationId) -> Result<Vec<ReadingRow>, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    Ok(ctx.app.store.read().await?.readings_of(target, SHOWN).await?)
}
