//! What the tests share: stores, proofs, and rows with everything filled in.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use tenure_domain::access::{Authorized, Channel, Portal, Principal, Relation, Scope, actions, authorize, scope};
use tenure_domain::audit::{Actor, AuditEvent, EventBody, Outcome, Stream};
use tenure_domain::credential::{Credential, CredentialKind, CredentialOrigin, CredentialState};
use tenure_domain::id::{AssignmentId, CredentialId, EventId, Id, IdentityId, RoleId};
use tenure_domain::identity::{Identity, IdentityKind};
use tenure_store::access::{ApplicationRow, EntitlementRow, NewAssignment, NewGrant, RoleRow};
use tenure_store::imports::Source;
use tenure_store::{Store, WriteTx};
use uuid::Uuid;

pub async fn stores() -> Vec<(String, Store)> {
    tenure_store::testing::stores(&(Arc::new(|body: &[u8]| [u8::try_from(body.len() % 251).unwrap(); 32]) as tenure_store::EventMac)).await
}

/// A moment with all six digits that both engines keep.
pub fn moment() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2024, 2, 29, 23, 59, 58).unwrap() + chrono::Duration::microseconds(123_456)
}

pub fn days(n: i64) -> chrono::Duration {
    chrono::Duration::days(n)
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn id<I: Id>(n: u128) -> I {
    I::from_uuid(Uuid::from_u128(n))
}

/// The proofs that changes need.
pub mod proof {
    use super::*;

    macro_rules! proofs {
        ($($name:ident = $action:ident, $target:expr;)+) => {$(
            pub fn $name() -> Authorized<actions::$action> {
                authorize(&Principal::system("test"), &$target).unwrap()
            }
        )+};
    }

    proofs! {
        identities = CreateIdentity, Portal;
        end = EndIdentity, (id(1), Relation::None);
        access = Assign, (id(1), Relation::None);
        applications = ManageApplications, Portal;
        roles = ChangeRole, (id(1), Relation::None);
        credentials = RecordCredential, Portal;
        imports = ManageSources, Portal;
        accounts = ManagePortalAccess, (id(1), Relation::None);
        own = UseOwnAccount, (id(1), Relation::Own);
        views = SaveView, (id(1), Relation::None);
        hand_overs = HandOver, (id(1), Relation::None);
        targets = ManageTarget, (id(100), Relation::None);
        session_limits = ManageSessionLimits, Portal;
    }
}

pub fn everything() -> Scope {
    scope::<actions::ViewIdentity>(&Principal::system("test")).unwrap()
}

/// The scope of a signed-in person with roles.
pub fn scope_of(me: IdentityId, roles: &[tenure_domain::access::PortalRole]) -> Scope {
    let kind = tenure_domain::access::PrincipalKind::Person { identity_id: me, session: id(1) };
    scope::<actions::ViewIdentity>(&Principal { kind, label: String::new(), roles: roles.iter().copied().collect() }).unwrap()
}

pub fn event() -> AuditEvent {
    event_at(id(Uuid::now_v7().as_u128()), "test.done")
}

pub fn event_at(id: EventId, action: &str) -> AuditEvent {
    AuditEvent(EventBody {
        id,
        at: moment(),
        stream: Stream::System,
        action: action.to_owned(),
        actor: Actor::from(&Principal::system("test")),
        channel: Channel::Cli,
        request_id: "r1".to_owned(),
        target_kind: "portal".to_owned(),
        target_id: String::new(),
        target_label: String::new(),
        identity_id: None,
        outcome: Outcome::Done,
        reason: String::new(),
        before: serde_json::Value::Null,
        after: serde_json::Value::Null,
    })
}

/// Makes a change and commits it.
pub async fn change<R>(store: &Store, body: impl AsyncFnOnce(&mut WriteTx) -> R) -> R {
    let mut tx = store.write().await.unwrap();
    let result = body(&mut tx).await;
    tx.commit(event()).await.unwrap();
    result
}

/// A person with the fewest words.
pub fn person(n: u128, name: &str) -> Identity {
    Identity::new(id(n), IdentityKind::Person, format!("user{n}"), name, moment())
}

pub fn service(n: u128, name: &str, owner: Option<u128>) -> Identity {
    Identity { kind: IdentityKind::Service, owner_id: owner.map(id), purpose: "test".to_owned(), ..person(n, name) }
}

pub async fn put(store: &Store, rows: &[Identity]) {
    change(store, async |tx| tx.put_identities(&proof::identities(), rows).await.unwrap()).await;
}

pub fn source(n: u128, name: &str) -> Source {
    Source::new(id(n), name, moment())
}

pub async fn put_source(store: &Store, source: &Source) {
    change(store, async |tx| tx.insert_source(&proof::imports(), source).await.unwrap()).await;
}

pub async fn identity(store: &Store, n: u128) -> Identity {
    store.read().await.unwrap().identity(id(n)).await.unwrap().unwrap()
}

pub fn credential(n: u128, owner: Option<u128>, kind: CredentialKind, origin: CredentialOrigin) -> Credential {
    Credential {
        id: id(n),
        identity_id: owner.map(id),
        kind,
        label: format!("Credential {n}"),
        purpose: "test".to_owned(),
        issuer: if origin == CredentialOrigin::Issued { "tenure" } else { "vault" }.to_owned(),
        external_id: format!("x{n}"),
        application_id: None,
        origin,
        state: CredentialState::Active,
        created_at: moment(),
        last_used_at: None,
        rotated_at: None,
        expires_at: None,
        ended_at: None,
        dependents: Vec::new(),
        version: 1,
    }
}

pub fn key(n: u128, owner: Option<u128>) -> Credential {
    credential(n, owner, CredentialKind::ApiKey, CredentialOrigin::Recorded)
}

pub async fn put_credentials(store: &Store, rows: &[Credential]) {
    change(store, async |tx| tx.put_credentials(&proof::credentials(), rows).await.unwrap()).await;
}

pub async fn credential_of(store: &Store, credential: CredentialId) -> Credential {
    store.read().await.unwrap().credential(credential).await.unwrap().unwrap().credential
}

pub fn application(n: u128, name: &str) -> ApplicationRow {
    ApplicationRow {
        id: id(n),
        name: name.to_owned(),
        description: "A target".to_owned(),
        owner_id: None,
        version: 1,
        created_at: moment(),
    }
}

pub fn entitlement(n: u128, application: u128, name: &str) -> EntitlementRow {
    EntitlementRow {
        id: id(n),
        application_id: id(application),
        name: name.to_owned(),
        description: "A right".to_owned(),
        risk: tenure_domain::grant::Risk::High,
        key: String::new(),
        created_at: moment(),
    }
}

pub fn role(n: u128, name: &str) -> RoleRow {
    RoleRow {
        id: id(n),
        name: name.to_owned(),
        kind: tenure_domain::role::RoleKind::Business,
        description: "A role".to_owned(),
        owner_id: None,
        application_id: None,
        grace_days: 0,
        version: 1,
        created_at: moment(),
        updated_at: moment(),
    }
}

pub fn grant(n: u128, identity: u128, entitlement: u128, state: tenure_domain::grant::GrantState) -> NewGrant {
    NewGrant { id: id(n), identity_id: id(identity), entitlement_id: id(entitlement), state, since: moment(), observed_at: None }
}

pub fn assignment(n: u128, identity: u128, role: u128) -> NewAssignment {
    let assignment: AssignmentId = id(n);
    let role: RoleId = id(role);
    NewAssignment {
        id: assignment,
        identity_id: id(identity),
        role_id: role,
        reason: tenure_domain::grant::AssignmentReason::Direct,
        origin: assignment.uuid(),
        note: "because".to_owned(),
        since: moment(),
        until: None,
    }
}

/// An application (100) with three entitlements (101 to 103), and two roles: 111 holds the first
/// two and has 112 inside, which holds the third.
pub async fn small_model(store: &Store) {
    change(store, async |tx| {
        tx.insert_application(&proof::applications(), &application(100, "Ledger")).await.unwrap();
        tx.insert_entitlements(
            &proof::applications(),
            &[entitlement(101, 100, "read"), entitlement(102, 100, "write"), entitlement(103, 100, "close")],
        )
        .await
        .unwrap();
        tx.put_role(&proof::roles(), &role(112, "Closer"), &[id(103)], &[]).await.unwrap();
        tx.put_role(&proof::roles(), &role(111, "Accountant"), &[id(101), id(102)], &[id(112)]).await.unwrap();
    })
    .await;
}
