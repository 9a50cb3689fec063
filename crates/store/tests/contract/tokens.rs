//! API tokens.

use tenure_domain::access::{PortalRole, TokenScopes};
use tenure_domain::credential::{CredentialKind, CredentialOrigin, CredentialState};
use tenure_domain::identity::{Identity, LifecycleState};
use tenure_store::accounts::{ApiTokenRow, TokenHolder};
use tenure_store::testing::execute_raw;
use tenure_store::{Store, StoreError};

use super::support::*;

fn token(hash: u8, epoch: i64) -> ApiTokenRow {
    ApiTokenRow {
        token_hash: vec![hash],
        credential_id: id(u128::from(hash)),
        identity_id: id(1),
        epoch,
        scopes: TokenScopes::before_scopes(hash % 2 == 1),
        networks: "10.0.0.0/8 fd00::/8".parse().unwrap(),
        hint: "tnr_abc".to_owned(),
        expires_at: moment() + days(30),
    }
}

async fn holder(store: &Store, hash: u8) -> Option<TokenHolder> {
    store.token_holder(&[hash], moment()).await.unwrap()
}

async fn issued(store: &Store) {
    put(store, &[Identity { epoch: 2, ..person(1, "Nadia") }]).await;
    put_credentials(store, &(1..=3).map(|n| credential(n, Some(1), CredentialKind::Token, CredentialOrigin::Issued)).collect::<Vec<_>>())
        .await;
    change(store, async |tx| {
        for row in [token(1, 2), token(2, 1), ApiTokenRow { expires_at: moment(), ..token(3, 2) }] {
            tx.insert_api_token(&proof::credentials(), &row).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_knows_who_it_is_and_what_they_may_be() {
    for (engine, store) in stores().await {
        issued(&store).await;
        change(&store, async |tx| tx.grant_portal_role(&proof::accounts(), id(1), PortalRole::Auditor, moment()).await.unwrap()).await;
        let found = holder(&store, 1).await.unwrap();
        assert_eq!(
            (found.identity_id, found.credential_id, found.display_name.as_str(), found.scopes.change(), found.has_reports),
            (id(1), id(1), "Nadia", true, false),
            "{engine}"
        );
        assert_eq!((found.roles, found.last_used_at), ([PortalRole::Auditor].into(), None), "{engine}");
        assert_eq!(holder(&store, 2).await, None, "{engine}: an older epoch");
        assert_eq!(holder(&store, 3).await, None, "{engine}: over");
        assert_eq!(holder(&store, 9).await, None, "{engine}: unknown");
        store.touch_token(id(1), "10.1.2.3", moment() + days(1)).await.unwrap();
        assert_eq!(holder(&store, 1).await.unwrap().last_used_at, Some(moment() + days(1)), "{engine}");
        let note = store.read().await.unwrap().token_note(id(1)).await.unwrap().unwrap();
        assert_eq!((note.last_used_from.as_str(), note.scopes, note.networks), ("10.1.2.3", found.scopes, found.networks), "{engine}");
    }
}

#[tokio::test]
async fn a_token_works_only_while_its_identity_may_act() {
    for (engine, store) in stores().await {
        issued(&store).await;
        let mut version = 1;
        for state in LifecycleState::ALL {
            version += 1;
            put(&store, &[Identity { state: *state, version, ..person(1, "Nadia") }]).await;
            assert_eq!(holder(&store, 1).await.is_some(), state.may_act(), "{engine}: {state}");
        }
    }
}

#[tokio::test]
async fn a_token_dies_with_its_credential_or_its_row() {
    for (engine, store) in stores().await {
        issued(&store).await;
        let version = credential_of(&store, id(1)).await.version;
        change(&store, async |tx| {
            tx.set_credential_state(&proof::credentials(), id(1), version, CredentialState::Suspended, moment()).await.unwrap()
        })
        .await;
        assert_eq!(holder(&store, 1).await, None, "{engine}");
        change(&store, async |tx| {
            tx.set_credential_state(&proof::credentials(), id(1), version + 1, CredentialState::Active, moment()).await.unwrap()
        })
        .await;
        assert!(holder(&store, 1).await.is_some(), "{engine}");
        assert_eq!(change(&store, async |tx| tx.delete_token_of(&proof::credentials(), id(1)).await.unwrap()).await, 1, "{engine}");
        assert_eq!(holder(&store, 1).await, None, "{engine}");
        let mut tx = store.write().await.unwrap();
        assert!(matches!(tx.insert_api_token(&proof::credentials(), &token(2, 2)).await, Err(StoreError::Duplicate(_))), "{engine}");
    }
}

#[tokio::test]
async fn a_token_of_before_there_were_scopes_can_do_what_it_could_then() {
    for (engine, store) in stores().await {
        issued(&store).await;
        execute_raw(&store, "UPDATE api_tokens SET scopes = NULL, networks = ''").await.unwrap();
        let found = holder(&store, 1).await.unwrap();
        assert_eq!((found.scopes, found.networks.is_everywhere()), (TokenScopes::all(), true), "{engine}");
        execute_raw(&store, "UPDATE api_tokens SET may_write = FALSE").await.unwrap();
        assert_eq!(holder(&store, 1).await.unwrap().scopes, TokenScopes::reading(), "{engine}");
        // What nobody can read must not become "everything".
        execute_raw(&store, "UPDATE api_tokens SET scopes = 'everything'").await.unwrap();
        assert!(matches!(store.token_holder(&[1], moment()).await, Err(StoreError::Corrupt(_))), "{engine}");
    }
}
