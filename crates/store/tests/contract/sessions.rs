//! Browser sessions.

use serde_json::json;
use tenure_domain::access::PortalRole;
use tenure_domain::credential::{CredentialKind, CredentialOrigin, CredentialState};
use tenure_domain::identity::{Identity, LifecycleState};
use tenure_store::accounts::{SessionRecord, StoredSession};
use tenure_store::{Store, StoreError};

use super::support::*;

fn session(hash: u8, who: Option<u128>, epoch: Option<i64>) -> SessionRecord {
    SessionRecord {
        id_hash: vec![hash],
        identity_id: who.map(id),
        credential_id: who.map(|_| id(u128::from(hash) + 100)),
        epoch,
        data: json!({ "csrf": hash }),
        expires_at: moment() + days(1),
        address: "192.0.2.1".to_owned(),
    }
}

async fn live(store: &Store, hash: u8) -> Option<StoredSession> {
    store.read().await.unwrap().live_session(&[hash], moment()).await.unwrap()
}

async fn signed_in(store: &Store) {
    put(store, &[Identity { epoch: 2, ..person(1, "Nadia") }]).await;
    put_credentials(
        store,
        &(1..=4).map(|n| credential(n + 100, Some(1), CredentialKind::Session, CredentialOrigin::Issued)).collect::<Vec<_>>(),
    )
    .await;
    store.put_session(&session(1, Some(1), Some(2)), moment()).await.unwrap();
}

#[tokio::test]
async fn a_session_knows_who_it_is_and_what_they_may_be() {
    for (engine, store) in stores().await {
        signed_in(&store).await;
        let found = live(&store, 1).await.unwrap();
        assert_eq!(
            (found.identity_id, found.credential_id, found.display_name.as_deref()),
            (Some(id(1)), Some(id(101)), Some("Nadia")),
            "{engine}"
        );
        assert_eq!((found.roles, found.has_reports, found.data), (None, false, json!({ "csrf": 1 })), "{engine}");
        change(&store, async |tx| {
            tx.grant_portal_role(&proof::accounts(), id(1), PortalRole::Admin, moment()).await.unwrap();
            tx.grant_portal_role(&proof::accounts(), id(1), PortalRole::Auditor, moment()).await.unwrap();
        })
        .await;
        put(&store, &[Identity { manager_id: Some(id(1)), ..person(2, "Report") }]).await;
        let found = live(&store, 1).await.unwrap();
        assert_eq!(
            tenure_store::accounts::parse_roles(found.roles.as_deref()),
            [PortalRole::Admin, PortalRole::Auditor].into(),
            "{engine}: with the next request"
        );
        assert!(found.has_reports, "{engine}");
    }
}

#[tokio::test]
async fn a_session_before_sign_in_belongs_to_nobody() {
    for (engine, store) in stores().await {
        store.put_session(&session(1, None, None), moment()).await.unwrap();
        assert_eq!(live(&store, 1).await.unwrap().identity_id, None, "{engine}");
        assert_eq!(live(&store, 2).await, None, "{engine}");
    }
}

#[tokio::test]
async fn a_session_lives_only_with_the_epoch_the_state_and_the_time() {
    for (engine, store) in stores().await {
        put(&store, &[Identity { epoch: 2, ..person(1, "A") }]).await;
        put_credentials(
            &store,
            &(1..=4).map(|n| credential(n + 100, Some(1), CredentialKind::Session, CredentialOrigin::Issued)).collect::<Vec<_>>(),
        )
        .await;
        store.put_session(&session(1, Some(1), Some(2)), moment()).await.unwrap();
        store.put_session(&session(2, Some(1), Some(1)), moment()).await.unwrap();
        store.put_session(&session(3, Some(1), None), moment()).await.unwrap();
        store.put_session(&SessionRecord { expires_at: moment(), ..session(4, Some(1), Some(2)) }, moment()).await.unwrap();
        for (hash, lives) in [(1, true), (2, false), (3, false), (4, false)] {
            assert_eq!(live(&store, hash).await.is_some(), lives, "{engine}: session {hash}");
        }
        let mut version = 1;
        for state in LifecycleState::ALL {
            version += 1;
            put(&store, &[Identity { state: *state, version, ..person(1, "A") }]).await;
            assert_eq!(live(&store, 1).await.is_some(), state.may_act(), "{engine}: {state}");
        }
    }
}

