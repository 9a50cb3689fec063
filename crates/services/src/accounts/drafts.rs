//! Forms that came after the session had run out: kept for ten minutes, sealed, for whoever's session it was. They are sent
//! by nobody but that person, with a click, after signing in again.

use chrono::{DateTime, Duration, Utc};
use tenure_domain::access::{Relation, actions};
use tenure_domain::id::IdentityId;
use tenure_store::accounts::DraftRow;

use crate::{App, Ctx, ServiceError};

/// For how long a form is kept.
pub const DRAFT_MINUTES: i64 = 10;
/// For how long a session that ran out can still say whose form it was.
pub const LAPSED_HOURS: i64 = 12;
/// The longest form that is kept.
pub const DRAFT_BYTES: usize = 64 * 1024;

/// A form that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Where it was sent.
    pub path: String,
    /// What was typed, as a form is encoded.
    pub fields: String,
    /// Until when it is kept.
    pub expires_at: DateTime<Utc>,
}

fn about(id: IdentityId) -> String {
    format!("draft {id}")
}

/// Keeps a form that came after its session had run out; whether it is kept. `session` is what stands in the table for the
/// session's cookie. The caller makes sure that it holds nothing secret, and came from a page of that session.
///
/// # Errors
/// When the database fails, or it cannot be sealed.
pub async fn keep_draft(app: &App, session: &[u8], path: &str, fields: &str, now: DateTime<Utc>) -> Result<bool, ServiceError> {
    if fields.len() > DRAFT_BYTES {
        return Ok(false);
    }
    let Some(identity_id) = app.store.read().await?.lapsed_session(session, now).await? else { return Ok(false) };
    let sealed = app.keys.drafts().seal(fields.as_bytes(), &about(identity_id)).map_err(|e| ServiceError::Vault(e.to_string()))?;
    let row = DraftRow { identity_id, path: path.to_owned(), sealed, expires_at: now + Duration::minutes(DRAFT_MINUTES) };
    app.store.put_draft(&row).await?;
    Ok(true)
}

/// The form that was kept for the actor.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn my_draft(ctx: &Ctx) -> Result<Option<Draft>, ServiceError> {
    let Some(me) = ctx.principal.identity_id() else { return Ok(None) };
    ctx.authorize::<actions::UseOwnAccount, _>(&(me, Relation::Own)).await?;
    let Some(row) = ctx.app.store.read().await?.draft_of(me, ctx.now).await? else { return Ok(None) };
    let opened = ctx.app.keys.drafts().open(&row.sealed, &about(me)).map_err(|e| ServiceError::Vault(e.to_string()))?;
    let fields = String::from_utf8(opened.to_vec()).map_err(|e| ServiceError::Vault(e.to_string()))?;
    Ok(Some(Draft { path: row.path, fields, expires_at: row.expires_at }))
}

/// Forgets the form that was kept for the actor.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn discard_draft(ctx: &Ctx) -> Result<(), ServiceError> {
    let Some(me) = ctx.principal.identity_id() else { return Ok(()) };
    ctx.authorize::<actions::UseOwnAccount, _>(&(me, Relation::Own)).await?;
    Ok(ctx.app.store.delete_draft(me).await?)
}
