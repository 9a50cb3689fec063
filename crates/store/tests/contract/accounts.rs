//! Portal roles, local passwords, set-up links, the instance.

use std::collections::BTreeSet;

use tenure_domain::access::PortalRole;
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{Identity, LifecycleState};
use tenure_store::StoreError;
use tenure_store::accounts::{Instance, LocalAccount, SetupLink};
use uuid::Uuid;

use super::support::*;

fn link(token: u8, identity: u128) -> SetupLink {
    SetupLink {
        token_hash: vec![token; 32],
        identity_id: id(identity),
        created_at: moment(),
        expires_at: moment() + days(3),
        used_at: None,
        purpose: tenure_domain::credential::LinkPurpose::SetUp,
    }
}

#[tokio::test]
async fn the_instance_is_written_down_once() {
    for (engine, store) in stores().await {
        assert_eq!(store.read().await.unwrap().instance().await.unwrap(), None, "{engine}");
        let instance = Instance { id: Uuid::from_u128(7), key_id: "k".to_owned(), created_at: moment() };
        change(&store, async |tx| tx.insert_instance(&proof::accounts(), &instance).await.unwrap()).await;
        assert_eq!(store.read().await.unwrap().instance().await.unwrap(), Some(instance), "{engine}");
    }
}

#[tokio::test]
async fn a_second_instance_is_refused() {
    for (engine, store) in stores().await {
        let instance = |n| Instance { id: Uuid::from_u128(n), key_id: "k".to_owned(), created_at: moment() };
        change(&store, async |tx| tx.insert_instance(&proof::accounts(), &instance(7)).await.unwrap()).await;
        let second = store.write().await.unwrap().insert_instance(&proof::accounts(), &instance(8)).await;
        assert!(matches!(second, Err(StoreError::Duplicate(_))), "{engine}: {second:?}");
    }
}

/// Who administers, and whether with a password.
async fn administrators(tx: &mut tenure_store::Tx) -> Vec<(IdentityId, bool)> {
    tx.administrators().await.unwrap().into_iter().map(|a| (a.id, a.has_password)).collect()
}

#[tokio::test]
async fn portal_roles_are_given_taken_and_counted_among_the_living() {
    for (engine, store) in stores().await {
        put(
            &store,
            &[
                person(1, "A"),
                Identity { state: LifecycleState::OnLeave, ..person(2, "B") },
                Identity { state: LifecycleState::Suspended, ..person(3, "C") },
            ],
        )
        .await;
        let give =
            async |n, role| change(&store, async |tx| tx.grant_portal_role(&proof::accounts(), id(n), role, moment()).await.unwrap()).await;
        let take = async |n, role| change(&store, async |tx| tx.revoke_portal_role(&proof::accounts(), id(n), role).await.unwrap()).await;
        for n in 1..=3 {
            give(n, PortalRole::Admin).await;
        }
        give(1, PortalRole::Admin).await;
        give(1, PortalRole::Auditor).await;
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.portal_roles_of(id(1)).await.unwrap(), BTreeSet::from([PortalRole::Admin, PortalRole::Auditor]), "{engine}");
        assert_eq!(administrators(&mut tx).await, [(id(1), false), (id(2), false)], "{engine}: a suspended one does not count");
        drop(tx);
        assert!(take(1, PortalRole::Admin).await && !take(1, PortalRole::Admin).await, "{engine}: once");
        for n in [2, 3] {
            change(&store, async |tx| tx.put_local_account(&proof::accounts(), id(n), "h", moment()).await.unwrap()).await;
        }
        assert_eq!(administrators(&mut store.read().await.unwrap()).await, [(id(2), true)], "{engine}");
    }
}

#[tokio::test]
async fn the_tenth_wrong_password_locks_and_a_new_one_forgets() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "A")]).await;
        let account = async || store.read().await.unwrap().local_account(id(1)).await.unwrap();
        assert_eq!(account().await, None, "{engine}");
        let fail =
            async || change(&store, async |tx| tx.count_failure(&proof::accounts(), id(1), 10, moment() + days(1)).await.unwrap()).await;
        fail().await;
        assert_eq!(account().await, None, "{engine}: nobody to lock");
        let set = async |hash: &str| {
            change(&store, async |tx| tx.put_local_account(&proof::accounts(), id(1), hash, moment()).await.unwrap()).await
        };
        set("one").await;
        for tries in 1..=9 {
            fail().await;
            assert_eq!(account().await.map(|a| (a.failures, a.locked_until)), Some((tries, None)), "{engine}");
        }
        fail().await;
        assert_eq!(account().await.unwrap().locked_until, Some(moment() + days(1)), "{engine}");
        set("two").await;
        assert_eq!(
            account().await,
            Some(LocalAccount {
                identity_id: id(1),
                password_hash: "two".to_owned(),
                changed_at: moment(),
                failures: 0,
                locked_until: None
            }),
            "{engine}"
        );
        fail().await;
        change(&store, async |tx| tx.clear_failures(&proof::accounts(), id(1)).await.unwrap()).await;
        assert_eq!(account().await.unwrap().failures, 0, "{engine}");
    }
}

#[tokio::test]
async fn a_link_works_once_in_time_and_until_the_next_one() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "A"), person(2, "B")]).await;
        let make = async |l: SetupLink| change(&store, async |tx| tx.put_setup_link(&proof::accounts(), &l).await.unwrap()).await;
        let use_it = async |token: u8, at| {
            let mut tx = store.write().await.unwrap();
            let used = tx.use_setup_link(&proof::accounts(), &[token; 32], at).await;
            tx.commit(event()).await.unwrap();
            used
        };
        make(link(1, 1)).await;
        make(link(2, 1)).await;
        make(link(3, 2)).await;
        assert_eq!(store.read().await.unwrap().setup_link(&[2; 32]).await.unwrap(), Some(link(2, 1)), "{engine}");
        for (token, at) in [(1, moment()), (9, moment()), (2, moment() + days(3))] {
            assert!(matches!(use_it(token, at).await, Err(StoreError::Conflict(_))), "{engine}: {token}");
        }
        use_it(2, moment()).await.unwrap();
        assert!(matches!(use_it(2, moment()).await, Err(StoreError::Conflict(_))), "{engine}: twice");
        use_it(3, moment()).await.unwrap();
        assert_eq!(store.read().await.unwrap().setup_link(&[2; 32]).await.unwrap().unwrap().used_at, Some(moment()), "{engine}");
    }
}

#[tokio::test]
async fn of_many_who_use_a_link_at_once_exactly_one_wins() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "A")]).await;
        change(&store, async |tx| tx.put_setup_link(&proof::accounts(), &link(1, 1)).await.unwrap()).await;
        let tries: Vec<_> = (0..10)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move {
                    let mut tx = store.write().await.unwrap();
                    let used = tx.use_setup_link(&proof::accounts(), &[1; 32], moment()).await;
                    tx.commit(event()).await.unwrap();
                    used.is_ok()
                })
            })
            .collect();
        let mut wins = 0;
        for attempt in tries {
            wins += usize::from(attempt.await.unwrap());
        }
        assert_eq!(wins, 1, "{engine}");
    }
}
