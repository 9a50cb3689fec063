//! What is owed to targets.

use tenure_domain::grant::GrantState;
use tenure_domain::operation::{OperationKind, OperationState};
use tenure_store::operations::OperationRow;

use super::support::*;

fn removal(n: u128, grant: u128, state: OperationState) -> OperationRow {
    OperationRow {
        state,
        grant_id: Some(id(grant)),
        ..OperationRow::owed(id(n), OperationKind::RemoveEntitlement, Some(id(100)), Some(id(1)), moment())
    }
}

#[tokio::test]
async fn an_operation_settles_once_and_only_while_it_is_open() {
    for (engine, store) in stores().await {
        small_model(&store).await;
        put(&store, &[person(1, "A")]).await;
        change(&store, async |tx| {
            tx.insert_grants(&proof::access(), &[grant(1, 1, 101, GrantState::RemovalOwed), grant(2, 1, 102, GrantState::RemovalOwed)])
                .await
                .unwrap();
            tx.insert_operations(
                &proof::access(),
                &[
                    removal(1, 1, OperationState::Queued),
                    removal(2, 2, OperationState::NeedsHuman),
                    removal(3, 2, OperationState::Attested),
                ],
            )
            .await
            .unwrap();
        })
        .await;
        assert_eq!(store.read().await.unwrap().open_operations().await.unwrap(), 2, "{engine}");
        let settle = async || {
            change(&store, async |tx| {
                tx.settle_grant_operations(&proof::access(), &[id(1), id(2)], OperationState::Verified, moment() + days(1)).await.unwrap()
            })
            .await
        };
        assert_eq!(settle().await, 2, "{engine}: what a person attested stays attested");
        assert_eq!(settle().await, 0, "{engine}");
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.open_operations().await.unwrap(), 0, "{engine}");
        let views = tx.operations_of(id(1), 2).await.unwrap();
        assert_eq!(views.len(), 2, "{engine}");
        assert_eq!(
            (views[0].id, views[0].state, views[0].updated_at),
            (id(3), OperationState::Attested, moment()),
            "{engine}: newest first"
        );
        assert_eq!(
            (views[1].state, views[1].updated_at, views[1].subject.as_deref(), views[1].application.as_deref()),
            (OperationState::Verified, moment() + days(1), Some("write"), Some("Ledger")),
            "{engine}"
        );
    }
}

#[tokio::test]
async fn a_revocation_names_its_credential() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "A")]).await;
        put_credentials(&store, &[key(5, Some(1))]).await;
        change(&store, async |tx| tx.owe_revocation(&proof::credentials(), &[None], &|| id(9), &key(5, Some(1)), moment()).await.unwrap())
            .await;
        let views = store.read().await.unwrap().operations_of(id(1), 10).await.unwrap();
        assert_eq!(
            (views[0].kind, views[0].state, views[0].subject.as_deref()),
            (OperationKind::RevokeCredential, OperationState::Queued, Some("Credential 5")),
            "{engine}"
        );
    }
}

#[tokio::test]
async fn a_revocation_that_is_read_back_is_verified_once() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "A")]).await;
        put_credentials(&store, &[key(5, Some(1)), key(6, Some(1))]).await;
        change(&store, async |tx| {
            for (n, credential) in [(8, key(5, Some(1))), (9, key(6, Some(1)))] {
                tx.owe_revocation(&proof::credentials(), &[None], &move || id(n), &credential, moment()).await.unwrap();
            }
        })
        .await;
        for verified in [1, 0] {
            let n =
                change(&store, async |tx| tx.verify_revocations(&proof::credentials(), &[id(5)], moment() + days(1)).await.unwrap()).await;
            assert_eq!(n, verified, "{engine}");
        }
        let states: Vec<_> = store.read().await.unwrap().operations_of(id(1), 10).await.unwrap().into_iter().map(|o| o.state).collect();
        assert_eq!(states, [OperationState::Queued, OperationState::Verified], "{engine}");
    }
}
