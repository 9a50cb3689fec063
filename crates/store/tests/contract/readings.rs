//! Readings of targets, and what is found there.

use serde_json::json;
use tenure_domain::credential::{CredentialKind, CredentialState};
use tenure_domain::id::{AccountId, CredentialId, Id as _};
use tenure_domain::target::{AccountState, OnEnd, ReadingKind, ReadingState, TargetKind, TargetState};
use tenure_store::Store;
use tenure_store::credentials::SeenCredential;
use tenure_store::readings::{NewReading, Progress, ReadingClaim, ReadingEnd};
use tenure_store::targets::{Accepted, AcceptedDrift, Differences, Drift, Drifted, Reach, SeenAccount};

use super::support::*;

fn reach(version: i64, settings: &str) -> Reach {
    Reach {
        application_id: id(100),
        kind: TargetKind::Ldap,
        state: TargetState::Live,
        settings: json!({ "url": settings }),
        secret: vec![1],
        on_end: OnEnd::Disable,
        mapping: None,
        doer_id: None,
        due_hours: None,
        at_once: 1,
        per_minute: 1,
        timeout_seconds: 1,
        read_minutes: Some(60),
        full_days: 1,
        version,
        updated_at: moment(),
    }
}

fn wanted(n: u128, asker: &str) -> NewReading<'_> {
    NewReading { id: id(n), application_id: id(100), kind: ReadingKind::Full, asker, many_gone: false, at: moment() }
}

fn claim(by: &str, hours: i64) -> ReadingClaim<'_> {
    let now = moment() + chrono::Duration::hours(hours);
    ReadingClaim { by, only: None, now, until: now + chrono::Duration::minutes(1) }
}

fn account(n: u128) -> SeenAccount {
    SeenAccount {
        id: id(n),
        identity_id: None,
        key: format!("key {n}"),
        name: format!("account {n}"),
        state: AccountState::Enabled,
        attributes: [("mail".to_owned(), vec!["a@b.test".to_owned()])].into(),
        last_used_at: None,
        drift: None,
        left: Accepted::new(),
    }
}

async fn target(store: &Store) {
    small_model(store).await;
    change(store, async |tx| tx.put_target(&proof::targets(), &reach(1, "one")).await.unwrap()).await;
}

#[tokio::test]
async fn one_reading_of_a_target_is_open_and_one_holder_has_it() {
    for (engine, store) in stores().await {
        target(&store).await;
        let both = change(&store, async |tx| {
            let first = tx.want_reading(&proof::targets(), &wanted(1, "ann")).await.unwrap();
            (first, tx.want_reading(&proof::targets(), &wanted(2, "bob")).await.unwrap())
        });
        assert_eq!(both.await, (true, false), "{engine}");
        let (one, two) = (claim("one", 1), claim("two", 1));
        let proof = proof::targets();
        let (a, b) = tokio::join!(store.claim_reading(&proof, &one), store.claim_reading(&proof, &two));
        let taken: Vec<_> = [a.unwrap(), b.unwrap()].into_iter().flatten().collect();
        assert_eq!(taken.len(), 1, "{engine}");
        assert_eq!((taken[0].state, taken[0].attempts), (ReadingState::Running, 1), "{engine}");
        // Without a sign of life the next one takes it, and the first one has lost it.
        let next = store.claim_reading(&proof::targets(), &claim("three", 2)).await.unwrap().unwrap();
        assert_eq!((next.id, next.attempts), (id(1), 2), "{engine}");
        for by in ["one", "two"] {
            let now = moment() + chrono::Duration::hours(2);
            assert!(!store.reading_is_alive(&proof::targets(), id(1), by, Progress::default(), now, now).await.unwrap(), "{engine}");
            assert!(!change(&store, async |tx| tx.holds_reading(id(1), by).await.unwrap()).await, "{engine}");
        }
        assert!(change(&store, async |tx| tx.holds_reading(id(1), "three").await.unwrap()).await, "{engine}");
        let end = ReadingEnd {
            id: id(1),
            by: "three",
            state: ReadingState::Done,
            said: "",
            result: Some(json!({ "accounts": 1 })),
            at: moment() + chrono::Duration::hours(2),
            again_within: None,
        };
        assert!(change(&store, async |tx| tx.end_reading(&proof::targets(), &end).await.unwrap()).await, "{engine}");
        assert!(!change(&store, async |tx| tx.end_reading(&proof::targets(), &end).await.unwrap()).await, "{engine}: once");
        let mut tx = store.read().await.unwrap();
        let row = tx.reading(id(1)).await.unwrap().unwrap();
        assert_eq!((row.state, row.result), (ReadingState::Done, Some(json!({ "accounts": 1 }))), "{engine}");
        assert!(tx.open_reading(id(100)).await.unwrap().is_none(), "{engine}");
        assert_eq!(
            tx.target(id(100)).await.unwrap().unwrap().next_read_at,
            Some(moment() + chrono::Duration::hours(3)),
            "{engine}: by its plan"
        );
    }
}

