//! Second factors: what counts once, what is there once, and what a session says of it.

use tenure_domain::access::{Authorized, Portal, PortalRole, Principal, actions, authorize};
use tenure_domain::credential::{CredentialKind, CredentialOrigin};
use tenure_domain::sign_in::{FactorKind, Held, Need, RoleRule, SignInPolicy};
use tenure_store::accounts::SessionRecord;
use tenure_store::factors::{CeremonyRow, FactorReset, FactorRow, parse_policy};
use tenure_store::{Store, StoreError};

use super::support::*;

fn policy_proof() -> Authorized<actions::ManageSignInPolicy> {
    authorize(&Principal::system("test"), &Portal).unwrap()
}

fn factor(n: u128, of: u128, kind: FactorKind) -> FactorRow {
    let key_id = (kind == FactorKind::Passkey).then(|| vec![n as u8]);
    FactorRow { credential_id: id(n), identity_id: id(of), kind, data: vec![1, 2, 3], key_id, last_step: None, copied_at: None }
}

async fn enrolled(store: &Store) {
    put(store, &[person(1, "Ann"), person(2, "Ben")]).await;
    let rows: Vec<_> = (11..=15).map(|n| credential(n, Some(1), CredentialKind::MfaFactor, CredentialOrigin::Issued)).collect();
    put_credentials(store, &rows).await;
    change(store, async |tx| {
        tx.insert_factor(&proof::own(), &factor(11, 1, FactorKind::Code)).await.unwrap();
        tx.insert_factor(&proof::own(), &factor(12, 1, FactorKind::Passkey)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_step_and_a_recovery_code_are_taken_once() {
    for (engine, store) in stores().await {
        enrolled(&store).await;
        let taken = change(&store, async |tx| {
            let mut taken = Vec::new();
            for step in [5, 5, 4, 6] {
                taken.push(tx.take_code(&proof::own(), id(11), step, moment()).await.unwrap());
            }
            taken
        })
        .await;
        assert_eq!(taken, [true, false, false, true], "{engine}");
        assert_eq!(credential_of(&store, id(11)).await.last_used_at, Some(moment()), "{engine}");
        change(&store, async |tx| {
            tx.put_recovery_codes(&proof::own(), id(1), &[vec![1], vec![2], vec![3]]).await.unwrap();
            assert!(tx.take_recovery_code(&proof::own(), id(1), &[2]).await.unwrap(), "{engine}");
            assert!(!tx.take_recovery_code(&proof::own(), id(1), &[2]).await.unwrap(), "{engine}");
            assert!(!tx.take_recovery_code(&proof::own(), id(2), &[1]).await.unwrap(), "{engine}: another one's");
        })
        .await;
        assert_eq!(store.read().await.unwrap().recovery_codes_left(id(1)).await.unwrap(), 2, "{engine}");
    }
}

#[tokio::test]
async fn there_is_one_app_a_person_and_one_passkey_of_a_name_and_a_copied_one_counts_and_does_not_serve() {
    for (engine, store) in stores().await {
        enrolled(&store).await;
        for twice in [factor(13, 1, FactorKind::Code), FactorRow { key_id: Some(vec![12]), ..factor(14, 1, FactorKind::Passkey) }] {
            let mut tx = store.write().await.unwrap();
            let refused = tx.insert_factor(&proof::own(), &twice).await;
            assert!(matches!(refused, Err(StoreError::Duplicate(_))), "{engine}: {refused:?}");
        }
        let before = store.read().await.unwrap().passkey(&[12]).await.unwrap().unwrap();
        change(&store, async |tx| {
            assert!(tx.use_passkey(&proof::own(), &before, &[9], moment()).await.unwrap(), "{engine}");
            assert!(!tx.use_passkey(&proof::own(), &before, &[8], moment()).await.unwrap(), "{engine}: it moved on");
            assert!(tx.mark_copied(&proof::own(), id(12), moment()).await.unwrap(), "{engine}");
            assert!(!tx.mark_copied(&proof::own(), id(12), moment()).await.unwrap(), "{engine}");
        })
        .await;
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.held_factors(id(1)).await.unwrap(), Held { code: true, passkey: true }, "{engine}");
        assert!(tx.usable_factors(id(1), FactorKind::Passkey).await.unwrap().is_empty(), "{engine}");
        assert_eq!(tx.factors_of(id(1)).await.unwrap().len(), 2, "{engine}");
        assert_eq!(tx.held_factors(id(2)).await.unwrap(), Held::default(), "{engine}");
    }
}

#[tokio::test]
async fn what_a_passkey_is_asked_is_there_once_in_its_time_and_not_without_bound() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "Ann")]).await;
        let row =
            |n: u8| CeremonyRow { id_hash: vec![n], identity_id: Some(id(1)), state: "{}".to_owned(), expires_at: moment() + days(1) };
        assert!(store.begin_ceremony(&row(1), 2, moment()).await.unwrap(), "{engine}");
        assert!(store.begin_ceremony(&row(2), 2, moment()).await.unwrap(), "{engine}");
        assert!(!store.begin_ceremony(&row(3), 2, moment()).await.unwrap(), "{engine}: no room");
        assert_eq!(store.take_ceremony(&[1], moment()).await.unwrap(), Some(row(1)), "{engine}");
        assert_eq!(store.take_ceremony(&[1], moment()).await.unwrap(), None, "{engine}");
        assert_eq!(store.take_ceremony(&[2], moment() + days(1)).await.unwrap(), None, "{engine}: too late");
    }
}

