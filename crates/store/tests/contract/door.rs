//! Sealed accounts, limits of sessions, and forms that came too late.

use tenure_domain::access::PortalRole;
use tenure_domain::break_glass::SealState;
use tenure_domain::credential::{CredentialKind, CredentialOrigin, CredentialState};
use tenure_domain::id::IdentityId;
use tenure_domain::identity::{Identity, LifecycleState};
use tenure_domain::session::{GOVERNED, SessionLimits};
use tenure_store::accounts::{BreakGlassRow, BreakGlassUse, DraftRow, SessionRecord};
use tenure_store::{Store, StoreError};

use super::support::*;

fn minutes(n: i64) -> chrono::Duration {
    chrono::Duration::minutes(n)
}

/// Three people, each with a session that began at the moment; the second is an auditor, the third an administrator.
async fn three(store: &Store) {
    put(store, &[1, 2, 3].map(|n| person(n, &format!("P{n}")))).await;
    put_credentials(
        store,
        &(1..=3).map(|n| credential(n + 100, Some(n), CredentialKind::Session, CredentialOrigin::Issued)).collect::<Vec<_>>(),
    )
    .await;
    change(store, async |tx| {
        tx.grant_portal_role(&proof::accounts(), id(2), PortalRole::Auditor, moment()).await.unwrap();
        tx.grant_portal_role(&proof::accounts(), id(3), PortalRole::Admin, moment()).await.unwrap();
    })
    .await;
    for n in 1..=3_u8 {
        let record = SessionRecord {
            id_hash: vec![n],
            identity_id: Some(id(u128::from(n))),
            credential_id: Some(id(u128::from(n) + 100)),
            epoch: Some(0),
            data: serde_json::json!({}),
            expires_at: moment() + days(1),
            address: "192.0.2.1".to_owned(),
        };
        store.put_session(&record, moment()).await.unwrap();
    }
}

#[tokio::test]
async fn every_role_of_people_has_limits_from_the_first_start() {
    for (engine, store) in stores().await {
        let limits = store.read().await.unwrap().session_limits().await.unwrap();
        for role in GOVERNED {
            assert!(limits.contains(&(role, SessionLimits::AAL2)), "{engine}: {role}");
        }
    }
}

#[tokio::test]
async fn sessions_that_are_over_are_counted_and_ended_by_the_limits_of_their_own_role() {
    for (engine, store) in stores().await {
        three(&store).await;
        let now = moment() + minutes(20);
        let with = |role: PortalRole, overall: i64, idle: i64| {
            GOVERNED.map(|of| (of, if of == role { SessionLimits { overall, idle } } else { SessionLimits::AAL2 }))
        };
        let over = async |limits: &[(PortalRole, SessionLimits)]| store.read().await.unwrap().sessions_over(limits, now).await.unwrap();
        assert_eq!(over(&with(PortalRole::Employee, 1440, 20)).await, 3, "{engine}");
        assert_eq!(over(&with(PortalRole::Employee, 1440, 21)).await, 0, "{engine}");
        assert_eq!(over(&with(PortalRole::Admin, 20, 60)).await, 1, "{engine}");
        assert_eq!(over(&with(PortalRole::Manager, 20, 60)).await, 0, "{engine}: nobody has reports");
        put(&store, &[Identity { manager_id: Some(id(1)), ..person(4, "Report") }]).await;
        assert_eq!(over(&with(PortalRole::Manager, 20, 60)).await, 1, "{engine}");
        let limits = with(PortalRole::Auditor, 1440, 15);
        let ended = change(&store, async |tx| {
            tx.put_session_limits(&proof::session_limits(), PortalRole::Auditor, limits[2].1).await.unwrap();
            tx.end_sessions_over(&proof::session_limits(), &limits, now).await.unwrap()
        })
        .await;
        assert_eq!(ended, 1, "{engine}");
        assert_eq!(credential_of(&store, id(102)).await.state, CredentialState::Revoked, "{engine}");
        assert_eq!(credential_of(&store, id(101)).await.state, CredentialState::Active, "{engine}");
        let lives = async |hash: u8| store.read().await.unwrap().live_session(&[hash], now).await.unwrap().is_some();
        assert!(lives(1).await && !lives(2).await && lives(3).await, "{engine}");
    }
}

#[tokio::test]
async fn a_session_lives_by_the_limits_that_hold_now() {
    for (engine, store) in stores().await {
        three(&store).await;
        let lives = async |hash: u8, at: i64| store.read().await.unwrap().live_session(&[hash], moment() + minutes(at)).await.unwrap();
        change(&store, async |tx| {
            let limits = SessionLimits { overall: 30, idle: 10 };
            tx.put_session_limits(&proof::session_limits(), PortalRole::Admin, limits).await.unwrap();
        })
        .await;
        assert!(lives(1, 59).await.is_some() && lives(1, 60).await.is_none(), "{engine}");
        assert!(lives(3, 9).await.is_some() && lives(3, 10).await.is_none(), "{engine}");
        let (used, ends) = (moment() + minutes(25), moment() + minutes(35));
        store.touch_session(&[3], used, ends, "192.0.2.9").await.unwrap();
        let found = lives(3, 29).await.unwrap();
        assert_eq!(found.ends_at(), moment() + minutes(30), "{engine}: over all comes first");
        assert!(lives(3, 30).await.is_none(), "{engine}");
        let seen = store.read().await.unwrap().sessions_of(id(3), moment()).await.unwrap();
        assert_eq!(seen[0].address, "192.0.2.9", "{engine}");
    }
}

