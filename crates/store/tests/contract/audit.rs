//! The audit log: written with its change, listed newest first. Sealing has tests of its own.

use tenure_domain::audit::{AuditEvent, EventBody, Events, Outcome, Stream};
use tenure_domain::id::EventId;
use tenure_store::audit::AuditFilter;
use tenure_store::{PageRequest, Store, StoreError};

use super::support::*;

fn events() -> Vec<AuditEvent> {
    let with = |n: u128, action: &str, change: fn(&mut EventBody)| {
        let mut event = event_at(id(n), action);
        event.0.at = moment() + days(i64::try_from(n).unwrap());
        change(&mut event.0);
        event
    };
    vec![
        with(1, "identity.ended", |e| {
            e.stream = Stream::Identity;
            e.identity_id = Some(id(70));
            e.target_id = "t1".to_owned();
        }),
        with(2, "identity.created", |e| e.actor.identity_id = Some(id(80))),
        with(3, "identity_x", |e| e.outcome = Outcome::Refused),
        with(4, "sign-in", |e| e.request_id = "r2".to_owned()),
        with(5, "identity.ended", |_| {}),
    ]
}

async fn find(store: &Store, filter: AuditFilter) -> Vec<EventId> {
    store.read().await.unwrap().list_audit(&filter, &PageRequest::default()).await.unwrap().rows.into_iter().map(|r| r.id).collect()
}

async fn write(store: &Store) {
    let mut all = events().into_iter();
    let mut batch = Events::one(all.next().unwrap());
    batch.extend(all);
    store.write().await.unwrap().commit(batch).await.unwrap();
}

#[tokio::test]
async fn each_filter_of_the_log_lets_only_its_own_through() {
    for (engine, store) in stores().await {
        write(&store).await;
        let none = AuditFilter::default;
        for (name, filter, expected) in [
            ("all", none(), vec![5, 4, 3, 2, 1]),
            ("stream", AuditFilter { stream: Some(Stream::Identity), ..none() }, vec![1]),
            ("action", AuditFilter { action: "identity.ended".to_owned(), ..none() }, vec![5, 1]),
            ("beginning of an action", AuditFilter { action: "identity.".to_owned(), ..none() }, vec![5, 2, 1]),
            ("of a shorter one", AuditFilter { action: "identity".to_owned(), ..none() }, vec![5, 3, 2, 1]),
            ("actor", AuditFilter { actor_id: Some(id(80)), ..none() }, vec![2]),
            ("identity", AuditFilter { identity_id: Some(id(70)), ..none() }, vec![1]),
            ("request", AuditFilter { request_id: "r2".to_owned(), ..none() }, vec![4]),
            ("target", AuditFilter { target_id: "t1".to_owned(), ..none() }, vec![1]),
            ("refused", AuditFilter { outcome: Some(Outcome::Refused), ..none() }, vec![3]),
            ("from", AuditFilter { from: Some(moment() + days(4)), ..none() }, vec![5, 4]),
            ("to", AuditFilter { to: Some(moment() + days(2)), ..none() }, vec![1]),
        ] {
            assert_eq!(find(&store, filter).await, expected.into_iter().map(id).collect::<Vec<EventId>>(), "{engine}: {name}");
        }
    }
}

#[tokio::test]
async fn the_log_is_walked_both_ways_and_an_event_is_what_was_written() {
    for (engine, store) in stores().await {
        write(&store).await;
        let mut tx = store.read().await.unwrap();
        let page = tx.list_audit(&AuditFilter::default(), &PageRequest { limit: 2, ..Default::default() }).await.unwrap();
        let second =
            tx.list_audit(&AuditFilter::default(), &PageRequest { limit: 2, after: page.next, ..Default::default() }).await.unwrap();
        assert_eq!(second.rows.iter().map(|r| r.id).collect::<Vec<_>>(), [id(3), id(2)], "{engine}");
        let back =
            tx.list_audit(&AuditFilter::default(), &PageRequest { limit: 2, before: second.previous, ..Default::default() }).await.unwrap();
        assert_eq!(back.rows.iter().map(|r| r.id).collect::<Vec<_>>(), [id(5), id(4)], "{engine}");
        assert!(back.previous.is_none() && back.next.is_some(), "{engine}");
        let row = tx.audit_event(id(1)).await.unwrap().unwrap();
        assert_eq!(serde_json::from_str::<EventBody>(&row.body).unwrap(), events()[0].0, "{engine}");
        assert_eq!((row.leaf, row.at, row.identity_id), (None, moment() + days(1), Some(id(70))), "{engine}");
        assert_eq!(tx.audit_event(id(9)).await.unwrap(), None, "{engine}");
        assert_eq!(tx.count_unsealed().await.unwrap(), 5, "{engine}");
    }
}

#[tokio::test]
async fn a_change_whose_event_cannot_be_written_does_not_happen() {
    for (engine, store) in stores().await {
        write(&store).await;
        let mut tx = store.write().await.unwrap();
        tx.put_identities(&proof::identities(), &[person(1, "A")]).await.unwrap();
        assert!(matches!(tx.commit(event_at(id(1), "again")).await, Err(StoreError::Duplicate(_))), "{engine}");
        assert_eq!(store.read().await.unwrap().identity_count().await.unwrap(), 0, "{engine}");
    }
}
