//! Short changes that reach the disk together. On PostgreSQL they are transactions of their own; what is there
//! afterwards is the same.

use futures::FutureExt as _;
use tenure_domain::credential::{CredentialKind, CredentialOrigin, CredentialState};
use tenure_domain::identity::Identity;
use tenure_store::testing::execute_raw;
use tenure_store::{Engine, Store, StoreError};
use tokio::task::JoinHandle;

use super::support::*;

/// Records somebody as one of several; gives up instead of committing if so asked.
async fn record(store: Store, identity: Identity, commits: bool) -> Result<(), StoreError> {
    let mut tx = store.write_together().await?;
    tx.put_identities(&proof::identities(), &[identity]).await?;
    if commits { tx.commit(event()).await } else { Ok(()) }
}

/// The same, as somebody who stands in line.
async fn waits(store: &Store, identity: Identity, commits: bool) -> JoinHandle<Result<(), StoreError>> {
    let waiting = tokio::spawn(record(store.clone(), identity, commits));
    // This runtime has one thread: the other stands in line when this one goes on.
    tokio::task::yield_now().await;
    waiting
}

async fn recorded(store: &Store) -> Vec<u128> {
    let mut tx = store.read().await.unwrap();
    let mut there: Vec<u128> = Vec::new();
    for n in 1..=9 {
        if tx.identity(id(n)).await.unwrap().is_some() {
            there.push(n);
        }
    }
    assert_eq!(tx.count_unsealed().await.unwrap(), there.len() as i64, "each has its event, and nothing else has");
    there
}

#[tokio::test]
async fn of_three_the_one_that_gives_up_takes_nothing_of_the_others_with_it() {
    for (engine, store) in stores().await {
        let mut first = store.write_together().await.unwrap();
        first.put_identities(&proof::identities(), &[person(1, "A")]).await.unwrap();
        let second = waits(&store, person(2, "B"), false).await;
        let third = waits(&store, person(3, "C"), true).await;
        first.commit(event()).await.unwrap();
        second.await.unwrap().unwrap();
        third.await.unwrap().unwrap();
        assert_eq!(recorded(&store).await, [1, 3], "{engine}");
    }
}

#[tokio::test]
async fn who_gives_up_last_leaves_the_others_committed() {
    for (engine, store) in stores().await {
        let mut first = store.write_together().await.unwrap();
        first.put_identities(&proof::identities(), &[person(1, "A")]).await.unwrap();
        let second = waits(&store, person(2, "B"), true).await;
        let third = waits(&store, person(3, "C"), false).await;
        first.commit(event()).await.unwrap();
        second.await.unwrap().unwrap();
        third.await.unwrap().unwrap();
        assert_eq!(recorded(&store).await, [1, 2], "{engine}");
    }
}

#[tokio::test]
async fn a_failed_statement_is_the_failure_of_its_change_alone() {
    for (engine, store) in stores().await {
        let mut first = store.write_together().await.unwrap();
        first.put_identities(&proof::identities(), &[person(1, "A")]).await.unwrap();
        let second = waits(&store, Identity { user_name: "user1".to_owned(), ..person(2, "B") }, true).await;
        let third = waits(&store, person(3, "C"), true).await;
        first.commit(event()).await.unwrap();
        assert!(matches!(second.await.unwrap(), Err(StoreError::Duplicate(_))), "{engine}");
        third.await.unwrap().unwrap();
        assert_eq!(recorded(&store).await, [1, 3], "{engine}");
    }
}

#[tokio::test]
async fn nobody_is_told_before_it_is_on_the_disk() {
    for (engine, store) in stores().await.into_iter().filter(|(_, store)| store.engine() == Engine::Sqlite) {
        let mut first = store.write_together().await.unwrap();
        first.put_identities(&proof::identities(), &[person(1, "A")]).await.unwrap();
        let (go, gone) = tokio::sync::oneshot::channel();
        let second = tokio::spawn({
            let store = store.clone();
            async move {
                let mut tx = store.write_together().await.unwrap();
                tx.put_identities(&proof::identities(), &[person(2, "B")]).await.unwrap();
                gone.await.unwrap();
                tx.commit(event()).await
            }
        });
        tokio::task::yield_now().await;
        let mut first = tokio::spawn(first.commit(event()));
        // The second works on what the first did, which is no more than that yet.
        for _ in 0..20 {
            let _ = recorded(&store).await;
            tokio::task::yield_now().await;
        }
        assert!((&mut first).now_or_never().is_none(), "{engine}: it is not told");
        assert_eq!(recorded(&store).await, [0_u128; 0], "{engine}: nobody sees it");
        go.send(()).unwrap();
        first.await.unwrap().unwrap();
        second.await.unwrap().unwrap();
        assert_eq!(recorded(&store).await, [1, 2], "{engine}");
    }
}

