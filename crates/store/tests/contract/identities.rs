//! Identities by key: written, read, changed.

use std::collections::HashSet;

use tenure_domain::identity::{Attribute, Identity, IdentityKind, LifecycleState};
use tenure_store::StoreError;
use tenure_store::identities::{Due, Employment};

use super::support::*;

#[tokio::test]
async fn what_is_put_comes_back_to_the_microsecond() {
    for (engine, store) in stores().await {
        put(&store, &[person(2, "Otto Wang"), person(3, "Owner")]).await;
        put_source(&store, &source(90, "hr")).await;
        let full = Identity {
            kind: IdentityKind::Agent,
            state: LifecycleState::OnLeave,
            user_name: "Nadia.VARGA".to_owned(),
            employee_id: Some("E1".to_owned()),
            source_id: Some(id(90)),
            given_name: "Inês".to_owned(),
            family_name: "Ångström'; --".to_owned(),
            email: "n@example.com".to_owned(),
            department: "core".to_owned(),
            title: "Team lead".to_owned(),
            purpose: "a \"purpose\"".to_owned(),
            manager_id: Some(id(2)),
            owner_id: Some(id(3)),
            persona_of: Some(id(2)),
            time_zone: "Pacific/Kiritimati".to_owned(),
            start_on: Some(day("1999-12-31")),
            end_on: Some(day("2028-02-29")),
            source_present: false,
            epoch: 7,
            attributes: [("site".to_owned(), Attribute { value: "Ålesund".to_owned(), source: "hr".to_owned() })].into(),
            version: 3,
            updated_at: moment() + days(1),
            ended_at: Some(moment() + chrono::Duration::microseconds(1)),
            ..person(1, "Nadia  Varga")
        };
        put(&store, std::slice::from_ref(&full)).await;
        assert_eq!(identity(&store, 1).await, full, "{engine}");
    }
}

#[tokio::test]
async fn a_user_name_is_unique_whatever_its_case_until_it_is_archived() {
    for (engine, store) in stores().await {
        let named = |n, name: &str| Identity { user_name: name.to_owned(), ..person(n, "x") };
        put(&store, &[named(1, "Nadia.Varga")]).await;
        let mut tx = store.write().await.unwrap();
        let error = tx.put_identities(&proof::identities(), &[named(2, "nadia.VARGA")]).await.unwrap_err();
        assert!(matches!(error, StoreError::Duplicate(_)), "{engine}: {error}");
        drop(tx);
        let found = store.read().await.unwrap().identity_by_user_name(" NADIA.varga ").await.unwrap();
        assert_eq!(found.map(|i| i.id), Some(id(1)), "{engine}");

        put(&store, &[Identity { state: LifecycleState::Archived, version: 2, ..named(1, "Nadia.Varga") }]).await;
        put(&store, &[named(2, "nadia.VARGA")]).await;
        let found = store.read().await.unwrap().identity_by_user_name("nadia.varga").await.unwrap();
        assert_eq!(found.map(|i| i.id), Some(id(2)), "{engine}: an archived one answers to none");
    }
}

#[tokio::test]
async fn a_key_of_a_source_is_unique_until_it_is_archived() {
    for (engine, store) in stores().await {
        put_source(&store, &source(90, "hr")).await;
        let listed = |n| Identity { source_id: Some(id(90)), employee_id: Some("E1".to_owned()), ..person(n, "x") };
        put(&store, &[listed(1)]).await;
        let mut tx = store.write().await.unwrap();
        assert!(matches!(tx.put_identities(&proof::identities(), &[listed(2)]).await, Err(StoreError::Duplicate(_))), "{engine}");
        drop(tx);
        put(&store, &[Identity { state: LifecycleState::Archived, version: 2, ..listed(1) }]).await;
        put(&store, &[listed(2)]).await;
        let mut tx = store.read().await.unwrap();
        let of_source: Vec<_> = tx.identities_of_source(id(90)).await.unwrap().into_iter().map(|i| i.id).collect();
        assert_eq!(of_source, [id(2)], "{engine}: who comes back after the archive is somebody new");
    }
}

