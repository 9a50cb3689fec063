//! The first start of an installation, and the check at each later one that database and keys
//! belong together.

use chrono::Duration;
use serde_json::json;
use tenure_domain::access::{Portal, PortalRole, Relation, actions};
use tenure_domain::audit::{Events, Stream};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{Identity, IdentityKind, LifecycleState};
use tenure_store::accounts::{Instance, SetupLink};
use tenure_vault::LinkToken;

use crate::{Ctx, ServiceError};

/// How long a set-up link works.
pub const LINK_HOURS: i64 = 72;

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
    let known = ctx.app.store.read().await?.instance().await?;
    match known {
        Some(instance) if instance.key_id == key_id => Ok(instance),
        Some(instance) => Err(ServiceError::Refused(format!(
            "this database belongs to the key file with the id {}, but the key file at hand has {key_id}: point `key_file` at the right one, or restore it from a backup",
            instance.key_id
        ))),
        None => {
            let proof = ctx.authorize::<actions::UseOwnAccount, _>(&(ctx.id::<IdentityId>(), Relation::None)).await?;
            let instance = Instance { id: crate::ids::new_id(ctx.now), key_id, created_at: ctx.now };
            let mut tx = ctx.app.store.write().await?;
            if let Some(other) = tx.instance().await? {
                return Ok(other);
            }
            tx.insert_instance(&proof, &instance).await?;
            tx.commit(ctx.event(Stream::System, "instance.created").after(json!({ "instance": instance.id, "key_id": instance.key_id })))
                .await?;
            Ok(instance)
        }
    }
}

/// Makes the first administrator, or a new link for one who has not set a password yet. None when
/// somebody can sign in as administrator already.
///
/// # Errors
/// [`ServiceError::Denied`], or when the database fails.
pub async fn first_administrator(ctx: &Ctx) -> Result<Option<FirstStart>, ServiceError> {
    let proof = ctx.authorize::<actions::CreateIdentity, _>(&Portal).await?;
    let mut tx = ctx.app.store.write().await?;
    if tx.administrator_with_password().await? {
        return Ok(None);
    }
    let found = tx.identity_by_user_name("admin").await?.filter(|i| i.source_id.is_none() && !i.state.has_ended());
    let mut events = Vec::new();
    let administrator = match found {
        Some(identity) => identity,
        None => {
            let identity = Identity {
                id: ctx.id(),
                kind: IdentityKind::Person,
                state: LifecycleState::Active,
                user_name: "admin".to_owned(),
                employee_id: None,
                source_id: None,
                display_name: "Administrator".to_owned(),
                given_name: String::new(),
                family_name: String::new(),
                email: String::new(),
                department: String::new(),
                title: "First administrator".to_owned(),
                purpose: String::new(),
                manager_id: None,
                owner_id: None,
                persona_of: None,
                time_zone: "UTC".to_owned(),
                start_on: Some(ctx.today()),
                end_on: None,
                source_present: true,
                epoch: 0,
                attributes: std::collections::BTreeMap::new(),
                version: 1,
                created_at: ctx.now,
                updated_at: ctx.now,
                ended_at: None,
            };
            tx.put_identities(&proof, std::slice::from_ref(&identity)).await?;
            events.push(
                ctx.event(Stream::Identity, "identity.created")
                    .target(&identity.id, identity.display_name.as_str())
                    .about(identity.id)
                    .because("first start"),
            );
            identity
        }
    };
    let access = tenure_domain::access::authorize::<actions::ManagePortalAccess, _>(&ctx.principal, &administrator)?;
    tx.grant_portal_role(&access, administrator.id, PortalRole::Admin, ctx.now).await?;
    let token = LinkToken::generate().map_err(|e| ServiceError::Vault(e.to_string()))?;
    let link = SetupLink {
        token_hash: ctx.app.keys.tokens().hash(&token).as_bytes().to_vec(),
        identity_id: administrator.id,
        created_at: ctx.now,
        expires_at: ctx.now + Duration::hours(LINK_HOURS),
        used_at: None,
    };
    tx.put_setup_link(&access, &link).await?;
    let mut all = Events::one(
        ctx.event(Stream::System, "setup-link.created")
            .target(&administrator.id, administrator.display_name.as_str())
            .about(administrator.id)
            .after(json!({ "expires_at": link.expires_at })),
    );
    all.extend(events);
    tx.commit(all).await?;
    Ok(Some(FirstStart { user_name: administrator.user_name, token }))
}