#[tokio::test]
async fn who_goes_away_leaves_the_others() {
    for (engine, store) in stores().await {
        // From the line, in which the first counted on it.
        let mut first = store.write_together().await.unwrap();
        first.put_identities(&proof::identities(), &[person(1, "A")]).await.unwrap();
        let away = waits(&store, person(2, "B"), true).await;
        let commit = tokio::spawn(first.commit(event()));
        away.abort();
        commit.await.unwrap().unwrap();
        // In the middle of its work.
        let mut third = store.write_together().await.unwrap();
        third.put_identities(&proof::identities(), &[person(3, "C")]).await.unwrap();
        let away = tokio::spawn({
            let store = store.clone();
            async move {
                let mut tx = store.write_together().await.unwrap();
                tx.put_identities(&proof::identities(), &[person(4, "D")]).await.unwrap();
                std::future::pending::<()>().await;
                drop(tx);
            }
        });
        tokio::task::yield_now().await;
        let commit = tokio::spawn(third.commit(event()));
        for _ in 0..20 {
            let _ = store.read().await.unwrap().identity_count().await.unwrap();
            tokio::task::yield_now().await;
        }
        away.abort();
        commit.await.unwrap().unwrap();
        // By a panic.
        let mut fifth = store.write_together().await.unwrap();
        fifth.put_identities(&proof::identities(), &[person(5, "E")]).await.unwrap();
        let panics = tokio::spawn({
            let store = store.clone();
            async move {
                let mut tx = store.write_together().await.unwrap();
                tx.put_identities(&proof::identities(), &[person(6, "F")]).await.unwrap();
                panic!("as asked");
            }
        });
        let seventh = waits(&store, person(7, "G"), true).await;
        fifth.commit(event()).await.unwrap();
        assert!(panics.await.is_err(), "{engine}");
        seventh.await.unwrap().unwrap();
        let there = recorded(&store).await;
        assert!([1, 3, 5, 7].iter().all(|n| there.contains(n)) && !there.contains(&4) && !there.contains(&6), "{engine}: {there:?}");
    }
}

#[tokio::test]
async fn one_that_cannot_be_committed_fails_alone_when_they_are_tried_again() {
    for (engine, store) in stores().await {
        // What it refers to is looked at by the commit only.
        let lost = || Identity { persona_of: Some(id(99)), ..person(2, "B") };
        let first = store.write_together().await.unwrap();
        let all = [waits(&store, person(1, "A"), true).await, waits(&store, lost(), true).await, waits(&store, person(3, "C"), true).await];
        drop(first);
        for one in all {
            // Nothing has happened then; on PostgreSQL each is alone anyway.
            let _ = one.await.unwrap();
        }
        let there = recorded(&store).await;
        let first = store.write_together().await.unwrap();
        let mut again = Vec::new();
        for (n, identity) in [(1, person(1, "A")), (2, lost()), (3, person(3, "C"))] {
            if !there.contains(&n) {
                again.push((n, waits(&store, identity, true).await));
            }
        }
        drop(first);
        for (n, one) in again {
            let done = one.await.unwrap();
            assert_eq!(matches!(done, Err(StoreError::Missing(_))), n == 2, "{engine}: {n}: {done:?}");
        }
        assert_eq!(recorded(&store).await, [1, 3], "{engine}");
    }
}

#[tokio::test]
async fn a_change_does_not_begin_after_the_end_of_a_token_that_reaches_the_disk_with_it() {
    for (engine, store) in stores().await.into_iter().filter(|(_, store)| store.engine() == Engine::Sqlite) {
        put(&store, &[person(1, "A")]).await;
        put_credentials(&store, &[credential(1, Some(1), CredentialKind::Token, CredentialOrigin::Issued)]).await;
        let acting = store.acting(id(1));
        record(acting.clone(), person(2, "B"), true).await.unwrap();
        let mut revokes = store.write_together().await.unwrap();
        revokes.set_credential_state(&proof::credentials(), id(1), 1, CredentialState::Revoked, moment()).await.unwrap();
        let after = waits(&acting, person(3, "C"), true).await;
        revokes.commit(event()).await.unwrap();
        assert!(matches!(after.await.unwrap(), Err(StoreError::Over)), "{engine}");
        assert!(store.read().await.unwrap().identity(id(3)).await.unwrap().is_none(), "{engine}");
    }
}

#[tokio::test]
async fn more_than_fit_one_commit_are_all_there_beside_others_that_write_alone() {
    for (engine, store) in stores().await {
        let many: Vec<_> = (100..160).map(|n| tokio::spawn(record(store.clone(), person(n, "Many"), true))).collect();
        for n in 0..5 {
            execute_raw(&store, &format!("UPDATE locks SET subject = 'model' WHERE subject = 'model' AND {n} = {n}")).await.unwrap();
        }
        for one in many {
            one.await.unwrap().unwrap();
        }
        assert_eq!(store.read().await.unwrap().identity_count().await.unwrap(), 60, "{engine}");
    }
}