#[tokio::test]
async fn a_change_of_what_somebody_else_changed_is_a_conflict() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "Before")]).await;
        let read = identity(&store, 1).await;
        let changed = |name: &str| Identity { display_name: name.to_owned(), version: read.version + 1, epoch: 99, ..read.clone() };
        change(&store, async |tx| tx.update_identity(&proof::identities(), read.version, &changed("First")).await.unwrap()).await;
        let mut tx = store.write().await.unwrap();
        let late = tx.update_identity(&proof::identities(), read.version, &changed("Second")).await;
        assert!(matches!(late, Err(StoreError::Conflict(_))), "{engine}: {late:?}");
        drop(tx);
        let now = identity(&store, 1).await;
        assert_eq!((now.display_name.as_str(), now.version, now.epoch), ("First", 2, 0), "{engine}: the epoch is only raised by an end");
    }
}

/// An import reads, somebody ends one of its people, the import writes: nobody comes back to life.
#[tokio::test]
async fn a_bulk_write_over_what_somebody_else_changed_is_a_conflict() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "A"), person(2, "B")]).await;
        let read = [identity(&store, 1).await, identity(&store, 2).await];
        change(&store, async |tx| {
            tx.update_identity(&proof::identities(), 1, &Identity { state: LifecycleState::Terminated, version: 2, ..read[1].clone() })
                .await
                .unwrap()
        })
        .await;
        let written: Vec<_> = read.iter().map(|i| Identity { title: "New".to_owned(), version: i.version + 1, ..i.clone() }).collect();
        let mut tx = store.write().await.unwrap();
        let late = tx.put_identities(&proof::identities(), &written).await;
        assert!(matches!(late, Err(StoreError::Conflict(_))), "{engine}: {late:?}");
        drop(tx);
        assert_eq!(identity(&store, 2).await.state, LifecycleState::Terminated, "{engine}");
        assert_eq!(identity(&store, 1).await.title, "", "{engine}");
    }
}

#[tokio::test]
async fn many_are_read_by_key_name_and_piece() {
    for (engine, store) in stores().await {
        let rows: Vec<_> = (1..=2500).map(|n| person(n, &format!("P{n}"))).collect();
        put(&store, &rows).await;
        let ids: Vec<_> = (1..=2600).rev().map(id).collect();
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.identity_count().await.unwrap(), 2500, "{engine}");
        assert_eq!(tx.identities(&ids).await.unwrap().len(), 2500, "{engine}");
        assert_eq!(tx.identity_names(&ids).await.unwrap()[&id(77)].display_name, "P77", "{engine}");
        assert_eq!(tx.identities(&[]).await.unwrap(), [], "{engine}");
        assert_eq!(tx.user_name_index().await.unwrap()["user2500"], id(2500), "{engine}");
        let mut seen = Vec::new();
        loop {
            let piece = tx.identities_after(seen.last().copied(), 999).await.unwrap();
            if piece.is_empty() {
                break;
            }
            seen.extend(piece.iter().map(|i| i.id));
        }
        assert_eq!(seen, (1..=2500).map(id).collect::<Vec<_>>(), "{engine}");
    }
}

#[tokio::test]
async fn a_source_knows_its_people_and_the_names_of_others() {
    for (engine, store) in stores().await {
        for (n, name) in [(90, "hr"), (91, "partners")] {
            put_source(&store, &source(n, name)).await;
        }
        let of = |n, source: Option<u128>, state| Identity {
            source_id: source.map(id),
            employee_id: source.map(|_| format!("E{n}")),
            state,
            ..person(n, "x")
        };
        let active = LifecycleState::Active;
        put(
            &store,
            &[
                of(1, Some(90), active),
                of(2, Some(90), LifecycleState::Terminated),
                of(3, Some(90), LifecycleState::Archived),
                of(4, Some(91), active),
                of(5, None, active),
            ],
        )
        .await;
        let mut tx = store.read().await.unwrap();
        let mut own: Vec<_> = tx.identities_of_source(id(90)).await.unwrap().into_iter().map(|i| i.id).collect();
        own.sort_unstable();
        assert_eq!(own, [id(1), id(2)], "{engine}");
        assert_eq!(tx.user_names_outside(id(90)).await.unwrap(), HashSet::from(["user4".to_owned(), "user5".to_owned()]), "{engine}");
        drop(tx);
        change(&store, async |tx| tx.mark_presence(&proof::identities(), &[id(1), id(2)], false).await.unwrap()).await;
        assert!(!identity(&store, 1).await.source_present, "{engine}");
        assert!(identity(&store, 4).await.source_present, "{engine}");
    }
}