#[tokio::test]
async fn a_reading_of_what_is_reached_otherwise_now_is_stopped_and_one_of_the_same_goes_on() {
    for (engine, store) in stores().await {
        target(&store).await;
        change(&store, async |tx| tx.want_reading(&proof::targets(), &wanted(1, "ann")).await.unwrap()).await;
        change(&store, async |tx| tx.put_target(&proof::targets(), &reach(2, "one")).await.unwrap()).await;
        assert!(store.read().await.unwrap().open_reading(id(100)).await.unwrap().is_some(), "{engine}");
        change(&store, async |tx| tx.put_target(&proof::targets(), &reach(3, "two")).await.unwrap()).await;
        let row = store.read().await.unwrap().reading(id(1)).await.unwrap().unwrap();
        assert_eq!((row.state, row.said.as_str()), (ReadingState::Cancelled, "how the target is reached was changed"), "{engine}");
    }
}

#[tokio::test]
async fn what_was_seen_is_told_from_what_was_not_without_writing_what_is_as_it_was() {
    for (engine, store) in stores().await {
        target(&store).await;
        let later = moment() + days(1);
        change(&store, async |tx| {
            tx.see_accounts(&proof::targets(), id(100), &[account(1), account(2), account(3)], moment()).await.unwrap()
        })
        .await;
        let mut tx = store.read().await.unwrap();
        let known = tx.recorded_accounts(id(100), &["key 1", "key 9"]).await.unwrap();
        assert!(known.len() == 1 && known[0].is(&account(1)), "{engine}: {known:?}");
        assert!(!known[0].is(&SeenAccount { state: AccountState::Disabled, ..account(1) }), "{engine}");
        let nil = AccountId::from_uuid(uuid::Uuid::nil());
        assert_eq!(tx.accounts_untouched_since(id(100), later, nil, 2).await.unwrap(), [id(1), id(2)], "{engine}");
        assert_eq!(tx.accounts_untouched_since(id(100), later, id(2), 2).await.unwrap(), [id(3)], "{engine}");
        assert!(tx.accounts_untouched_since(id(100), moment(), nil, 2).await.unwrap().is_empty(), "{engine}");
        drop(tx);
        let gone = change(&store, async |tx| tx.accounts_are_gone(&proof::targets(), &[id(2)], later).await.unwrap()).await;
        assert_eq!(gone, 1, "{engine}");
        let again = change(&store, async |tx| tx.accounts_are_gone(&proof::targets(), &[id(2), id(3)], moment()).await.unwrap()).await;
        assert_eq!(again, 0, "{engine}: the one is gone, the other was written since");
    }
}

#[tokio::test]
async fn a_credential_that_is_found_twice_is_one_row_and_the_same_key_on_two_accounts_is_two() {
    for (engine, store) in stores().await {
        target(&store).await;
        let seen = |n: u128, on: u128, version: i64, state: CredentialState| SeenCredential {
            id: id(n),
            account_id: id(on),
            identity_id: None,
            kind: CredentialKind::SshKey,
            external_id: "SHA256:same".to_owned(),
            label: format!("account {on}: key"),
            purpose: "Signs in".to_owned(),
            state,
            created_at: moment(),
            rotated_at: None,
            expires_at: None,
            version,
        };
        change(&store, async |tx| tx.see_accounts(&proof::targets(), id(100), &[account(1), account(2)], moment()).await.unwrap()).await;
        let put = async |rows: &[SeenCredential]| {
            change(&store, async |tx| tx.see_credentials(&proof::credentials(), id(100), "Ledger", rows, moment()).await.unwrap()).await
        };
        let active = CredentialState::Active;
        assert_eq!(put(&[seen(1, 1, 0, active), seen(2, 2, 0, active)]).await, 2, "{engine}");
        assert_eq!(put(&[seen(3, 1, 1, CredentialState::Suspended)]).await, 1, "{engine}: the row that was there");
        assert_eq!(put(&[seen(4, 1, 1, active)]).await, 0, "{engine}: somebody changed it since it was read");
        let late = change(&store, async |tx| {
            let row = [seen(1, 1, 2, active)];
            let earlier = moment() - chrono::Duration::hours(1);
            tx.see_credentials(&proof::credentials(), id(100), "Ledger", &row, earlier).await.unwrap()
        });
        assert_eq!(late.await, 0, "{engine}: something newer is known of its account");
        let mut tx = store.read().await.unwrap();
        let mut known = tx.credentials_on(&[id(1), id(2)]).await.unwrap();
        known.sort_by_key(|c| c.id);
        let known: Vec<_> = known.into_iter().map(|c| (c.id, c.state, c.version)).collect();
        assert_eq!(known, [(id(1), CredentialState::Suspended, 2), (id(2), active, 1)], "{engine}");
        let nil = CredentialId::from_uuid(uuid::Uuid::nil());
        assert_eq!(tx.credentials_found_on(id(100), nil, 9).await.unwrap().len(), 2, "{engine}");
        drop(tx);
        // Who is told whose the account is, is told whose they are.
        put_owner(&store).await;
        assert_eq!(credential_of(&store, id(2)).await.identity_id, Some(id(1)), "{engine}");
        let gone = change(&store, async |tx| tx.credentials_are_gone_with(&proof::credentials(), &[id(2)], moment()).await.unwrap()).await;
        assert_eq!((gone, credential_of(&store, id(2)).await.state), (1, CredentialState::Revoked), "{engine}");
    }
}

