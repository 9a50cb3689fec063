//! Hosts that may ask for keys: each by a token of its own, shown once.

use chrono::Duration;
use serde_json::json;
use tenure_domain::access::{Portal, Relation, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::{ApplicationId, HostId};
use tenure_domain::target::TargetKind;
use tenure_store::access::ApplicationRow;
use tenure_store::ssh::HostRow;
use tenure_vault::HostToken;

use crate::credentials::MAX_DAYS;
use crate::{Ctx, FieldError, ServiceError};

/// How long the token that is replaced goes on to work.
const OVERLAP: Duration = Duration::hours(24);

/// A host that is to be able to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHost {
    /// What people call it.
    pub name: String,
    /// How many days its token lives, [`MAX_DAYS`] at most.
    pub days: i64,
    /// The key that it gets, by which the same form sent twice is known again; None for any.
    pub once: Option<HostId>,
}

/// A token that was just made. This is the only time that it can be read.
#[derive(Debug)]
pub struct IssuedHost {
    /// The host.
    pub id: HostId,
    /// What people call it.
    pub name: String,
    /// The token; `expose` shows it.
    pub token: HostToken,
}

/// The hosts of a target.
#[derive(Debug, Clone)]
pub struct HostPage {
    /// The application.
    pub application: ApplicationRow,
    /// Whether it is a target of hosts.
    pub is_of_hosts: bool,
    /// Its hosts, those whose tokens work first.
    pub hosts: Vec<HostRow>,
}

/// The hosts of a target.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`].
pub async fn list_hosts(ctx: &Ctx, id: ApplicationId) -> Result<HostPage, ServiceError> {
    ctx.authorize::<actions::ViewAccess, _>(&Portal).await?;
    let mut tx = ctx.app.store.read().await?;
    let application = tx.application(id).await?.ok_or(ServiceError::NotFound("application"))?;
    let is_of_hosts = tx.target(id).await?.is_some_and(|target| target.reach.kind == TargetKind::Ssh);
    Ok(HostPage { application, is_of_hosts, hosts: tx.ssh_hosts(id, ctx.now).await? })
}

/// Lets a host ask, by a token that it gets.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Invalid`], [`ServiceError::Refused`] when the
/// target is none of hosts, [`ServiceError::Conflict`] when the same form was sent before.
pub async fn add_host(ctx: &Ctx, id: ApplicationId, new: &NewHost) -> Result<IssuedHost, ServiceError> {
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(id, Relation::None)).await?;
    let name = new.name.trim();
    let mut faults = Vec::new();
    if !(1..=100).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        faults.push(FieldError::new("name", "say which host it is, in 1 to 100 characters"));
    }
    if !(1..=MAX_DAYS).contains(&new.days) {
        faults.push(FieldError::new("days", format!("a token lives 1 to {MAX_DAYS} days")));
    }
    if !faults.is_empty() {
        return Err(ServiceError::Invalid(faults));
    }
    let (row, token) = host(ctx, id, name, Duration::days(new.days), new.once)?;
    let mut tx = ctx.app.store.write().await?;
    let target = tx.target(id).await?.ok_or(ServiceError::NotFound("target"))?;
    if target.reach.kind != TargetKind::Ssh {
        return Err(ServiceError::Refused("this target is not one of SSH hosts: nobody asks for keys there".to_owned()));
    }
    if tx.ssh_host(row.id).await?.is_some() {
        return Err(ServiceError::Conflict(
            "this form was sent before, and its token was made then; it was shown once. If you did not keep it, revoke it and fill in a new form"
                .to_owned(),
        ));
    }
    tx.insert_ssh_host(&proof, &row).await?;
    let event = ctx.event(Stream::Credential, "ssh-host.added").target(&row.id, row.name.as_str());
    tx.commit(event.after(json!({ "target": id, "hint": row.hint, "expires_at": row.expires_at }))).await?;
    Ok(IssuedHost { id: row.id, name: row.name, token })
}

/// Gives a host another token. The one that it has works for a day more, so that nobody is locked out while it is
/// replaced.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] when its token is over.
pub async fn rotate_host(ctx: &Ctx, target: ApplicationId, id: HostId) -> Result<IssuedHost, ServiceError> {
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(target, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    let before = tx.ssh_host(id).await?.filter(|host| host.application_id == target).ok_or(ServiceError::NotFound("host"))?;
    let until = ctx.now + OVERLAP;
    if !tx.shorten_ssh_host(&proof, id, until).await? {
        return Err(ServiceError::Refused(
            "its token is over, ends within a day, or was replaced already: use the newer entry of the list, or add the host again"
                .to_owned(),
        ));
    }
    // As long as the one before was made for.
    let (row, token) = host(ctx, target, &before.name, before.expires_at - before.created_at, None)?;
    tx.insert_ssh_host(&proof, &row).await?;
    let event = ctx.event(Stream::Credential, "ssh-host.rotated").target(&row.id, row.name.as_str());
    let event = event.before(json!({ "host": id, "hint": before.hint, "expires_at": before.expires_at, "works_until": until }));
    tx.commit(event.after(json!({ "target": target, "hint": row.hint, "expires_at": row.expires_at }))).await?;
    Ok(IssuedHost { id: row.id, name: row.name, token })
}

/// Ends the token of a host: it is refused from its next question on, and lets nobody in any more by keys of Tenure.
///
/// # Errors
/// [`ServiceError::Denied`], [`ServiceError::NotFound`], [`ServiceError::Refused`] when it is over already.
pub async fn revoke_host(ctx: &Ctx, target: ApplicationId, id: HostId) -> Result<(), ServiceError> {
    let proof = ctx.authorize::<actions::ManageTarget, _>(&(target, Relation::None)).await?;
    let mut tx = ctx.app.store.write().await?;
    let host = tx.ssh_host(id).await?.filter(|host| host.application_id == target).ok_or(ServiceError::NotFound("host"))?;
    if !tx.revoke_ssh_host(&proof, id, ctx.now).await? {
        return Err(ServiceError::Refused("its token is over already".to_owned()));
    }
    let event = ctx.event(Stream::Credential, "ssh-host.revoked").target(&id, host.name.as_str());
    tx.commit(event.before(json!({ "target": target, "hint": host.hint, "expires_at": host.expires_at }))).await?;
    Ok(())
}

fn host(
    ctx: &Ctx,
    application_id: ApplicationId,
    name: &str,
    life: Duration,
    once: Option<HostId>,
) -> Result<(HostRow, HostToken), ServiceError> {
    let token = HostToken::generate().map_err(|e| ServiceError::Vault(e.to_string()))?;
    let row = HostRow {
        id: once.unwrap_or_else(|| ctx.id()),
        application_id,
        name: name.to_owned(),
        token_hash: ctx.app.keys.tokens().hash(&token).as_bytes().to_vec(),
        hint: token.hint(),
        created_at: ctx.now,
        expires_at: ctx.now + life,
        revoked_at: None,
        last_used_at: None,
    };
    Ok((row, token))
}
