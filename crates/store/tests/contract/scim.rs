//! What an identity provider tells of people: what was looked at earlier is not trusted where others write as well.

use serde_json::json;
use tenure_domain::identity::LifecycleState;
use tenure_store::Engine;
use tenure_store::imports::Source;
use tenure_store::scim::ScimUser;
use tenure_store::testing::execute_raw;

use super::support::*;

#[tokio::test]
async fn a_first_target_that_comes_while_somebody_is_told_of_is_seen() {
    for (engine, store) in stores().await {
        put(&store, &[service(1, "okta", None)]).await;
        put_source(&store, &Source { provisioner_id: Some(id(1)), ..source(1, "okta") }).await;
        change(&store, async |tx| tx.insert_application(&proof::applications(), &application(1, "Ledger")).await.unwrap()).await;
        let mut tx = store.write().await.unwrap();
        assert!(tx.source_that_tells(id(1)).await.unwrap().is_some());
        assert!(tx.reached_applications().await.unwrap().is_empty(), "{engine}");
        if store.engine() == Engine::Postgres {
            let target = "INSERT INTO targets (application_id, kind, state, settings, secret, on_end, at_once, per_minute, timeout_seconds, version, updated_at)
                          SELECT id, 'manual', 'live', '{}', '', 'disable', 1, 60, 30, 1, now() FROM applications";
            execute_raw(&store, target).await.unwrap();
            assert_eq!(tx.reached_applications().await.unwrap(), [id(1)], "{engine}");
        }
    }
}

#[tokio::test]
async fn a_name_is_taken_only_from_who_is_archived_and_has_it_still() {
    for (engine, store) in stores().await {
        let archived = tenure_domain::identity::Identity { state: LifecycleState::Archived, ..person(2, "B") };
        put(&store, &[person(1, "A"), archived]).await;
        put_source(&store, &source(1, "okta")).await;
        put_source(&store, &source(2, "entra")).await;
        let row = |n, name: &str| ScimUser {
            identity_id: id(n),
            source_id: id(1),
            external_id: Some(name.to_owned()),
            resource: json!({}),
            deleted_at: None,
        };
        change(&store, async |tx| {
            tx.put_scim_user(&proof::identities(), &row(1, "a")).await.unwrap();
            tx.put_scim_user(&proof::identities(), &row(2, "b")).await.unwrap();
        })
        .await;
        for (source, name, who, has) in [(1, "a", 1, true), (2, "b", 2, true), (1, "other", 2, true), (1, "b", 2, false)] {
            change(&store, async |tx| tx.free_external_id(&proof::identities(), id(source), name, id(who)).await.unwrap()).await;
            let held = execute_raw(&store, "UPDATE scim_users SET external_id = external_id WHERE external_id IS NOT NULL").await.unwrap();
            assert_eq!(held, if has { 2 } else { 1 }, "{engine}: {name}");
        }
    }
}