#[tokio::test]
async fn a_policy_is_written_over_the_version_that_was_read_and_a_session_carries_it() {
    for (engine, store) in stores().await {
        enrolled(&store).await;
        assert_eq!(store.read().await.unwrap().sign_in_policy().await.unwrap().version, 0, "{engine}");
        let rule = RoleRule { need: Need::Required, from: moment() };
        let policy = SignInPolicy { roles: [(PortalRole::Admin, rule)].into(), proof_minutes: 5 };
        change(&store, async |tx| tx.put_sign_in_policy(&policy_proof(), 0, &policy, moment()).await.unwrap()).await;
        let mut tx = store.write().await.unwrap();
        let old = tx.put_sign_in_policy(&policy_proof(), 0, &SignInPolicy::default(), moment()).await;
        assert!(matches!(old, Err(StoreError::Conflict(_))), "{engine}: {old:?}");
        drop(tx);
        let row = store.read().await.unwrap().sign_in_policy().await.unwrap();
        assert_eq!((row.version, row.policy), (1, policy.clone()), "{engine}");
        put_credentials(&store, &[credential(101, Some(1), CredentialKind::Session, CredentialOrigin::Issued)]).await;
        let session = SessionRecord {
            id_hash: vec![1],
            identity_id: Some(id(1)),
            credential_id: Some(id(101)),
            epoch: Some(0),
            data: serde_json::json!({}),
            expires_at: moment() + days(1),
            address: String::new(),
        };
        store.put_session(&session, moment()).await.unwrap();
        let found = store.read().await.unwrap().live_session(&[1], moment()).await.unwrap().unwrap();
        let mut kinds: Vec<_> = found.factors.unwrap().split(',').map(str::to_owned).collect();
        kinds.sort();
        assert_eq!(kinds, ["code", "passkey"], "{engine}");
        assert_eq!(parse_policy(found.policy.as_deref()).unwrap(), policy, "{engine}");
        assert!(parse_policy(Some("{")).is_err(), "what cannot be read lets nobody pass");
    }
}

#[tokio::test]
async fn who_lacks_a_factor_is_counted_among_those_who_can_sign_in() {
    for (engine, store) in stores().await {
        enrolled(&store).await;
        put(&store, &[person(3, "Cid")]).await;
        change(&store, async |tx| {
            for n in [1, 2] {
                tx.put_local_account(&proof::own(), id(n), "hash", moment()).await.unwrap();
            }
            tx.grant_portal_role(&proof::own(), id(2), PortalRole::Admin, moment()).await.unwrap();
            tx.mark_copied(&proof::own(), id(12), moment()).await.unwrap();
        })
        .await;
        let mut tx = store.read().await.unwrap();
        let names =
            |found: (i64, Vec<(tenure_domain::id::IdentityId, String)>)| (found.0, found.1.into_iter().map(|p| p.1).collect::<Vec<_>>());
        assert_eq!(names(tx.without_factor(PortalRole::Employee, false, 9).await.unwrap()), (1, vec!["Ben".to_owned()]), "{engine}");
        let lacking = names(tx.without_factor(PortalRole::Employee, true, 1).await.unwrap());
        assert_eq!(lacking, (2, vec!["Ann".to_owned()]), "{engine}: a passkey that was copied serves no more");
        assert_eq!(tx.without_factor(PortalRole::Admin, false, 9).await.unwrap().0, 1, "{engine}");
        assert_eq!(tx.without_factor(PortalRole::Manager, false, 9).await.unwrap().0, 0, "{engine}");
    }
}

#[tokio::test]
async fn a_reset_is_asked_once_taken_once_and_asked_anew_when_it_is_over() {
    for (engine, store) in stores().await {
        enrolled(&store).await;
        let reset = |at: i64| FactorReset {
            identity_id: id(1),
            asked_by: id(2),
            reason: "lost".to_owned(),
            asked_at: moment() + days(at),
            expires_at: moment() + days(at + 1),
        };
        change(&store, async |tx| tx.put_factor_reset(&proof::own(), &reset(0)).await.unwrap()).await;
        let mut tx = store.write().await.unwrap();
        assert!(matches!(tx.put_factor_reset(&proof::own(), &reset(0)).await, Err(StoreError::Duplicate(_))), "{engine}");
        drop(tx);
        let found = store.read().await.unwrap().factor_reset(id(1), moment()).await.unwrap().unwrap();
        assert_eq!((found.reset, found.asked_by_name.as_str()), (reset(0), "Ben"), "{engine}");
        assert_eq!(store.read().await.unwrap().factor_reset(id(1), moment() + days(1)).await.unwrap(), None, "{engine}");
        change(&store, async |tx| {
            tx.put_factor_reset(&proof::own(), &reset(1)).await.unwrap();
            assert!(tx.take_factor_reset(&proof::own(), id(1)).await.unwrap(), "{engine}");
            assert!(!tx.take_factor_reset(&proof::own(), id(1)).await.unwrap(), "{engine}");
            assert_eq!(tx.delete_factors_of(&proof::own(), id(1), moment()).await.unwrap(), 2, "{engine}");
        })
        .await;
        assert!(!credential_of(&store, id(11)).await.state.is_live(), "{engine}");
    }
}
