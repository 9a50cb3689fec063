//! The first start of an installation, and the check at each later one that database and keys
//! belong together.

use chrono::Duration;
use serde_json::json;
use tenure_domain::access::{Portal, PortalRole, Relation, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::credential::LinkPurpose;
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{Identity, IdentityKind};
use tenure_store::accounts::{Administrator, Instance};
use tenure_store::{Tx, WriteTx};
use tenure_vault::LinkToken;

use super::link::put_link;
use crate::{Ctx, ServiceError};

/// How long a set-up link works.
pub const LINK_HOURS: i64 = 72;

/// What the first administrator is called, if nobody else is.
const FIRST_NAME: &str = "admin";

/// What the first start made.
#[derive(Debug)]
pub struct FirstStart {
    /// The administrator.
    pub user_name: String,
    /// The token of the set-up link; `expose` shows it.
    pub token: LinkToken,
}

/// Makes sure that the database belongs to the key file at hand, and writes nothing.
///
/// # Errors
/// [`ServiceError::Refused`] when it belongs to another, or was never started.
pub async fn known_instance(ctx: &Ctx) -> Result<Instance, ServiceError> {
    match ctx.app.store.read().await?.instance().await? {
        Some(_) => check_instance(ctx).await,
        None => Err(ServiceError::Refused("this database was never used: `tenure serve`, `demo` or `import` begins it".to_owned())),
    }
}

/// Makes sure that the database belongs to the key file at hand; writes it down at first.
///
/// # Errors
/// [`ServiceError::Refused`] when it belongs to another.
pub async fn check_instance(ctx: &Ctx) -> Result<Instance, ServiceError> {
    let key_id = ctx.app.keys.id().to_string();
    if let Some(instance) = ctx.app.store.read().await?.instance().await? {
        return belonging(instance, &key_id);
    }
    let proof = ctx.authorize::<actions::UseOwnAccount, _>(&(ctx.id::<IdentityId>(), Relation::None)).await?;
    let instance = Instance { id: crate::ids::new_id(ctx.now), key_id, created_at: ctx.now };
    let mut tx = ctx.app.store.write().await?;
    // Of two first starts at once, the second reads what the first wrote.
    tx.lock_administrators().await?;
    if let Some(other) = tx.instance().await? {
        return belonging(other, &instance.key_id);
    }
    tx.insert_instance(&proof, &instance).await?;
    tx.commit(ctx.event(Stream::System, "instance.created").after(json!({ "instance": instance.id, "key_id": instance.key_id }))).await?;
    Ok(instance)
}

fn belonging(instance: Instance, key_id: &str) -> Result<Instance, ServiceError> {
    if instance.key_id == key_id {
        return Ok(instance);
    }
    Err(ServiceError::Refused(format!(
        "this database belongs to the key file with the id {}, but the key file at hand has {key_id}: point `key_file` at the right one, or restore it from a backup",
        instance.key_id
    )))
}

/// Makes an administrator, or a new link for the one of an earlier start who has not set a password
/// yet. None when somebody can sign in as administrator already.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn first_administrator(ctx: &Ctx) -> Result<Option<FirstStart>, ServiceError> {
    let proof = ctx.authorize::<actions::CreateIdentity, _>(&Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    tx.lock_administrators().await?;
    let administrators = tx.administrators().await?;
    if administrators.iter().any(|a| a.has_password) {
        return Ok(None);
    }
    let found = made_before(&mut tx, &administrators).await?;
    let mut events = Vec::new();
    let administrator = match found {
        Some(identity) => identity,
        None => {
            let identity = new_administrator(ctx, free_name(&mut tx).await?);
            tx.put_identities(&proof, std::slice::from_ref(&identity)).await?;
            events.push(
                ctx.event(Stream::Identity, "identity.created")
                    .target(&identity.id, identity.display_name.as_str())
                    .about(identity.id)
                    .because("first start")
                    .after(json!({ "kind": identity.kind, "user_name": identity.user_name })),
            );
            identity
        }
    };
    let access = tenure_domain::access::authorize::<actions::ManagePortalAccess, _>(&ctx.principal, &administrator)?;
    tx.grant_portal_role(&access, administrator.id, PortalRole::Admin, ctx.now).await?;
    let works_for = Duration::hours(LINK_HOURS);
    let (token, link) = put_link(ctx, &mut tx, &access, administrator.id, LinkPurpose::SetUp, works_for).await?;
    let mut all = Events::one(
        ctx.event(Stream::System, "setup-link.created")
            .target(&administrator.id, administrator.display_name.as_str())
            .about(administrator.id)
            .because("nobody can administer it")
            .after(json!({ "expires_at": link.expires_at })),
    );
    all.extend(events);
    tx.commit(all).await?;
    Ok(Some(FirstStart { user_name: administrator.user_name, token }))
}

/// The administrator of an earlier start, who has not set a password yet. Never anybody else: whoever
/// reads the link would act in their name.
async fn made_before(tx: &mut WriteTx, administrators: &[Administrator]) -> Result<Option<Identity>, ServiceError> {
    let ids: Vec<IdentityId> = administrators.iter().map(|a| a.id).collect();
    // Read under the lock: an end that came in between must win.
    tx.lock_identities(&ids).await?;
    let ours = |i: &Identity| i.kind == IdentityKind::Person && i.source_id.is_none() && i.persona_of.is_none() && i.state.may_act();
    Ok(tx.identities(&ids).await?.into_iter().find(|i| ours(i) && is_first_name(&i.user_name)))
}

/// Whether it is one of the names that [`free_name`] gives.
fn is_first_name(user_name: &str) -> bool {
    let Some(rest) = user_name.strip_prefix(FIRST_NAME) else { return false };
    rest.is_empty() || rest.strip_prefix('-').is_some_and(|number| number.parse::<u32>().is_ok())
}

/// `admin`, or the first of `admin-2`, `admin-3` … that nobody has: a feed may have brought an
/// `admin`, and one who has ended keeps the name.
async fn free_name(tx: &mut Tx) -> Result<String, ServiceError> {
    let mut name = FIRST_NAME.to_owned();
    let mut number = 1_u32;
    while tx.identity_by_user_name(&name).await?.is_some() {
        number += 1;
        name = format!("{FIRST_NAME}-{number}");
    }
    Ok(name)
}

fn new_administrator(ctx: &Ctx, user_name: String) -> Identity {
    Identity {
        title: "First administrator".to_owned(),
        start_on: Some(ctx.today()),
        ..Identity::new(ctx.id(), IdentityKind::Person, user_name, "Administrator", ctx.now)
    }
}
