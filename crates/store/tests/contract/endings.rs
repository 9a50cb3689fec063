//! The one way to end identities.

use tenure_domain::access::{PortalRole, TokenScopes};
use tenure_domain::credential::{CredentialKind, CredentialOrigin, CredentialState};
use tenure_domain::grant::GrantState;
use tenure_domain::identity::{Identity, LifecycleState};
use tenure_domain::operation::{OperationKind, OperationState};
use tenure_store::accounts::{ApiTokenRow, SessionRecord, SetupLink};
use tenure_store::endings::{EndEffects, Ending};
use tenure_store::identities::Employment;
use tenure_store::{Store, StoreError};
use uuid::Uuid;

use super::support::*;

fn ending(n: u128) -> Ending {
    Ending {
        id: id(n),
        at: moment(),
        on: day("2024-02-29"),
        reason: "left".to_owned(),
        channel: "cli".to_owned(),
        actor: "test".to_owned(),
    }
}

async fn end(
    store: &Store,
    n: u128,
    members: &[u128],
) -> Result<std::collections::HashMap<tenure_domain::id::IdentityId, EndEffects>, StoreError> {
    let members: Vec<_> = members.iter().map(|m| id(*m)).collect();
    let mut tx = store.write().await?;
    let effects = tx.end_identities(&proof::end(), &ending(n), &members, &Uuid::now_v7).await?;
    tx.commit(event()).await?;
    Ok(effects)
}

/// Somebody with one of everything.
async fn rich(store: &Store) {
    small_model(store).await;
    put(store, &[Identity { epoch: 4, ..person(1, "Leaver") }, person(2, "Stays")]).await;
    put(
        store,
        &[
            service(3, "Robot", Some(1)),
            Identity { state: LifecycleState::Terminated, ..service(4, "Dead robot", Some(1)) },
            service(5, "Another's", Some(2)),
        ],
    )
    .await;
    let issued = |n, kind| credential(n, Some(1), kind, CredentialOrigin::Issued);
    put_credentials(
        store,
        &[
            issued(10, CredentialKind::Session),
            issued(11, CredentialKind::Token),
            issued(12, CredentialKind::Password),
            key(13, Some(1)),
            tenure_domain::credential::Credential { state: CredentialState::Compromised, ..key(14, Some(1)) },
            tenure_domain::credential::Credential { state: CredentialState::Revoking, ..key(15, Some(1)) },
            tenure_domain::credential::Credential { state: CredentialState::Expired, ..key(16, Some(1)) },
            key(17, Some(2)),
        ],
    )
    .await;
    change(store, async |tx| {
        tx.insert_employments(
            &proof::identities(),
            &[Employment {
                id: id(1),
                identity_id: id(1),
                started_on: day("2020-01-01"),
                ended_on: None,
                start_reason: "joiner".to_owned(),
                end_reason: String::new(),
            }],
        )
        .await
        .unwrap();
        tx.insert_assignments(&proof::access(), &[assignment(1, 1, 111), assignment(2, 1, 112), assignment(3, 2, 111)]).await.unwrap();
        tx.grace_assignments(&proof::access(), &[id(2)], moment() + days(5)).await.unwrap();
        tx.insert_grants(
            &proof::access(),
            &[
                grant(1, 1, 101, GrantState::Held),
                grant(2, 1, 102, GrantState::OutOfBand),
                grant(3, 1, 103, GrantState::RemovalOwed),
                grant(4, 2, 101, GrantState::Held),
            ],
        )
        .await
        .unwrap();
        tx.grant_portal_role(&proof::accounts(), id(1), PortalRole::Admin, moment()).await.unwrap();
        tx.put_local_account(&proof::accounts(), id(1), "hash", moment()).await.unwrap();
        tx.put_setup_link(
            &proof::accounts(),
            &SetupLink {
                token_hash: vec![3],
                identity_id: id(1),
                created_at: moment(),
                expires_at: moment() + days(1),
                used_at: None,
                purpose: tenure_domain::credential::LinkPurpose::SetUp,
            },
        )
        .await
        .unwrap();
        tx.insert_api_token(
            &proof::credentials(),
            &ApiTokenRow {
                token_hash: vec![2],
                credential_id: id(11),
                identity_id: id(1),
                epoch: 4,
                scopes: TokenScopes::all(),
                networks: Default::default(),
                hint: "t".to_owned(),
                expires_at: moment() + days(1),
            },
        )
        .await
        .unwrap();
    })
    .await;
    store
        .put_session(
            &SessionRecord {
                id_hash: vec![1],
                identity_id: Some(id(1)),
                credential_id: Some(id(10)),
                epoch: Some(4),
                data: serde_json::json!({}),
                expires_at: moment() + days(1),
                address: String::new(),
            },
            moment(),
        )
        .await
        .unwrap();
}

