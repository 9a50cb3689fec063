//! A forgotten password: asked for by anybody, answered by a link to the mail address of whoever it is.
//!
//! What is asked is only written down, and a worker looks whether there is such a person: so the answer says the same,
//! and takes as long, whether or not an account exists.

use chrono::Duration;
use serde_json::json;
use tenure_domain::access::{Authorized, PortalRole, Principal, PrincipalKind, Relation, actions, authorize};
use tenure_domain::audit::{AuditEvent, Stream};
use tenure_domain::credential::LinkPurpose;
use tenure_domain::id::IdentityId;
use tenure_domain::identity::Identity;
use tenure_domain::mail::MailKind;
use tenure_store::WriteTx;
use tenure_store::accounts::ResetRequest;

use super::limits::{Limit, Limited, count_attempt, count_attempt_in};
use super::link::{put_link, take_back_links_mails};
use crate::ids::new_id;
use crate::mail::{Letter, moment, owe};
use crate::{Ctx, ServiceError};

/// How long such a link works.
pub const RESET_MINUTES: i64 = 30;
/// The longest that is taken for a user name.
const LONGEST: usize = 320;
/// How many are answered at once.
const BATCH: i64 = 50;

/// Asks for a link for whoever has this user name. `address` is where the request came from.
///
/// # Errors
/// [`ServiceError::Invalid`] when nothing was typed, [`ServiceError::Refused`] after too many from one address. Never
/// because of whether there is such a person.
pub async fn ask_reset(ctx: &Ctx, typed: &str, address: &str) -> Result<(), ServiceError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(ServiceError::field("user_name", "type the user name with which you sign in"));
    }
    if typed.chars().count() > LONGEST || typed.chars().any(char::is_control) {
        return Err(ServiceError::field("user_name", "this is no user name: type the one with which you sign in"));
    }
    if count_attempt(ctx, Limit::ResetByAddress, address).await? == Limited::Over {
        return Err(ServiceError::Refused("too many passwords were asked for from here: try again in an hour".to_owned()));
    }
    let proof = anybody(ctx.id())?;
    let request = ResetRequest { id: new_id(ctx.now), typed: typed.to_owned(), address: address.to_owned(), at: ctx.now };
    let mut tx = ctx.app.store.write().await?;
    tx.put_reset_request(&proof, &request).await?;
    tx.commit(ctx.event(Stream::System, "password.reset-asked")).await?;
    Ok(())
}

/// Whoever is not signed in acts for themselves, as far as what they prove reaches.
fn anybody(id: IdentityId) -> Result<Authorized<actions::UseOwnAccount>, ServiceError> {
    let who = Principal { kind: PrincipalKind::Anonymous, label: String::new(), roles: [PortalRole::Employee].into() };
    Ok(authorize::<actions::UseOwnAccount, _>(&who, &(id, Relation::Own))?)
}

/// Answers who waits for a link: each once, also where several instances look. How many.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn answer_resets(ctx: &Ctx) -> Result<usize, ServiceError> {
    if !ctx.app.store.resets_wait().await? {
        return Ok(0);
    }
    let proof = ctx.authorize::<actions::RunSchedule, _>(&tenure_domain::access::Portal).await?;
    let waiting = ctx.app.store.read().await?.reset_requests(BATCH).await?;
    for request in &waiting {
        let id = ctx.app.store.read().await?.identity_by_user_name(&request.typed).await?.map(|identity| identity.id);
        let mut tx = ctx.app.store.write().await?;
        if let Some(id) = id {
            tx.lock_identities(&[id]).await?;
        }
        if !tx.take_reset_request(&proof, request.id).await? {
            continue;
        }
        let event = match id {
            Some(id) => link(ctx, &mut tx, &proof, id).await?,
            None => refused(ctx, "nobody has this user name"),
        };
        tx.commit(event).await?;
    }
    Ok(waiting.len())
}

fn refused(ctx: &Ctx, why: &str) -> AuditEvent {
    ctx.event(Stream::System, "password.reset-link").because(why).refused()
}

/// Makes the link of somebody and owes the mail with it; the event that says so, or why not.
async fn link(ctx: &Ctx, tx: &mut WriteTx, proof: &Authorized<actions::RunSchedule>, id: IdentityId) -> Result<AuditEvent, ServiceError> {
    let about = |event: AuditEvent| event.target(&id, "").about(id);
    let Some(identity) = tx.identity(id).await?.filter(|i| i.state.may_act() && !i.kind.is_non_human()) else {
        return Ok(about(refused(ctx, "may not sign in")));
    };
    let why = if crate::break_glass::is_sealed_account(tx, id).await? {
        Some("is a break-glass account")
    } else if tx.local_account(id).await?.is_none() {
        Some("has no password here")
    } else if identity.email.trim().is_empty() {
        Some("has no mail address")
    } else {
        let limited = count_attempt_in(ctx, tx, Limit::ResetByAccount, &id.to_string()).await?;
        (limited == Limited::Over).then_some("asked too often")
    };
    if let Some(why) = why {
        return Ok(about(refused(ctx, why)));
    }
    let (token, link) = put_link(ctx, tx, proof, id, LinkPurpose::Reset, Duration::minutes(RESET_MINUTES)).await?;
    let letter = Letter {
        kind: MailKind::Reset,
        once: &new_id(ctx.now).to_string(),
        facts: json!({ "path": format!("/set-up?token={}", token.expose()), "minutes": RESET_MINUTES }),
        void_at: Some(link.expires_at),
    };
    owe(ctx, tx, proof, &identity, letter).await?;
    let event = ctx.event(Stream::System, "password.reset-link").target(&id, identity.display_name.as_str()).about(id);
    Ok(event.after(json!({ "expires_at": link.expires_at })))
}

/// Links that wait for somebody are over: they know their password, or have another way.
///
/// # Errors
/// When the database fails.
pub(super) async fn links_are_over(
    ctx: &Ctx,
    tx: &mut WriteTx,
    proof: &Authorized<actions::UseOwnAccount>,
    id: IdentityId,
    why: &str,
) -> Result<(), ServiceError> {
    if tx.take_back_links(proof, id).await? > 0 {
        take_back_links_mails(ctx, tx, proof, id, why).await?;
    }
    Ok(())
}

/// Tells somebody that their password is another one now.
///
/// # Errors
/// When the database fails.
pub(super) async fn tell_changed(
    ctx: &Ctx,
    tx: &mut WriteTx,
    proof: &Authorized<actions::UseOwnAccount>,
    identity: &Identity,
    how: &str,
) -> Result<(), ServiceError> {
    let letter = Letter {
        kind: MailKind::PasswordChanged,
        once: &new_id(ctx.now).to_string(),
        facts: json!({ "how": how, "at": moment(ctx.now, &identity.time_zone) }),
        void_at: None,
    };
    owe(ctx, tx, proof, identity, letter).await?;
    Ok(())
}
