//! Counts for the home page.

use tenure_domain::credential::{Credential, CredentialKind, CredentialState};
use tenure_domain::grant::GrantState;
use tenure_domain::identity::{Identity, IdentityKind, LifecycleState};
use tenure_store::identities::Employment;
use tenure_store::stats::{FindingCounts, MonthFlow};

use super::support::*;

#[tokio::test]
async fn identities_and_credentials_are_counted_by_what_they_are() {
    for (engine, store) in stores().await {
        put(
            &store,
            &[person(1, "A"), person(2, "B"), Identity { state: LifecycleState::Terminated, ..person(3, "C") }, service(4, "D", None)],
        )
        .await;
        put_credentials(
            &store,
            &[
                key(1, None),
                key(2, None),
                Credential { kind: CredentialKind::Certificate, ..key(3, None) },
                Credential { state: CredentialState::Expired, ..key(4, None) },
            ],
        )
        .await;
        let mut tx = store.read().await.unwrap();
        assert_eq!(
            tx.identities_by_state().await.unwrap(),
            [
                (IdentityKind::Person, LifecycleState::Active, 2),
                (IdentityKind::Person, LifecycleState::Terminated, 1),
                (IdentityKind::Service, LifecycleState::Active, 1)
            ],
            "{engine}"
        );
        assert_eq!(tx.credentials_by_kind().await.unwrap(), [(CredentialKind::ApiKey, 2), (CredentialKind::Certificate, 1)], "{engine}");
    }
}

#[tokio::test]
async fn a_month_counts_its_first_day_and_not_the_next_months() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "A")]).await;
        let period = |n, start: &str, end: Option<&str>| Employment {
            id: id(n),
            identity_id: id(1),
            started_on: day(start),
            ended_on: end.map(day),
            start_reason: String::new(),
            end_reason: String::new(),
        };
        let rows = [
            period(1, "2024-02-01", Some("2024-02-29")),
            period(2, "2024-02-29", Some("2024-03-01")),
            period(3, "2024-03-01", None),
            period(4, "2024-01-31", None),
        ];
        change(&store, async |tx| tx.insert_employments(&proof::identities(), &rows).await.unwrap()).await;
        let flow = store.read().await.unwrap().flow_between(day("2024-02-01"), day("2024-03-01")).await.unwrap();
        assert_eq!(flow, MonthFlow { started: 2, ended: 1 }, "{engine}");
    }
}

#[tokio::test]
async fn the_heat_map_sorts_secrets_by_age_and_use() {
    for (engine, store) in stores().await {
        let with = |n, age: i64, used: Option<i64>| Credential {
            created_at: moment() - days(age),
            last_used_at: used.map(|d| moment() - days(d)),
            ..key(n, None)
        };
        put_credentials(
            &store,
            &[
                with(1, 1, Some(1)),
                with(2, 31, Some(40)),
                Credential { rotated_at: Some(moment() - days(2)), ..with(3, 500, Some(60)) },
                with(4, 500, None),
                with(5, 500, None),
                Credential { kind: CredentialKind::Session, ..with(6, 1, None) },
                Credential { state: CredentialState::Revoked, ..with(7, 1, None) },
            ],
        )
        .await;
        let back = |d: i64| moment() - days(d);
        let heat =
            store.read().await.unwrap().credential_heat([back(30), back(90), back(365)], [back(30), back(45), back(90)]).await.unwrap();
        assert_eq!(heat, [(0, 0, 1), (0, 2, 1), (1, 1, 1), (3, 4, 2)], "{engine}");
    }
}

#[tokio::test]
async fn every_finding_is_counted_once() {
    for (engine, store) in stores().await {
        small_model(&store).await;
        assert!(!store.read().await.unwrap().anything_observed().await.unwrap(), "{engine}");
        put(&store, &[person(1, "A"), Identity { state: LifecycleState::Terminated, ..person(2, "Gone") }]).await;
        put(
            &store,
            &[
                service(3, "Owned", Some(1)),
                service(4, "Orphan", None),
                service(5, "Owner gone", Some(2)),
                Identity { state: LifecycleState::Archived, ..service(6, "Away", None) },
            ],
        )
        .await;
        put_credentials(
            &store,
            &[
                key(1, None),
                key(2, Some(2)),
                Credential { state: CredentialState::Revoked, ..key(3, None) },
                Credential { expires_at: Some(moment() - days(1)), ..key(4, Some(1)) },
            ],
        )
        .await;
        let seen = tenure_store::access::NewGrant { observed_at: Some(moment()), ..grant(1, 1, 101, GrantState::OutOfBand) };
        change(&store, async |tx| tx.insert_grants(&proof::access(), &[seen, grant(2, 1, 102, GrantState::Held)]).await.unwrap()).await;
        let mut tx = store.read().await.unwrap();
        let expected = FindingCounts {
            credentials_without_owner: 1,
            credentials_of_ended: 1,
            out_of_band: 1,
            without_owner: 2,
            hand_overs: 0,
            expired_live: 1,
        };
        assert_eq!(tx.finding_counts(moment()).await.unwrap(), expected, "{engine}");
        assert!(tx.anything_observed().await.unwrap(), "{engine}");
    }
}
