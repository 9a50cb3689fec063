//! The inventory of credentials.

use tenure_domain::access::PortalRole;
use tenure_domain::credential::{Credential, CredentialKind, CredentialOrigin, CredentialState};
use tenure_domain::fold::fold;
use tenure_domain::identity::{Identity, LifecycleState};
use tenure_store::credentials::{CredentialFilter, CredentialSort};
use tenure_store::{Direction, PageRequest, StoreError};

use super::support::*;

#[tokio::test]
async fn what_is_recorded_comes_back_with_the_names_beside_it() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "Nadia")]).await;
        small_model(&store).await;
        let full = Credential {
            application_id: Some(id(100)),
            state: CredentialState::Rotating,
            last_used_at: Some(moment() + days(1)),
            rotated_at: Some(moment() + days(2)),
            expires_at: Some(moment() + days(3)),
            ended_at: Some(moment() + days(4)),
            dependents: vec!["nightly \"job\"".to_owned(), "é".to_owned()],
            version: 4,
            ..key(1, Some(1))
        };
        put_credentials(&store, std::slice::from_ref(&full)).await;
        let mut tx = store.read().await.unwrap();
        let view = tx.credential(id(1)).await.unwrap().unwrap();
        assert_eq!(view.credential, full, "{engine}");
        assert_eq!(
            (view.owner.as_deref(), view.owner_state, view.application.as_deref()),
            (Some("Nadia"), Some(LifecycleState::Active), Some("Ledger")),
            "{engine}"
        );
        assert_eq!(tx.credential(id(2)).await.unwrap(), None, "{engine}");
        assert_eq!(tx.credential_of_issuer("vault", "x1").await.unwrap(), Some(full.clone()), "{engine}");
        assert_eq!(tx.credential_of_issuer("vault", "X1").await.unwrap(), None, "{engine}");
        assert_eq!(tx.credentials_of_issuer("vault").await.unwrap(), [full], "{engine}");
    }
}

#[tokio::test]
async fn the_same_name_at_the_same_issuer_is_the_same_credential() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "Nadia")]).await;
        put_credentials(&store, &[key(1, None)]).await;
        let known = credential_of(&store, id(1)).await;
        let again = Credential {
            id: id(2),
            external_id: known.external_id.clone(),
            label: "Renamed".to_owned(),
            identity_id: Some(id(1)),
            version: 2,
            ..key(2, Some(1))
        };
        put_credentials(&store, &[again]).await;
        let now = credential_of(&store, id(1)).await;
        assert_eq!((now.label.as_str(), now.identity_id, now.version), ("Renamed", Some(id(1)), 2), "{engine}: it keeps its key");
        assert_eq!(store.read().await.unwrap().credentials_of_issuer("vault").await.unwrap().len(), 1, "{engine}");
    }
}

#[tokio::test]
async fn a_write_over_what_somebody_else_changed_is_a_conflict() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "Nadia")]).await;
        put_credentials(&store, &[key(1, Some(1))]).await;
        change(&store, async |tx| {
            tx.set_credential_state(&proof::credentials(), id(1), 1, CredentialState::Revoking, moment()).await.unwrap()
        })
        .await;
        let mut tx = store.write().await.unwrap();
        let late = tx.put_credentials(&proof::credentials(), &[Credential { version: 2, ..key(1, Some(1)) }]).await;
        assert!(matches!(late, Err(StoreError::Conflict(_))), "{engine}: {late:?}");
        drop(tx);
        assert_eq!(credential_of(&store, id(1)).await.state, CredentialState::Revoking, "{engine}: what is owed stays owed");
    }
}

#[tokio::test]
async fn a_state_is_set_once_and_notes_the_end_of_what_is_dead() {
    for (engine, store) in stores().await {
        put_credentials(&store, &[key(1, None), key(2, None)]).await;
        let set = async |n, version, state| {
            let mut tx = store.write().await.unwrap();
            let done = tx.set_credential_state(&proof::credentials(), id(n), version, state, moment()).await;
            tx.commit(event()).await.unwrap();
            done
        };
        set(1, 1, CredentialState::Revoked).await.unwrap();
        assert!(matches!(set(1, 1, CredentialState::Active).await, Err(StoreError::Conflict(_))), "{engine}");
        set(2, 1, CredentialState::Revoking).await.unwrap();
        assert_eq!(credential_of(&store, id(1)).await.ended_at, Some(moment()), "{engine}");
        assert_eq!((credential_of(&store, id(2)).await.ended_at, credential_of(&store, id(2)).await.version), (None, 2), "{engine}");
    }
}