#[tokio::test]
async fn a_session_that_is_written_after_its_revocation_is_dead() {
    for (engine, store) in stores().await {
        signed_in(&store).await;
        change(&store, async |tx| {
            tx.set_credential_state(&proof::credentials(), id(101), 1, CredentialState::Revoked, moment()).await.unwrap();
            tx.delete_session_of(&proof::credentials(), id(101)).await.unwrap();
        })
        .await;
        store.put_session(&session(1, Some(1), Some(2)), moment()).await.unwrap();
        assert_eq!(live(&store, 1).await, None, "{engine}");
        assert!(store.read().await.unwrap().sessions_of(id(1), moment()).await.unwrap().is_empty(), "{engine}");
    }
}

#[tokio::test]
async fn a_touch_notes_the_use_and_revives_nothing() {
    for (engine, store) in stores().await {
        signed_in(&store).await;
        let later = moment() + chrono::Duration::minutes(5);
        store.touch_session(&[1], later, later + days(1), "192.0.2.2").await.unwrap();
        let found = live(&store, 1).await.unwrap();
        assert_eq!((found.last_seen_at, found.expires_at), (later, later + days(1)), "{engine}");
        assert_eq!(credential_of(&store, id(101)).await.last_used_at, Some(later), "{engine}");
        store.delete_session(&[1]).await.unwrap();
        store.touch_session(&[1], later, later + days(1), "192.0.2.2").await.unwrap();
        assert_eq!(live(&store, 1).await, None, "{engine}");
        store.delete_session(&[1]).await.unwrap();
    }
}

#[tokio::test]
async fn a_sweep_takes_only_what_is_over() {
    for (engine, store) in stores().await {
        store.put_session(&session(1, None, None), moment()).await.unwrap();
        store.put_session(&SessionRecord { expires_at: moment(), ..session(2, None, None) }, moment()).await.unwrap();
        assert_eq!(store.sweep_sessions(moment()).await.unwrap(), 1, "{engine}");
        assert!(live(&store, 1).await.is_some(), "{engine}");
        assert_eq!(store.sweep_sessions(moment()).await.unwrap(), 0, "{engine}");
    }
}

#[tokio::test]
async fn all_sessions_but_one_end_with_their_credentials() {
    for (engine, store) in stores().await {
        signed_in(&store).await;
        for hash in 2..=4 {
            store.put_session(&session(hash, Some(1), Some(2)), moment() + chrono::Duration::seconds(i64::from(hash))).await.unwrap();
        }
        let listed: Vec<_> =
            store.read().await.unwrap().sessions_of(id(1), moment()).await.unwrap().into_iter().map(|s| s.credential_id).collect();
        assert_eq!(listed, [id(104), id(103), id(102), id(101)], "{engine}: newest first");
        let ended = change(&store, async |tx| tx.delete_session_of(&proof::credentials(), id(104)).await.unwrap()).await;
        assert_eq!(ended, 1, "{engine}");
        let ended =
            change(&store, async |tx| tx.end_other_sessions(&proof::accounts(), id(1), Some(id(102)), moment()).await.unwrap()).await;
        assert_eq!(ended, 2, "{engine}");
        assert!(live(&store, 2).await.is_some() && live(&store, 1).await.is_none() && live(&store, 3).await.is_none(), "{engine}");
        assert_eq!(credential_of(&store, id(101)).await.state, CredentialState::Revoked, "{engine}");
        assert_eq!(credential_of(&store, id(102)).await.state, CredentialState::Active, "{engine}");
        change(&store, async |tx| tx.end_other_sessions(&proof::accounts(), id(1), None, moment()).await.unwrap()).await;
        assert!(store.read().await.unwrap().sessions_of(id(1), moment()).await.unwrap().is_empty(), "{engine}");
    }
}

/// A browser that signs in gets a new session; the one before sign-in is written over or gone.
#[tokio::test]
async fn a_session_is_written_over_under_its_hash() {
    for (engine, store) in stores().await {
        signed_in(&store).await;
        store.put_session(&session(2, None, None), moment()).await.unwrap();
        store.put_session(&session(2, Some(1), Some(2)), moment()).await.unwrap();
        assert_eq!(live(&store, 2).await.unwrap().identity_id, Some(id(1)), "{engine}");
    }
}

#[tokio::test]
async fn no_change_begins_by_a_session_or_token_that_has_ended() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "Ann")]).await;
        put_credentials(&store, &[key(7, Some(1))]).await;
        let hers = store.acting(id(7));
        drop(hers.write().await.unwrap());
        change(&store, async |tx| {
            tx.set_credential_state(&proof::credentials(), id(7), 1, CredentialState::Revoking, moment()).await.unwrap();
        })
        .await;
        assert!(matches!(hers.write().await, Err(StoreError::Over)), "{engine}");
        assert!(matches!(store.acting(id(8)).write().await, Err(StoreError::Over)), "{engine}: nor by one that never was");
        hers.read().await.unwrap();
    }
}