#[tokio::test]
async fn days_that_are_due_are_found_in_their_order() {
    for (engine, store) in stores().await {
        let with = |n, state, start: Option<&str>, end: Option<&str>| Identity {
            state,
            start_on: start.map(day),
            end_on: end.map(day),
            ..person(n, "x")
        };
        use LifecycleState::{Active, PreHire, Suspended, Terminated};
        put(
            &store,
            &[
                with(1, Active, None, Some("2024-03-01")),
                with(2, Suspended, None, Some("2024-02-01")),
                with(3, Active, None, Some("2024-03-02")),
                with(4, Terminated, None, Some("2024-01-01")),
                with(5, PreHire, Some("2024-03-02"), None),
                with(6, PreHire, Some("2024-03-03"), None),
                with(7, Active, Some("2024-01-01"), None),
            ],
        )
        .await;
        let mut tx = store.read().await.unwrap();
        let utc = [("UTC".to_owned(), day("2024-03-02"))];
        let ending: Vec<_> = tx.identities_due(Due::End, &utc, 10).await.unwrap().into_iter().map(|i| i.id).collect();
        assert_eq!(ending, [id(2), id(1)], "{engine}");
        assert_eq!(tx.identities_due(Due::End, &utc, 1).await.unwrap().len(), 1, "{engine}");
        let starting: Vec<_> = tx.identities_due(Due::Start, &utc, 10).await.unwrap().into_iter().map(|i| i.id).collect();
        assert_eq!(starting, [id(5)], "{engine}");
    }
}

#[tokio::test]
async fn what_is_due_is_due_by_the_day_of_each_time_zone() {
    for (engine, store) in stores().await {
        let in_zone = |n, zone: &str, end: &str| Identity { time_zone: zone.to_owned(), end_on: Some(day(end)), ..person(n, "x") };
        put(
            &store,
            &[
                in_zone(1, "Pacific/Pago_Pago", "2024-03-31"),
                in_zone(2, "Pacific/Kiritimati", "2024-04-01"),
                in_zone(3, "UTC", "2024-03-31"),
                in_zone(4, "Asia/Tokyo", "2024-04-05"),
            ],
        )
        .await;
        let mut tx = store.read().await.unwrap();
        let mut zones = tx.zones_with_due(Due::End, day("2024-04-02")).await.unwrap();
        zones.sort();
        assert_eq!(zones, ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"], "{engine}");
        let days = [("Pacific/Pago_Pago", "2024-03-31"), ("UTC", "2024-04-01"), ("Pacific/Kiritimati", "2024-04-02")]
            .map(|(zone, today)| (zone.to_owned(), day(today)));
        let due = tx.identities_due(Due::End, &days, 2).await.unwrap();
        assert_eq!(due.iter().map(|i| i.id).collect::<Vec<_>>(), [id(3), id(2)], "{engine}");
        assert!(tx.identities_due(Due::End, &[], 2).await.unwrap().is_empty(), "{engine}");
    }
}

#[tokio::test]
async fn reports_and_owned_identities_are_those_that_live() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "Boss")]).await;
        let report = |n, name: &str, state| Identity { manager_id: Some(id(1)), state, ..person(n, name) };
        put(
            &store,
            &[
                report(2, "Zoe", LifecycleState::Active),
                report(3, "Ann", LifecycleState::OnLeave),
                report(4, "Gone", LifecycleState::Terminated),
            ],
        )
        .await;
        put(&store, &[service(5, "Robot", Some(1)), Identity { state: LifecycleState::Archived, ..service(6, "Old robot", Some(1)) }])
            .await;
        let mut tx = store.read().await.unwrap();
        let reports: Vec<_> = tx.reports_of(id(1)).await.unwrap().into_iter().map(|i| i.display_name).collect();
        assert_eq!(reports, ["Ann", "Zoe"], "{engine}");
        assert!(tx.has_reports(id(1)).await.unwrap() && !tx.has_reports(id(2)).await.unwrap(), "{engine}");
        let owned: Vec<_> = tx.owned_by(id(1)).await.unwrap().into_iter().map(|i| i.display_name).collect();
        assert_eq!(owned, ["Robot"], "{engine}");
    }
}

