//! For tests, here and in the crates above: everything that commands share, on a fresh database
//! of each engine, and contexts to run them in.
//!
//! ```ignore
//! for (engine, app) in testing::apps().await {
//!     let ctx = testing::admin_ctx(&app);
//!     …
//! }
//! ```

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, SubsecRound, Utc};
use tenure_domain::access::{Channel, PortalRole, Principal, PrincipalKind, actions};
use tenure_domain::audit::Stream;
use tenure_domain::id::{CredentialId, Id, IdentityId};
use tenure_domain::sign_in::Level;
use tenure_store::accounts::Instance;
use tenure_store::{EventMac, Store};
use tenure_vault::{Keys, PasswordPool, Verifier};

use crate::ids::new_id;
use crate::{App, Ctx, Proven};

/// The keys of this test process. All its databases share them.
///
/// # Panics
/// When the system gives no random bytes.
pub fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| Keys::ephemeral().expect("the system gives random bytes"))
}

/// The check value of events, with [`keys`].
pub fn event_mac() -> EventMac {
    Arc::new(|body: &[u8]| *keys().audit_mac().tag(body).as_bytes())
}

/// A fresh database on each engine, by name.
///
/// # Panics
/// When one cannot be made.
pub async fn stores() -> Vec<(String, Store)> {
    tenure_store::testing::stores(&event_mac()).await
}

/// Everything that commands share, on a fresh database of each engine, by the engine's name.
///
/// # Panics
/// When a database cannot be made.
pub async fn apps() -> Vec<(String, Arc<App>)> {
    let mut apps = Vec::new();
    for (engine, store) in stores().await {
        apps.push((engine, app(store).await));
    }
    apps
}

/// Everything that commands share, on a database from [`stores`]. An instance row is written
/// where there is none yet. Passwords cost next to nothing.
///
/// # Panics
/// When the database fails.
pub async fn app(store: Store) -> Arc<App> {
    app_with(store, Arc::new(crate::targets::Connectors)).await
}

/// As [`app`], with targets of the test's own.
///
/// # Panics
/// When the database fails.
pub async fn app_with(store: Store, connectors: Arc<dyn crate::targets::Connect>) -> Arc<App> {
    let passwords = PasswordPool::new(Verifier::weak_for_tests());
    let app = Arc::new(App {
        store,
        keys: keys().clone(),
        passwords,
        settings: Arc::default(),
        connectors,
        seen: None,
        mail: None,
        places: None,
        transient: Arc::default(),
    });
    insert_instance(&app).await;
    app
}

/// Writes down which installation it is, where that is not done yet.
///
/// # Panics
/// When the database fails.
pub async fn insert_instance(app: &Arc<App>) {
    let known = app.store.read().await.expect("reading begins").instance().await.expect("the instance is read");
    if known.is_some() {
        return;
    }
    let ctx = ctx(app, Principal::system("a test begins"), Channel::Cli);
    let nobody = (ctx.id::<IdentityId>(), tenure_domain::access::Relation::None);
    let proof = ctx.authorize::<actions::ManagePortalAccess, _>(&nobody).await.expect("Tenure itself may");
    let instance = Instance { id: new_id(ctx.now), key_id: app.keys.id().to_string(), created_at: ctx.now };
    let mut tx = app.store.write().await.expect("writing begins");
    tx.insert_instance(&proof, &instance).await.expect("the instance is written");
    tx.commit(ctx.event(Stream::System, "instance.created")).await.expect("the instance is committed");
}

/// The context of Tenure itself at its work.
pub fn worker_ctx(app: &Arc<App>) -> Ctx {
    ctx(app, Principal::system("a test's worker"), Channel::Schedule)
}

/// The context of a local operator: may do all that an administrator may.
pub fn admin_ctx(app: &Arc<App>) -> Ctx {
    ctx(app, Principal::local_operator("test"), Channel::Cli)
}

/// The context of a signed-in employee with this identity.
pub fn employee_ctx(app: &Arc<App>, identity_id: IdentityId) -> Ctx {
    person_ctx(app, identity_id, &[PortalRole::Employee])
}

/// The context of a signed-in person with these roles.
pub fn person_ctx(app: &Arc<App>, identity_id: IdentityId, roles: &[PortalRole]) -> Ctx {
    let session = CredentialId::from_uuid(new_id(Utc::now()));
    let kind = PrincipalKind::Person { identity_id, session };
    let principal = Principal { kind, label: format!("test {identity_id}"), roles: BTreeSet::from_iter(roles.iter().copied()) };
    ctx(app, principal, Channel::Portal)
}

/// A context of this moment, to microseconds, which is what both engines keep.
pub fn ctx(app: &Arc<App>, principal: Principal, channel: Channel) -> Ctx {
    let now: DateTime<Utc> = Utc::now().trunc_subsecs(6);
    // Whoever sits at a session of a test has just proved who they are, whenever that is.
    let until = DateTime::<Utc>::MAX_UTC;
    let proven = matches!(principal.kind, PrincipalKind::Person { .. }).then_some(Proven { level: Level::One, by_password: true, until });
    Ctx { app: Arc::clone(app), principal, now, request_id: new_id(now).to_string(), channel, proven }
}
