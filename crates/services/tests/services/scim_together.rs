//! Changes of users that reach the disk together: nobody is answered by what is not on it.

use std::sync::Arc;

use serde_json::{Value, json};
use tenure_domain::access::{Channel, Portal, Principal, actions, authorize};
use tenure_domain::audit::{Actor, AuditEvent, EventBody, Outcome, Stream};
use tenure_domain::id::{EventId, Id, IdentityId};
use tenure_domain::identity::LifecycleState::Terminated;
use tenure_domain::identity::{Identity, IdentityKind};
use tenure_services::scim::{Fault, Resource, create_user, delete_user, patch_user};
use tenure_services::{App, Ctx};
use tenure_store::{Engine, StoreError};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::scim_support::*;
use super::support::*;

/// On the embedded database: where there are many writers, each change is alone.
async fn on_the_embedded(test: impl AsyncFn(Arc<App>)) {
    on_each(async |app| {
        if app.store.engine() == Engine::Sqlite {
            test(without_limits(&app)).await;
        }
    })
    .await;
}

/// Stands in line.
async fn waits<T: Send + 'static>(change: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    let waiting = tokio::spawn(change);
    // This runtime has one thread: the other stands in line when this one goes on.
    tokio::task::yield_now().await;
    waiting
}

async fn patches(ctx: &Ctx, id: &str, operations: Value) -> JoinHandle<Result<Resource, Fault>> {
    let (ctx, id) = (ctx.clone(), id.to_owned());
    waits(async move { patch_user(&ctx, &id, &view(), &ops(operations), None).await }).await
}

/// Stands in line, and ends only when told to; then whatever is in one commit with it cannot be committed, if so asked.
async fn last(app: &Arc<App>, spoils: bool) -> (oneshot::Sender<()>, JoinHandle<Result<(), StoreError>>) {
    let (go, gone) = oneshot::channel();
    let app = Arc::clone(app);
    let last = waits(async move {
        let mut tx = app.store.write_together().await?;
        gone.await.unwrap();
        let at = moment("2024-03-01T12:00:00Z");
        let proof = authorize::<actions::CreateIdentity, _>(&Principal::system("test"), &Portal).unwrap();
        let id = IdentityId::from_uuid(uuid::Uuid::now_v7());
        let nobody = spoils.then(|| IdentityId::from_uuid(uuid::Uuid::now_v7()));
        // Whom a persona is of is looked at by the commit only.
        let identity = Identity { persona_of: nobody, ..Identity::new(id, IdentityKind::Person, "last", "Last", at) };
        tx.put_identities(&proof, &[identity]).await?;
        tx.commit(AuditEvent(EventBody {
            id: EventId::from_uuid(uuid::Uuid::now_v7()),
            at,
            stream: Stream::Identity,
            action: "test.done".to_owned(),
            actor: Actor::from(&Principal::system("test")),
            channel: Channel::Scim,
            request_id: String::new(),
            target_kind: String::new(),
            target_id: String::new(),
            target_label: String::new(),
            identity_id: None,
            outcome: Outcome::Done,
            reason: String::new(),
            before: Value::Null,
            after: Value::Null,
        }))
        .await
    })
    .await;
    (go, last)
}

/// Gives the others the time that they need.
async fn a_while(app: &Arc<App>) {
    for _ in 0..300 {
        let _ = app.store.read().await.unwrap().identity_count().await.unwrap();
        tokio::task::yield_now().await;
    }
}

async fn has_ended(app: &Arc<App>, id: &str) -> bool {
    let person = app.store.read().await.unwrap().identity(id.parse().unwrap()).await.unwrap();
    person.is_some_and(|person| person.state == Terminated)
}

#[tokio::test]
async fn the_second_word_that_somebody_left_is_answered_when_they_have() {
    for spoils in [false, true] {
        on_the_embedded(async |app| {
            let okta = provider(&app, "okta").await;
            let ann = made(&okta, &user("ann")).await.id;
            let before = app.store.write_together().await.unwrap();
            let first = patches(&okta, &ann, active(false)).await;
            let second = patches(&okta, &ann, active(false)).await;
            let (go, last) = last(&app, spoils).await;
            drop(before);
            a_while(&app).await;
            assert!(!has_ended(&app, &ann).await, "it is not on the disk");
            assert!(!first.is_finished() && !second.is_finished(), "so nobody is told");
            go.send(()).unwrap();
            let second = second.await.unwrap().unwrap();
            assert!(has_ended(&app, &ann).await);
            assert_eq!(second.body["active"], json!(false));
            first.await.unwrap().unwrap();
            assert_eq!(last.await.unwrap().is_err(), spoils);
        })
        .await;
    }
}

#[tokio::test]
async fn that_somebody_is_gone_or_a_name_is_taken_is_answered_when_it_is_so() {
    for spoils in [false, true] {
        on_the_embedded(async |app| {
            let okta = provider(&app, "okta").await;
            let ann = made(&okta, &user("ann")).await;
            let before = app.store.write_together().await.unwrap();
            let deletes = waits({
                let (okta, ann) = (okta.clone(), ann.id.clone());
                async move { delete_user(&okta, &ann, None).await }
            })
            .await;
            let makes = |name: &'static str| {
                let okta = okta.clone();
                waits(async move { create_user(&okta, &view(), &user(name)).await })
            };
            let (makes, again) = (makes("bob").await, makes("BOB").await);
            let gone = patches(&okta, &ann.id, json!([{ "op": "add", "path": "title", "value": "Clerk" }])).await;
            let (go, last) = last(&app, spoils).await;
            drop(before);
            a_while(&app).await;
            assert!(
                ![deletes.is_finished(), makes.is_finished(), again.is_finished(), gone.is_finished()].contains(&true),
                "nobody is told"
            );
            go.send(()).unwrap();
            deletes.await.unwrap().unwrap();
            let (gone, bobs) = (gone.await.unwrap(), [makes.await.unwrap(), again.await.unwrap()]);
            // Where they were tried again, either may have been first.
            assert_eq!(bobs.iter().filter(|made| made.is_ok()).count(), 1, "{bobs:?}");
            for bob in bobs.into_iter().filter(Result::is_err) {
                assert_eq!(refused(bob).status, 409);
            }
            if !spoils || gone.is_err() {
                assert_eq!(refused(gone).status, 404);
            }
            assert!(has_ended(&app, &ann.id).await);
            assert_eq!(last.await.unwrap().is_err(), spoils);
        })
        .await;
    }
}

#[test]
fn who_met_others_twice_is_told_to_come_again() {
    assert_eq!(Fault::from(StoreError::Collision).answer().status, 503);
    assert_eq!(Fault::from(StoreError::Conflict("it")).answer().status, 409);
}