#[tokio::test]
async fn periods_of_employment_come_newest_first() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "A")]).await;
        let period = |n, start: &str, end: Option<&str>, why: &str| Employment {
            id: id(n),
            identity_id: id(1),
            started_on: day(start),
            ended_on: end.map(day),
            start_reason: why.to_owned(),
            end_reason: String::new(),
        };
        let rows = [period(1, "2019-01-01", Some("2020-06-30"), "joiner"), period(2, "2022-01-01", None, "rehire")];
        change(&store, async |tx| tx.insert_employments(&proof::identities(), &rows).await.unwrap()).await;
        let found = store.read().await.unwrap().employments_of(id(1)).await.unwrap();
        assert_eq!(found, [rows[1].clone(), rows[0].clone()], "{engine}");
    }
}

#[tokio::test]
async fn departments_are_listed_once_each_without_the_empty_one() {
    for (engine, store) in stores().await {
        assert_eq!(store.read().await.unwrap().departments().await.unwrap(), Vec::<String>::new(), "{engine}");
        let of = |n, department: &str| Identity { department: department.to_owned(), ..person(n, "x") };
        put(&store, &[of(1, "core"), of(2, "Éducation"), of(3, "core"), of(4, ""), of(5, "Cargo"), of(6, "a-b"), of(7, "a b")]).await;
        let found = store.read().await.unwrap().departments().await.unwrap();
        assert_eq!(found, ["Cargo", "a b", "a-b", "core", "Éducation"], "{engine}: in one order on every engine");
    }
}

#[tokio::test]
async fn a_reference_to_nobody_is_refused() {
    for (engine, store) in stores().await {
        let mut tx = store.write().await.unwrap();
        tx.put_identities(&proof::identities(), &[service(1, "A", Some(99))]).await.unwrap();
        assert!(tx.commit(event()).await.is_err(), "{engine}");
        assert_eq!(store.read().await.unwrap().identity_count().await.unwrap(), 0, "{engine}");
    }
}

#[tokio::test]
async fn work_that_can_wait_passes_over_who_is_being_changed() {
    for (engine, store) in stores().await.into_iter().filter(|(_, s)| s.engine() == tenure_store::Engine::Postgres) {
        put(&store, &[person(1, "A"), person(2, "B")]).await;
        let mut one = store.write().await.unwrap();
        one.lock_identities(&[id(1)]).await.unwrap();
        let mut two = store.write().await.unwrap();
        let free = two.lock_free_identities(&[id(1), id(2)]).await.unwrap();
        assert_eq!(free.into_keys().collect::<Vec<_>>(), [id(2)], "{engine}");
    }
}

#[tokio::test]
async fn two_who_wait_for_each_other_are_told_apart_from_a_fault() {
    for (engine, store) in stores().await.into_iter().filter(|(_, s)| s.engine() == tenure_store::Engine::Postgres) {
        put(&store, &[person(1, "A"), person(2, "B")]).await;
        let (mut one, mut two) = (store.write().await.unwrap(), store.write().await.unwrap());
        one.lock_identities(&[id(1)]).await.unwrap();
        two.lock_identities(&[id(2)]).await.unwrap();
        let (first, second) = tokio::join!(async { one.lock_identities(&[id(2)]).await.map(|_| drop(one)) }, async {
            two.lock_identities(&[id(1)]).await.map(|_| drop(two))
        });
        let told = [first, second].into_iter().filter(|r| matches!(r, Err(tenure_store::StoreError::Collision))).count();
        assert_eq!(told, 1, "{engine}: one is stopped, the other goes on");
    }
}
