//! Short changes that reach the disk together. On PostgreSQL they are transactions of their own; what is there
//! afterwards is the same.

use futures::FutureExt as _;
use tenure_domain::credential::{CredentialKind, CredentialOrigin, CredentialState};
use tenure_domain::identity::Identity;
use tenure_store::identities::IdentityFilter;
use tenure_store::testing::execute_raw;
use tenure_store::{Engine, Store, StoreError};
use tokio::sync::oneshot;
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
async fn somebody_who_was_changed_since_they_were_read_is_not_changed_and_nothing_of_that_change_is_kept() {
    for (engine, store) in stores().await {
        record(store.clone(), person(1, "A"), true).await.unwrap();
        let mut tx = store.write_together().await.unwrap();
        tx.put_identities(&proof::identities(), &[person(2, "B")]).await.unwrap();
        // As it never was.
        let was = Identity { version: 7, ..person(1, "A") };
        let is = Identity { version: 8, title: "Clerk".to_owned(), ..was.clone() };
        let done = match tx.change_identity(&proof::identities(), &was, &is).await {
            Ok(()) => tx.commit(event()).await,
            refused => refused,
        };
        assert!(matches!(done, Err(StoreError::Conflict(_))), "{engine}: {done:?}");
        assert_eq!(recorded(&store).await, [1], "{engine}");
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

async fn is_found(store: &Store, words: &str) -> bool {
    let filter = IdentityFilter { search: words.to_owned(), ..IdentityFilter::default() };
    store.read().await.unwrap().count_identities(everything(), &filter, 10).await.unwrap() > 0
}

#[tokio::test]
async fn who_is_made_or_renamed_together_with_others_is_found_by_what_was_committed_alone() {
    for (engine, store) in stores().await {
        let renamed = Identity { display_name: "Orsolya".to_owned(), version: 2, ..person(1, "Agnes") };
        record(store.clone(), person(1, "Agnes"), true).await.unwrap();
        let mut first = store.write_together().await.unwrap();
        first.change_identity(&proof::identities(), &person(1, "Agnes"), &renamed).await.unwrap();
        let second = waits(&store, person(2, "Boglarka"), false).await;
        let third = waits(&store, person(3, "Cecilia"), true).await;
        first.commit(event()).await.unwrap();
        second.await.unwrap().unwrap();
        third.await.unwrap().unwrap();
        for (words, so) in [("orsolya", true), ("agnes", false), ("boglarka", false), ("cecilia", true)] {
            assert_eq!(is_found(&store, words).await, so, "{engine}: {words}");
        }
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

/// Somebody who cannot be committed: what they refer to is looked at by the commit only.
fn lost() -> Identity {
    Identity { persona_of: Some(id(99)), ..person(2, "B") }
}

/// Stands in line, and ends only when told to.
async fn holds(store: &Store, identity: Identity) -> (oneshot::Sender<()>, JoinHandle<Result<(), StoreError>>) {
    let (go, gone) = oneshot::channel();
    let store = store.clone();
    let holding = tokio::spawn(async move {
        let mut tx = store.write_together().await?;
        gone.await.unwrap();
        tx.put_identities(&proof::identities(), &[identity]).await?;
        tx.commit(event()).await
    });
    tokio::task::yield_now().await;
    (go, holding)
}

/// Gives the others the time that they need, and nobody else has.
async fn a_while(store: &Store) {
    for _ in 0..30 {
        let _ = store.read().await.unwrap().identity_count().await.unwrap();
        tokio::task::yield_now().await;
    }
}

fn embedded(stores: Vec<(String, Store)>) -> impl Iterator<Item = (String, Store)> {
    stores.into_iter().filter(|(_, store)| store.engine() == Engine::Sqlite)
}

#[tokio::test]
async fn one_that_cannot_be_committed_fails_alone_when_they_are_tried_again_alone() {
    for (engine, store) in stores().await {
        let first = store.write_together().await.unwrap();
        let all = [(1, person(1, "A")), (2, lost()), (3, person(3, "C"))];
        let mut waiting = Vec::new();
        for (_, one) in &all {
            waiting.push(waits(&store, one.clone(), true).await);
        }
        drop(first);
        for ((n, one), done) in all.into_iter().zip(waiting) {
            let mut done = done.await.unwrap();
            if matches!(done, Err(StoreError::Collision)) {
                let mut tx = store.write().await.unwrap();
                tx.put_identities(&proof::identities(), &[one]).await.unwrap();
                done = tx.commit(event()).await;
            }
            assert_eq!(matches!(done, Err(StoreError::Missing(_))), n == 2, "{engine}: {n}: {done:?}");
        }
        assert_eq!(recorded(&store).await, [1, 3], "{engine}");
    }
}

#[tokio::test]
async fn who_changes_nothing_because_of_others_learns_whether_theirs_is_on_the_disk() {
    for (engine, store) in stores().await {
        // Nobody else's rows: nothing to wait for.
        store.write_together().await.unwrap().give_up().await.unwrap();
        store.write().await.unwrap().give_up().await.unwrap();
        assert_eq!(recorded(&store).await, [0_u128; 0], "{engine}");
    }
    for (engine, store) in embedded(stores().await) {
        for (last, there, told) in [(lost(), vec![], false), (person(3, "C"), vec![1, 3], true)] {
            let first = store.write_together().await.unwrap();
            let does = waits(&store, person(1, "A"), true).await;
            let mut sees = tokio::spawn({
                let store = store.clone();
                async move {
                    let mut tx = store.write_together().await?;
                    tx.put_identities(&proof::identities(), &[person(4, "D")]).await?;
                    assert!(tx.identity(id(1)).await?.is_some(), "it sees what the other did");
                    tx.give_up().await
                }
            });
            tokio::task::yield_now().await;
            let (go, last) = holds(&store, last).await;
            drop(first);
            a_while(&store).await;
            assert!((&mut sees).now_or_never().is_none(), "{engine}: it is not told");
            go.send(()).unwrap();
            assert_eq!(does.await.unwrap().is_ok(), told, "{engine}");
            let seen = sees.await.unwrap();
            assert!(if told { seen.is_ok() } else { matches!(seen, Err(StoreError::Collision)) }, "{engine}: {seen:?}");
            assert_eq!(last.await.unwrap().is_ok(), told, "{engine}");
            assert_eq!(recorded(&store).await, there, "{engine}");
        }
    }
}

#[tokio::test]
async fn a_refusal_because_of_others_waits_for_them_as_well() {
    for (engine, store) in embedded(stores().await) {
        // The same user name as that of one who will not be there, found only while it is committed.
        let taken = || Identity { user_name: "user1".to_owned(), ..person(5, "E") };
        for (last, told) in [(lost(), false), (person(3, "C"), true)] {
            let first = store.write_together().await.unwrap();
            let does = waits(&store, person(1, "A"), true).await;
            let refused = tokio::spawn({
                let store = store.clone();
                async move {
                    let mut tx = store.write_together().await?;
                    let Err(error) = tx.put_identities(&proof::identities(), &[taken()]).await else { return tx.commit(event()).await };
                    tx.give_up().await?;
                    Err(error)
                }
            });
            tokio::task::yield_now().await;
            let (go, last) = holds(&store, last).await;
            drop(first);
            a_while(&store).await;
            assert!(!refused.is_finished(), "{engine}: it is not told");
            go.send(()).unwrap();
            assert_eq!(does.await.unwrap().is_ok(), told, "{engine}");
            let _ = last.await.unwrap();
            let refused = refused.await.unwrap();
            assert!(
                matches!(&refused, Err(StoreError::Duplicate(_)) if told) || matches!(&refused, Err(StoreError::Collision) if !told),
                "{engine}: {refused:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_end_of_a_token_is_told_only_when_it_is_on_the_disk() {
    for (engine, store) in embedded(stores().await) {
        put(&store, &[person(1, "A")]).await;
        put_credentials(&store, &[credential(1, Some(1), CredentialKind::Token, CredentialOrigin::Issued)]).await;
        let acting = store.acting(id(1));
        let mut revokes = store.write_together().await.unwrap();
        revokes.set_credential_state(&proof::credentials(), id(1), 1, CredentialState::Revoked, moment()).await.unwrap();
        let after = waits(&acting, person(3, "C"), true).await;
        let (go, last) = holds(&store, lost()).await;
        let revokes = tokio::spawn(revokes.commit(event()));
        a_while(&store).await;
        assert!(!after.is_finished(), "{engine}: it is not told");
        go.send(()).unwrap();
        assert!(last.await.unwrap().is_err() && revokes.await.unwrap().is_err(), "{engine}");
        assert!(matches!(after.await.unwrap(), Err(StoreError::Collision)), "{engine}: the token did not end");
        let mut tx = acting.write().await.unwrap();
        tx.put_identities(&proof::identities(), &[person(3, "C")]).await.unwrap();
        tx.commit(event()).await.unwrap();
    }
}

#[tokio::test]
async fn after_the_engine_itself_ended_a_transaction_others_are_written() {
    for (engine, store) in stores().await {
        // As SQLite does when the disk is full.
        for together in [false, true] {
            let _ = execute_raw(&store, "ROLLBACK").await;
            let n = if together { 2 } else { 1 };
            let mut tx = if together { store.write_together().await } else { store.write().await }.unwrap();
            tx.put_identities(&proof::identities(), &[person(n, "A")]).await.unwrap();
            tx.commit(event()).await.unwrap();
        }
        assert_eq!(recorded(&store).await, [1, 2], "{engine}");
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