const EFFECTS: EndEffects = EndEffects {
    sessions: 1,
    api_tokens: 1,
    issued_revoked: 1,
    revocations_owed: 2,
    removals_owed: 2,
    accounts_owed: 0,
    assignments: 2,
    hand_overs: 1,
};

#[tokio::test]
async fn an_end_kills_what_tenure_controls_and_owes_the_rest() {
    for (engine, store) in stores().await {
        rich(&store).await;
        let before = identity(&store, 1).await;
        let mut tx = store.read().await.unwrap();
        assert!(
            tx.live_session(&[1], moment()).await.unwrap().is_some() && store.token_holder(&[2], moment()).await.unwrap().is_some(),
            "{engine}"
        );
        assert_eq!(tx.end_effects(id(1)).await.unwrap(), EFFECTS, "{engine}: the preview");
        drop(tx);

        let effects = end(&store, 1, &[1]).await.unwrap();
        assert_eq!(effects[&id(1)], EFFECTS, "{engine}: what happened is what was shown");

        let after = identity(&store, 1).await;
        assert_eq!(
            (after.state, after.epoch, after.version, after.ended_at),
            (LifecycleState::Terminated, before.epoch + 1, before.version + 1, Some(moment())),
            "{engine}"
        );
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.live_session(&[1], moment()).await.unwrap(), None, "{engine}");
        assert_eq!(store.token_holder(&[2], moment()).await.unwrap(), None, "{engine}");
        assert_eq!(tx.setup_link(&[3]).await.unwrap(), None, "{engine}");
        assert_eq!(tx.local_account(id(1)).await.unwrap(), None, "{engine}");
        assert!(tx.portal_roles_of(id(1)).await.unwrap().is_empty(), "{engine}");
        assert!(tx.assignments_of(id(1)).await.unwrap().is_empty(), "{engine}");
        assert!(tx.grants_of(id(1)).await.unwrap().iter().all(|g| g.state == GrantState::RemovalOwed), "{engine}");
        let employment = &tx.employments_of(id(1)).await.unwrap()[0];
        assert_eq!((employment.ended_on, employment.end_reason.as_str()), (Some(day("2024-02-29")), "left"), "{engine}");
        let operations = tx.operations_of(id(1), 50).await.unwrap();
        let count = |kind| operations.iter().filter(|o| o.kind == kind && o.state == OperationState::Queued).count();
        assert_eq!((count(OperationKind::RemoveEntitlement), count(OperationKind::RevokeCredential)), (2, 2), "{engine}");
        drop(tx);
        use CredentialState::{Active, Expired, Revoked, Revoking};
        for (n, state, ended) in [
            (10, Revoked, true),
            (11, Revoked, true),
            (12, Revoked, true),
            (13, Revoking, false),
            (14, Revoking, false),
            (15, Revoking, false),
            (16, Expired, false),
            (17, Active, false),
        ] {
            let c = credential_of(&store, id(n)).await;
            assert_eq!((c.state, c.ended_at.is_some()), (state, ended), "{engine}: credential {n}");
        }
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.grants_of(id(2)).await.unwrap()[0].state, GrantState::Held, "{engine}: nobody else is touched");
        assert_eq!(tx.assignments_of(id(2)).await.unwrap().len(), 1, "{engine}");
    }
}