#[tokio::test]
async fn only_what_ran_out_and_still_lives_expires() {
    for (engine, store) in stores().await {
        let with = |n, state, end: Option<i64>| Credential { state, expires_at: end.map(|d| moment() + days(d)), ..key(n, None) };
        use CredentialState::{Active, Compromised, Issued, Revoked, Revoking, Suspended};
        put_credentials(
            &store,
            &[
                with(1, Active, Some(0)),
                with(2, Issued, Some(-1)),
                with(3, Suspended, Some(-2)),
                with(4, Active, Some(1)),
                with(5, Active, None),
                with(6, Revoked, Some(-1)),
                with(7, Revoking, Some(-1)),
                with(8, Compromised, Some(-1)),
            ],
        )
        .await;
        let expire =
            async |limit| change(&store, async |tx| tx.expire_credentials(&proof::credentials(), moment(), limit).await.unwrap()).await;
        assert_eq!(expire(1).await.into_iter().map(|c| c.id).collect::<Vec<_>>(), [id(3)], "{engine}: the longest overdue first");
        let mut rest: Vec<_> = expire(10).await.into_iter().map(|c| (c.id, c.state, c.ended_at, c.version)).collect();
        rest.sort_unstable_by_key(|r| r.0);
        assert_eq!(
            rest,
            [(id(1), CredentialState::Expired, Some(moment()), 2), (id(2), CredentialState::Expired, Some(moment() - days(1)), 2)],
            "{engine}"
        );
        assert!(expire(10).await.is_empty(), "{engine}");
        assert_eq!(credential_of(&store, id(7)).await.state, Revoking, "{engine}: a revocation that is owed stays owed");
    }
}

#[tokio::test]
async fn each_filter_lets_only_its_own_through() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "Live"), Identity { state: LifecycleState::Terminated, ..person(2, "Gone") }]).await;
        let base = |n, owner| Credential {
            created_at: moment() - days(400),
            last_used_at: Some(moment()),
            rotated_at: Some(moment()),
            ..key(n, owner)
        };
        put_credentials(
            &store,
            &[
                Credential { label: "Alpha_1%".to_owned(), ..base(1, Some(1)) },
                Credential {
                    label: "alpha 2".to_owned(),
                    kind: CredentialKind::SshKey,
                    last_used_at: Some(moment() - days(50)),
                    ..base(2, Some(1))
                },
                Credential { state: CredentialState::Revoked, identity_id: None, ..base(3, None) },
                Credential { ..base(4, None) },
                Credential { state: CredentialState::Revoking, ..base(5, Some(2)) },
                Credential { state: CredentialState::Expired, ..base(6, Some(2)) },
                Credential {
                    expires_at: Some(moment() + days(10)),
                    last_used_at: None,
                    created_at: moment() - days(46),
                    rotated_at: None,
                    ..base(7, Some(1))
                },
                Credential { rotated_at: None, ..base(8, Some(1)) },
                Credential { kind: CredentialKind::Session, rotated_at: None, ..base(9, Some(1)) },
            ],
        )
        .await;
        let none = CredentialFilter::default;
        for (name, filter, expected) in [
            ("label", CredentialFilter { label: "ALPHA".to_owned(), ..none() }, vec![1, 2]),
            ("label with signs", CredentialFilter { label: "alpha_".to_owned(), ..none() }, vec![1]),
            ("percent", CredentialFilter { label: "%".to_owned(), ..none() }, vec![]),
            ("kind", CredentialFilter { kind: Some(CredentialKind::SshKey), ..none() }, vec![2]),
            ("state", CredentialFilter { state: Some(CredentialState::Expired), ..none() }, vec![6]),
            ("live", CredentialFilter { live: true, ..none() }, vec![1, 2, 4, 5, 7, 8, 9]),
            ("identity", CredentialFilter { identity_id: Some(id(2)), ..none() }, vec![5, 6]),
            ("without owner", CredentialFilter { without_owner: true, ..none() }, vec![4]),
            ("ended owner", CredentialFilter { ended_owner: true, ..none() }, vec![5]),
            ("due", CredentialFilter { expires_before: Some(moment() + days(30)), ..none() }, vec![7]),
            ("dormant", CredentialFilter { unused_since: Some(moment() - days(45)), ..none() }, vec![2]),
            ("overdue", CredentialFilter { unrotated_since: Some(moment() - days(365)), ..none() }, vec![8]),
            ("two at once", CredentialFilter { kind: Some(CredentialKind::ApiKey), without_owner: true, ..none() }, vec![4]),
        ] {
            let mut tx = store.read().await.unwrap();
            let mut found: Vec<_> = tx
                .list_credentials(everything(), &filter, &PageRequest::default())
                .await
                .unwrap()
                .rows
                .iter()
                .map(|c| c.credential.id)
                .collect();
            found.sort_unstable();
            assert_eq!(found, expected.iter().map(|n| id(*n)).collect::<Vec<_>>(), "{engine}: {name}");
            assert_eq!(tx.count_credentials(everything(), &filter, 100).await.unwrap(), expected.len() as i64, "{engine}: {name}");
        }
        assert_eq!(store.read().await.unwrap().count_credentials(everything(), &none(), 4).await.unwrap(), 4, "{engine}");
        let first = store.read().await.unwrap().credentials_of(id(2), 10).await.unwrap();
        assert_eq!(first.iter().map(|c| c.credential.id).collect::<Vec<_>>(), [id(5), id(6)], "{engine}: the dead last");
    }
}

