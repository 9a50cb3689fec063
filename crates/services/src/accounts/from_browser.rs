//! A sign-in as it comes from a browser: limits before, and what is remembered after.

use std::collections::BTreeSet;

use chrono::{DateTime, Timelike as _, Utc};
use chrono_tz::Tz;
use serde_json::json;
use tenure_domain::access::{PortalRole, Principal, PrincipalKind, Relation, actions, authorize};
use tenure_domain::audit::Stream;
use tenure_domain::fold::fold;
use tenure_domain::id::IdentityId;
use tenure_domain::mail::MailKind;
use tenure_domain::sign_in::{REMEMBERED, SignIn, unusual};
use tenure_store::accounts::{SignInRow, parse_roles};
use tenure_vault::Password;

use super::device;
use super::limits::{Limit, Limited, attempts, count_attempt, forget_attempts, is_over};
use super::sign_in::{Lock, WRONG, sign_in_by};
use crate::factors::FirstStep;
use crate::ids::new_id;
use crate::mail::{Letter, moment, owe};
use crate::{Ctx, ServiceError};

/// From where, and with which browser.
#[derive(Debug, Clone, Copy, Default)]
pub struct Browser<'b> {
    /// As it calls itself.
    pub label: &'b str,
    /// Its address, in words.
    pub address: &'b str,
    /// The address as it is counted: of many that one person has, the network.
    pub network: &'b str,
    /// The cookie by which it is known; empty where it has none.
    pub device: &'b str,
}

pub(crate) const TOO_MANY_FROM_HERE: &str = "too many wrong passwords came from here: try again in ten minutes";

/// Signs somebody in by a password, or half, where a second factor is asked for. Who is over a limit is refused before anything is computed, in the same words and as
/// fast whether or not there is such an account. A browser in which this person signed in before has a limit of its own.
///
/// # Errors
/// As [`super::sign_in`].
pub async fn sign_in_from(ctx: &Ctx, user_name: &str, password: Password, from: &Browser<'_>) -> Result<FirstStep, ServiceError> {
    let name = fold(user_name);
    let id = ctx.app.store.read().await?.identity_by_user_name(user_name).await?.map(|identity| identity.id);
    let mut known = id.and_then(|id| device::known(&ctx.app, from.device, id)).map(|key| key.to_string());
    // Counted before it is tried, and forgotten after a sign-in: of many at once none goes past the limit.
    if let Some(key) = &known
        && count_attempt(ctx, Limit::SignInByDevice, key).await? == Limited::Over
    {
        known = None;
    }
    if known.is_none() {
        if is_over(ctx, Limit::SignInByAddress, from.network).await? {
            return Err(ServiceError::Refused(TOO_MANY_FROM_HERE.to_owned()));
        }
        if is_over(ctx, Limit::SignInByName, &name).await? {
            return Err(ServiceError::Refused(WRONG.to_owned()));
        }
    }
    let lock = if known.is_some() { Lock::Passed } else { Lock::Heeded };
    let done = sign_in_by(ctx, user_name, password, from.label, lock).await;
    if known.is_none() && matches!(done, Err(ServiceError::Refused(_))) {
        count_attempt(ctx, Limit::SignInByAddress, from.network).await?;
        count_attempt(ctx, Limit::SignInByName, &name).await?;
    }
    done
}

/// Remembers a sign-in by whatever way, tells its owner where it is unlike those before, and yields the cookie by which the
/// browser is known from now on.
///
/// # Errors
/// When the database fails.
pub async fn note_sign_in(ctx: &Ctx, id: IdentityId, from: &Browser<'_>) -> Result<String, ServiceError> {
    let was_known = device::known(&ctx.app, from.device, id);
    let (cookie, key) = device::with(&ctx.app, from.device, id);
    let mut tx = ctx.app.store.read().await?;
    let Some(identity) = tx.identity(id).await? else { return Ok(cookie) };
    let before: Vec<_> = tx.sign_ins_of(id, i64::try_from(REMEMBERED).unwrap_or(i64::MAX)).await?;
    let mut roles: BTreeSet<PortalRole> = tx.portal_roles_of(id).await?;
    drop(tx);
    roles.insert(PortalRole::Employee);
    let zone: Tz = identity.time_zone.parse().unwrap_or(Tz::UTC);
    let hour = |at: DateTime<Utc>| at.with_timezone(&zone).hour();
    let located = |address: &str| ctx.app.places.as_ref().and_then(|places| places.find(address));
    let here = located(from.address);
    let place = here.as_ref().and_then(|here| here.place);
    let now = SignIn { at: ctx.now, hour: hour(ctx.now), device: device::hash(&ctx.app, key), roles, place };
    let past = before.into_iter().map(|row| SignIn {
        at: row.at,
        hour: hour(row.at),
        place: located(&row.address).and_then(|there| there.place),
        device: row.device,
        roles: parse_roles(Some(&row.roles)),
    });
    let (limit, tried) = match was_known {
        Some(key) => (Limit::SignInByDevice, key.to_string()),
        None => (Limit::SignInByName, fold(&identity.user_name)),
    };
    // By the browser each try is counted, also the one that signed in.
    let failures = attempts(ctx, limit, &tried).await? - i64::from(was_known.is_some());
    let found = unusual(&past.collect::<Vec<_>>(), &now, failures);
    let row = SignInRow {
        id: new_id(ctx.now),
        identity_id: id,
        at: ctx.now,
        address: from.address.to_owned(),
        device: now.device,
        roles: now.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(","),
    };
    let who = Principal { kind: PrincipalKind::Anonymous, label: identity.display_name.clone(), roles: [PortalRole::Employee].into() };
    let proof = authorize::<actions::UseOwnAccount, _>(&who, &(id, Relation::Own))?;
    let mut tx = ctx.app.store.write().await?;
    // One after the other, as whatever is about one person.
    tx.lock_identities(&[id]).await?;
    tx.put_sign_in(&proof, &row, i64::try_from(REMEMBERED).unwrap_or(i64::MAX)).await?;
    let mut event = ctx.event(Stream::System, "sign-in.noted").target(&id, identity.display_name.as_str()).about(id);
    if !found.is_empty() {
        let words: Vec<_> = found.iter().map(|what| what.as_str()).collect();
        event.0.action = "sign-in.unusual".to_owned();
        event = event.because(words.join(", ")).after(json!({ "unusual": words, "address": from.address, "failures": failures }));
        let browser: String = from.label.chars().filter(|c| !c.is_control()).take(200).collect();
        let facts = json!({
            "at": moment(ctx.now, &identity.time_zone), "reasons": found.iter().map(|what| what.label()).collect::<Vec<_>>(),
            "browser": if browser.is_empty() { "not known".to_owned() } else { browser },
            "address": match &here {
                Some(here) if !here.name.is_empty() => format!("{} ({})", from.address, here.name),
                _ if from.address.is_empty() => "not known".to_owned(),
                _ => from.address.to_owned(),
            },
        });
        let letter = Letter { kind: MailKind::UnusualSignIn, once: &row.id.to_string(), facts, void_at: None };
        owe(ctx, &mut tx, &proof, &identity, letter).await?;
    }
    tx.commit(event).await?;
    forget_attempts(ctx, limit, &tried).await?;
    Ok(cookie)
}