#[tokio::test]
async fn what_has_ended_ends_no_second_time_and_drags_nobody_along() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "A"), person(2, "B")]).await;
        end(&store, 1, &[1]).await.unwrap();
        assert!(matches!(end(&store, 2, &[2, 1]).await, Err(StoreError::Conflict(_))), "{engine}");
        assert_eq!(identity(&store, 2).await.state, LifecycleState::Active, "{engine}: all or nothing");
        assert_eq!(identity(&store, 1).await.epoch, 1, "{engine}");
    }
}

#[tokio::test]
async fn owned_identities_get_one_task_which_is_closed_once() {
    for (engine, store) in stores().await {
        rich(&store).await;
        end(&store, 1, &[1]).await.unwrap();
        let tasks = store.read().await.unwrap().open_hand_overs(10).await.unwrap();
        assert_eq!(tasks.iter().map(|t| (t.identity_id, t.former_owner.as_str())).collect::<Vec<_>>(), [(id(3), "Leaver")], "{engine}");
        change(&store, async |tx| tx.finish_hand_over(&proof::hand_overs(), tasks[0].id, id(2), moment()).await.unwrap()).await;
        let mut tx = store.write().await.unwrap();
        assert!(
            matches!(tx.finish_hand_over(&proof::hand_overs(), tasks[0].id, id(2), moment()).await, Err(StoreError::Conflict(_))),
            "{engine}"
        );
        drop(tx);
        let mut tx = store.read().await.unwrap();
        assert!(tx.open_hand_overs(10).await.unwrap().is_empty(), "{engine}");
        assert_eq!(tx.hand_over(tasks[0].id).await.unwrap().unwrap().state, "done", "{engine}");
        assert_eq!(tx.hand_over(id(99)).await.unwrap(), None, "{engine}");
    }
}

#[tokio::test]
async fn an_owner_who_comes_by_another_way_closes_the_task_too() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "Owner"), person(2, "Next")]).await;
        put(&store, &[service(3, "Robot", Some(1))]).await;
        end(&store, 1, &[1]).await.unwrap();
        let task = store.read().await.unwrap().open_hand_overs(10).await.unwrap().remove(0);
        for closed in [1, 0] {
            let n = change(&store, async |tx| tx.close_hand_overs_of(&proof::hand_overs(), id(3), id(2), moment()).await.unwrap()).await;
            assert_eq!(n, closed, "{engine}");
        }
        let task = store.read().await.unwrap().hand_over(task.id).await.unwrap().unwrap();
        assert_eq!((task.state.as_str(), task.new_owner.as_deref()), ("done", Some("Next")), "{engine}");
    }
}

#[tokio::test]
async fn a_task_ends_with_the_identity_that_it_is_about() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "Owner")]).await;
        put(&store, &[service(2, "Robot", Some(1))]).await;
        end(&store, 1, &[1]).await.unwrap();
        end(&store, 2, &[2]).await.unwrap();
        assert!(store.read().await.unwrap().open_hand_overs(10).await.unwrap().is_empty(), "{engine}: nobody needs to own what has ended");
    }
}

#[tokio::test]
async fn owner_and_owned_that_end_together_leave_no_task() {
    for (engine, store) in stores().await {
        put(&store, &[person(1, "Owner")]).await;
        put(&store, &[service(2, "Robot", Some(1)), Identity { persona_of: Some(id(1)), ..person(3, "Owner's admin") }]).await;
        let personas = store.read().await.unwrap().live_personas_of(&[id(1)]).await.unwrap();
        assert_eq!(personas, [id(3)], "{engine}");
        let effects = end(&store, 1, &[1, 2, 3]).await.unwrap();
        assert_eq!(effects.values().map(|e| e.hand_overs).sum::<usize>(), 0, "{engine}");
        let mut tx = store.read().await.unwrap();
        assert!(tx.open_hand_overs(10).await.unwrap().is_empty(), "{engine}");
        assert!(tx.live_personas_of(&[id(1)]).await.unwrap().is_empty(), "{engine}");
    }
}