async fn put_owner(store: &Store) {
    put(store, &[person(1, "A")]).await;
    change(store, async |tx| tx.correlate_account(&proof::targets(), id(2), Some(id(1)), moment()).await.unwrap()).await;
}

fn board() -> Drifted {
    Drifted { recorded: vec!["Legal".to_owned()], real: vec!["Board".to_owned()] }
}

fn drift() -> Drift {
    [("ou".to_owned(), board())].into()
}

fn left() -> Accepted {
    [("ou".to_owned(), AcceptedDrift { drifted: board(), by: "Eve".to_owned(), note: "on the board".to_owned(), at: moment() })].into()
}

async fn see(store: &Store, seen: &SeenAccount) {
    change(store, async |tx| tx.see_accounts(&proof::targets(), id(100), std::slice::from_ref(seen), moment()).await.unwrap()).await;
}

/// What of the first account is otherwise, and what is left so.
async fn stands(store: &Store) -> (Option<Drift>, Option<Accepted>) {
    let view = store.read().await.unwrap().account_view(id(1)).await.unwrap().unwrap();
    (view.drift, view.accepted)
}

#[tokio::test]
async fn what_somebody_decided_since_a_reading_compared_it_is_so() {
    for (engine, store) in stores().await {
        target(&store).await;
        put(&store, &[person(1, "A"), person(2, "B")]).await;
        let otherwise = SeenAccount { identity_id: Some(id(1)), drift: Some(drift()), ..account(1) };
        see(&store, &otherwise).await;
        assert_eq!(stands(&store).await, (Some(drift()), None), "{engine}");
        let decide = async |accepted: Accepted, drift: Option<Drift>| {
            let kept = Differences { id: id(1), accepted, drift };
            assert!(change(&store, async |tx| tx.keep_differences(&proof::targets(), Some(id(1)), &kept).await.unwrap()).await, "{engine}");
        };
        // Somebody left it so after it was compared.
        decide(left(), None).await;
        see(&store, &otherwise).await;
        assert_eq!(stands(&store).await, (None, Some(left())), "{engine}");
        // And another value of it is another.
        let mut others = drift();
        others.get_mut("ou").unwrap().real = vec!["Court".to_owned()];
        see(&store, &SeenAccount { drift: Some(others.clone()), ..otherwise.clone() }).await;
        assert_eq!(stands(&store).await, (Some(others), None), "{engine}");
        // Somebody leaves it so no longer.
        decide(Accepted::new(), Some(drift())).await;
        see(&store, &SeenAccount { drift: None, left: left(), ..otherwise.clone() }).await;
        assert_eq!(stands(&store).await, (Some(drift()), None), "{engine}");
        // What is as recorded is not left otherwise.
        decide(left(), None).await;
        see(&store, &SeenAccount { drift: None, ..otherwise.clone() }).await;
        assert_eq!(stands(&store).await, (None, None), "{engine}");
        // It was compared with what is recorded of somebody else.
        change(&store, async |tx| tx.correlate_account(&proof::targets(), id(1), Some(id(2)), moment()).await.unwrap()).await;
        see(&store, &otherwise).await;
        assert_eq!(stands(&store).await, (None, None), "{engine}");
    }
}

#[tokio::test]
async fn who_decides_about_an_account_waits_for_who_writes_it_and_sees_that() {
    for (engine, store) in stores().await {
        target(&store).await;
        put(&store, &[person(1, "A")]).await;
        let seen = SeenAccount { identity_id: Some(id(1)), ..account(1) };
        see(&store, &seen).await;
        let mut reading = store.write().await.unwrap();
        let otherwise = SeenAccount { drift: Some(drift()), ..seen };
        reading.see_accounts(&proof::targets(), id(100), &[otherwise], moment()).await.unwrap();
        let other = store.clone();
        let deciding =
            tokio::spawn(async move { change(&other, async |tx| tx.lock_account_view(id(1)).await.unwrap().unwrap().drift).await });
        // It begins, and waits.
        for _ in 0..200 {
            tokio::task::yield_now().await;
            store.read().await.unwrap().account(id(1)).await.unwrap();
        }
        reading.commit(event()).await.unwrap();
        assert_eq!(deciding.await.unwrap(), Some(drift()), "{engine}");
    }
}