#[tokio::test]
async fn walking_all_pages_meets_every_credential_once_in_every_order() {
    for (engine, store) in stores().await {
        let labels = ["Zeta", "alpha", "Alpha", "a-b", "a b", "Éclair", "deploy"];
        let kinds = [CredentialKind::ApiKey, CredentialKind::Certificate, CredentialKind::Token];
        let states = [CredentialState::Active, CredentialState::Revoked];
        let rows: Vec<_> = (0..30_usize)
            .map(|n| Credential { label: labels[n % 7].to_owned(), kind: kinds[n % 3], state: states[n % 2], ..key(n as u128 + 1, None) })
            .collect();
        put_credentials(&store, &rows).await;
        for sort in [CredentialSort::Label, CredentialSort::Kind, CredentialSort::State] {
            for direction in [Direction::Ascending, Direction::Descending] {
                let mut expected = rows.clone();
                expected.sort_by_key(|c| {
                    let first = match sort {
                        CredentialSort::Label => String::new(),
                        CredentialSort::Kind => c.kind.to_string(),
                        CredentialSort::State => c.state.to_string(),
                    };
                    (first, fold(&c.label), c.id)
                });
                if direction == Direction::Descending {
                    expected.reverse();
                }
                let expected: Vec<_> = expected.into_iter().map(|c| c.id).collect();
                for limit in [1, 4, 30] {
                    let filter = CredentialFilter { sort, direction, ..CredentialFilter::default() };
                    let mut tx = store.read().await.unwrap();
                    let mut request = PageRequest { limit, ..PageRequest::default() };
                    let mut forward = Vec::new();
                    let mut last = loop {
                        let page = tx.list_credentials(everything(), &filter, &request).await.unwrap();
                        forward.extend(page.rows.iter().map(|c| c.credential.id));
                        match page.next.clone() {
                            Some(next) => request.after = Some(next),
                            None => break page,
                        }
                    };
                    assert_eq!(forward, expected, "{engine} {sort:?} {direction:?} by {limit}");
                    let mut backward: Vec<_> = last.rows.iter().rev().map(|c| c.credential.id).collect();
                    while let Some(previous) = last.previous.clone() {
                        last = tx
                            .list_credentials(
                                everything(),
                                &filter,
                                &PageRequest { before: Some(previous), limit, ..PageRequest::default() },
                            )
                            .await
                            .unwrap();
                        backward.extend(last.rows.iter().rev().map(|c| c.credential.id));
                    }
                    backward.reverse();
                    assert_eq!(backward, expected, "{engine} {sort:?} {direction:?} by {limit}, backward");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_scope_is_part_of_the_query() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "Me"), person(2, "Stranger")]).await;
        put(&store, &[Identity { manager_id: Some(id(1)), ..person(3, "Report") }, service(4, "Mine", Some(1))]).await;
        put_credentials(&store, &[key(1, Some(1)), key(2, Some(2)), key(3, Some(3)), key(4, Some(4)), key(5, None)]).await;
        for (roles, expected) in [
            (vec![PortalRole::Employee], vec![1, 4]),
            (vec![PortalRole::Employee, PortalRole::Manager], vec![1, 3, 4]),
            (vec![PortalRole::Auditor], vec![1, 2, 3, 4, 5]),
        ] {
            let scope = scope_of(id(1), &roles);
            let mut tx = store.read().await.unwrap();
            let mut found: Vec<_> = tx
                .list_credentials(scope, &CredentialFilter::default(), &PageRequest::default())
                .await
                .unwrap()
                .rows
                .iter()
                .map(|c| c.credential.id)
                .collect();
            found.sort_unstable();
            assert_eq!(found, expected.iter().map(|n| id(*n)).collect::<Vec<_>>(), "{engine}: {roles:?}");
            assert_eq!(
                tx.count_credentials(scope, &CredentialFilter::default(), 100).await.unwrap(),
                expected.len() as i64,
                "{engine}: {roles:?}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_revoked_while_it_expires_stays_revoked() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "A")]).await;
        let over = Credential { expires_at: Some(moment()), ..credential(7, Some(1), CredentialKind::ApiKey, CredentialOrigin::Recorded) };
        put_credentials(&store, &[over]).await;
        let mut revoking = store.write().await.unwrap();
        revoking.set_credential_state(&proof::credentials(), id(7), 1, CredentialState::Revoking, moment()).await.unwrap();
        let other = store.clone();
        let expiry = tokio::spawn(async move {
            change(&other, async |tx| tx.expire_credentials(&proof::credentials(), moment(), 9).await.unwrap()).await
        });
        // The expiry begins, and waits for the revocation.
        for _ in 0..200 {
            tokio::task::yield_now().await;
            store.read().await.unwrap().credential(id(7)).await.unwrap();
        }
        revoking.commit(event()).await.unwrap();
        assert_eq!(expiry.await.unwrap(), [], "{engine}");
        assert_eq!(credential_of(&store, id(7)).await.state, CredentialState::Revoking, "{engine}");
    }
}