#[tokio::test]
async fn a_period_that_was_to_end_earlier_ended_then() {
    for (engine, store) in stores().await {
        put(
            &store,
            &[
                Identity { end_on: Some(day("2024-02-10")), ..person(1, "A") },
                Identity { end_on: Some(day("2030-01-01")), ..person(2, "B") },
            ],
        )
        .await;
        let period = |n: u128| Employment {
            id: id(n),
            identity_id: id(n),
            started_on: day("2020-01-01"),
            ended_on: None,
            start_reason: "joiner".to_owned(),
            end_reason: String::new(),
        };
        change(&store, async |tx| tx.insert_employments(&proof::identities(), &[period(1), period(2)]).await.unwrap()).await;
        end(&store, 1, &[1, 2]).await.unwrap();
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.employments_of(id(1)).await.unwrap()[0].ended_on, Some(day("2024-02-10")), "{engine}");
        assert_eq!(tx.employments_of(id(2)).await.unwrap()[0].ended_on, Some(day("2024-02-29")), "{engine}");
    }
}

#[tokio::test]
async fn a_thousand_end_in_one_transaction() {
    for (engine, store) in stores().await {
        small_model(&store).await;
        let rows: Vec<_> = (1..=1000).map(|n| person(n, "Leaver")).collect();
        put(&store, &rows).await;
        put_credentials(&store, &(1..=1000).map(|n| key(n + 10_000, Some(n))).collect::<Vec<_>>()).await;
        change(&store, async |tx| {
            tx.insert_grants(
                &proof::access(),
                &(1..=1000)
                    .flat_map(|n| [grant(20_000 + n, n, 101, GrantState::Held), grant(30_000 + n, n, 102, GrantState::Held)])
                    .collect::<Vec<_>>(),
            )
            .await
            .unwrap()
        })
        .await;
        let effects = end(&store, 1, &(1..=1000).collect::<Vec<_>>()).await.unwrap();
        assert!(effects.len() == 1000 && effects.values().all(|e| (e.revocations_owed, e.removals_owed) == (1, 2)), "{engine}");
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.open_operations().await.unwrap(), 3000, "{engine}");
        assert!(tx.identities_by_state().await.unwrap().iter().all(|(_, state, _)| *state == LifecycleState::Terminated), "{engine}");
    }
}

#[tokio::test]
async fn what_an_ending_left_open_is_counted_by_state_with_the_moment_of_the_last_change() {
    for (engine, store) in stores().await {
        rich(&store).await;
        end(&store, 1, &[1]).await.unwrap();
        let counts = async || {
            let counts = store.read().await.unwrap().record_counts(id(1), id(1)).await.unwrap();
            counts.into_iter().map(|c| (c.state, c.is_open, c.n, c.newest)).collect::<Vec<_>>()
        };
        let is = |state: &str, is_open: bool, n: i64, newest| (state.to_owned(), is_open, n, newest);
        assert_eq!(counts().await, [is("hand-over open", true, 1, moment()), is("queued", true, 4, moment())], "{engine}");
        let later = moment() + days(1);
        change(&store, async |tx| {
            tx.settle_grant_operations(&proof::access(), &[id(1)], OperationState::Verified, later).await.unwrap();
        })
        .await;
        let now = [is("hand-over open", true, 1, moment()), is("queued", true, 3, moment()), is("verified", false, 1, later)];
        assert_eq!(counts().await, now, "{engine}");
        let another = store.read().await.unwrap().record_counts(id(1), id(2)).await.unwrap();
        assert!(another.is_empty(), "{engine}: only the one who ended");
    }
}