fn sealed(state: SealState) -> BreakGlassRow {
    BreakGlassRow { identity_id: id(3), state, minutes: 60, made_at: moment(), sealed_by: Some(id(1)), sealed_at: Some(moment()) }
}

#[tokio::test]
async fn a_use_raises_the_alarm_while_its_session_lives_and_is_closed_once() {
    for (engine, store) in stores().await {
        three(&store).await;
        let alarm = async |at: i64| store.read().await.unwrap().live_session(&[1], moment() + minutes(at)).await.unwrap().unwrap().alarm;
        assert!(!alarm(1).await, "{engine}");
        let used = BreakGlassUse {
            id: id(900),
            identity_id: id(3),
            credential_id: id(103),
            sealed_by: Some(id(1)),
            reason: "both providers are down".to_owned(),
            address: "192.0.2.1".to_owned(),
            began_at: moment(),
            ends_at: moment() + minutes(30),
        };
        change(&store, async |tx| {
            tx.put_break_glass(&proof::accounts(), &sealed(SealState::Sealed)).await.unwrap();
            tx.put_break_glass(&proof::accounts(), &sealed(SealState::Used)).await.unwrap();
            tx.insert_break_glass_use(&proof::accounts(), &used).await.unwrap();
        })
        .await;
        assert!(alarm(29).await && !alarm(30).await, "{engine}");
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.break_glass_of(id(3)).await.unwrap(), Some(sealed(SealState::Used)), "{engine}");
        assert_eq!(tx.break_glass_of(id(1)).await.unwrap(), None, "{engine}");
        assert_eq!(tx.break_glass_accounts().await.unwrap()[0].sealed_by.as_deref(), Some("P1"), "{engine}");
        assert_eq!(tx.open_break_glass_reviews().await.unwrap(), 1, "{engine}");
        let administrators: Vec<IdentityId> = tx.administrators().await.unwrap().into_iter().map(|a| a.id).collect();
        assert_eq!(administrators, [], "{engine}: it does not count");
        drop(tx);
        let version = credential_of(&store, id(103)).await.version;
        change(&store, async |tx| {
            tx.set_credential_state(&proof::credentials(), id(103), version, CredentialState::Revoked, moment()).await.unwrap();
            tx.close_break_glass_use(&proof::accounts(), id(900), "Ada", "mended the provider", moment()).await.unwrap();
        })
        .await;
        assert!(!alarm(1).await, "{engine}: its session has ended");
        let mut tx = store.write().await.unwrap();
        let again = tx.close_break_glass_use(&proof::accounts(), id(900), "Bob", "mended it too", moment()).await;
        assert!(matches!(again, Err(StoreError::Conflict(_))), "{engine}");
        let view = tx.break_glass_uses().await.unwrap().remove(0);
        assert_eq!((view.closed_by.as_str(), view.note.as_str()), ("Ada", "mended the provider"), "{engine}");
    }
}

#[tokio::test]
async fn only_a_session_that_ran_out_by_itself_says_whose_form_it_is() {
    for (engine, store) in stores().await {
        three(&store).await;
        let whose =
            async |hash: u8, at: chrono::Duration| store.read().await.unwrap().lapsed_session(&[hash], moment() + at).await.unwrap();
        assert_eq!(whose(1, minutes(5)).await, None, "{engine}: it lives");
        assert_eq!(whose(1, days(1)).await, Some(id(1)), "{engine}");
        assert_eq!(whose(9, days(1)).await, None, "{engine}: unknown");
        let version = credential_of(&store, id(102)).await.version;
        change(&store, async |tx| {
            tx.set_credential_state(&proof::credentials(), id(102), version, CredentialState::Revoked, moment()).await.unwrap()
        })
        .await;
        assert_eq!(whose(2, days(1)).await, None, "{engine}: somebody ended it");
        put(&store, &[Identity { state: LifecycleState::Suspended, version: 2, ..person(1, "P1") }]).await;
        assert_eq!(whose(1, days(1)).await, None, "{engine}: may not act");
    }
}

#[tokio::test]
async fn of_each_person_the_last_form_is_kept_until_its_time_is_over() {
    for (engine, store) in stores().await {
        three(&store).await;
        let draft = |path: &str, sealed: u8| DraftRow {
            identity_id: id(1),
            path: path.to_owned(),
            sealed: vec![sealed],
            expires_at: moment() + minutes(10),
        };
        store.put_draft(&draft("/roles", 1)).await.unwrap();
        store.put_draft(&draft("/rules", 2)).await.unwrap();
        let of = async |n: u128, at: i64| store.read().await.unwrap().draft_of(id(n), moment() + minutes(at)).await.unwrap();
        assert_eq!(of(1, 9).await, Some(draft("/rules", 2)), "{engine}");
        assert_eq!((of(1, 10).await, of(2, 9).await), (None, None), "{engine}");
        assert_eq!(store.sweep_drafts(moment() + minutes(9)).await.unwrap(), 0, "{engine}");
        assert_eq!(store.sweep_drafts(moment() + minutes(10)).await.unwrap(), 1, "{engine}");
        store.put_draft(&draft("/roles", 1)).await.unwrap();
        store.delete_draft(id(1)).await.unwrap();
        assert_eq!(of(1, 1).await, None, "{engine}");
    }
}
