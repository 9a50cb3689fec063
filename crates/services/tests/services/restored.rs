//! A database that was restored: noticed, held, looked at and let go.

use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use tenure_domain::access::PortalRole;
use tenure_domain::id::ApplicationId;
use tenure_domain::operation::OperationState::Verified;
use tenure_domain::target::{OnEnd, TargetState};
use tenure_services::audit::seal_pending;
use tenure_services::identities::end_identity;
use tenure_services::operations::{claim_operations, targets_due};
use tenure_services::restores::{
    Compared, Looked, Release, SeenFile, compare_with_seen, hold_outward, look_for_restore, release_restore, show_restore,
};
use tenure_services::targets::{hold_target, reconcile_target};
use tenure_services::{App, Ctx, ServiceError};
use tenure_store::Engine;
use tenure_store::restores::RestoreRow;
use tenure_store::testing::execute_raw;

use super::support::*;
use super::targets::*;

/// The same installation on a machine that keeps what it sees in this folder.
fn on_machine(app: &Arc<App>, folder: &Path) -> Arc<App> {
    Arc::new(App { seen: Some(SeenFile::beside(&folder.join("tenure.key"))), ..(**app).clone() })
}

fn at(app: &Arc<App>, minutes: i64) -> Ctx {
    worker(app, TimeDelta::minutes(minutes))
}

/// What the server does every second.
async fn look(app: &Arc<App>, minutes: i64) -> Looked {
    let ctx = at(app, minutes);
    seal_pending(app, ctx.now).await.unwrap();
    look_for_restore(&ctx).await.unwrap()
}

/// A start: the look comes before anything is sealed.
async fn start(app: &Arc<App>, minutes: i64) -> Looked {
    look_for_restore(&at(app, minutes)).await.unwrap()
}

/// As if a copy from before had been put in its place: the newest events are gone with their checkpoint.
async fn lose_the_newest(app: &App) {
    let mut tx = app.store.read().await.unwrap();
    let size = tx.log_head().await.unwrap().unwrap().tree_size;
    drop(tx);
    execute_raw(&app.store, &format!("DELETE FROM audit_checkpoints WHERE tree_size = {size}")).await.unwrap();
    let kept = "(SELECT COALESCE(MAX(tree_size), 0) FROM audit_checkpoints)";
    execute_raw(&app.store, &format!("DELETE FROM audit_events WHERE leaf >= {kept} OR leaf IS NULL")).await.unwrap();
}

async fn open(app: &App) -> Option<RestoreRow> {
    app.store.read().await.unwrap().open_restore().await.unwrap()
}

async fn let_go(ctx: &Ctx, row: &RestoreRow, note: &str, unread: &[ApplicationId]) -> Result<(), ServiceError> {
    release_restore(ctx, &Release { id: row.id, note: note.to_owned(), unread: unread.to_vec() }).await
}

#[tokio::test]
async fn a_first_start_and_a_log_that_goes_on_hold_nothing() {
    on_each(async |app| {
        let folder = tempfile::tempdir().unwrap();
        let app = on_machine(&app, folder.path());
        assert_eq!(compare_with_seen(&app).await.unwrap(), Some(Compared::New { others: false }));
        for minute in 0..3 {
            person(&admin(&app), &format!("p{minute}")).await;
            assert_eq!(look(&app, minute).await, Looked::default());
            assert_eq!(compare_with_seen(&app).await.unwrap(), Some(Compared::GoesOn));
            assert_eq!(start(&app, minute).await, Looked::default());
        }
        assert!(events(&app, "restore.noticed").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_older_database_is_noticed_once_and_what_was_expected_and_found_is_told() {
    on_each(async |app| {
        let folder = tempfile::tempdir().unwrap();
        let app = on_machine(&app, folder.path());
        look(&app, 0).await;
        person(&admin(&app), "ann").await;
        look(&app, 1).await;
        let expected = app.store.read().await.unwrap().log_head().await.unwrap().unwrap().tree_size;
        lose_the_newest(&app).await;
        assert!(matches!(compare_with_seen(&app).await.unwrap(), Some(Compared::Restored { .. })));
        let looked = start(&app, 5).await;
        let held = looked.held.unwrap();
        assert!(looked.noticed && held.said.contains("older"), "{held:?}");
        assert_eq!((held.expected_size, held.seen_at), (Some(expected), Some(at(&app, 1).now)));
        assert!(held.found_size < expected && held.noticed_at == at(&app, 5).now);
        for minute in 6..9 {
            let again = look(&app, minute).await;
            assert!(!again.noticed && again.held.as_ref() == Some(&held), "{again:?}");
        }
        let told = events(&app, "restore.noticed").await;
        assert!(told.len() == 1 && told[0].body.contains("expected_size"), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn a_database_that_grew_again_behind_its_back_has_another_history() {
    on_each(async |app| {
        let folder = tempfile::tempdir().unwrap();
        let here = on_machine(&app, folder.path());
        look(&here, 0).await;
        person(&admin(&app), "ann").await;
        look(&here, 1).await;
        lose_the_newest(&app).await;
        for name in ["bob", "eve", "tom"] {
            person(&admin(&app), name).await;
        }
        // Elsewhere, where nothing was seen of it.
        look(&app, 2).await;
        let held = start(&here, 3).await.held.unwrap();
        assert!(held.said.contains("another history"), "{held:?}");
    })
    .await;
}

#[tokio::test]
async fn a_database_restored_once_more_is_noticed_once_more() {
    on_each(async |app| {
        let folder = tempfile::tempdir().unwrap();
        let app = on_machine(&app, folder.path());
        look(&app, 0).await;
        person(&admin(&app), "ann").await;
        look(&app, 1).await;
        lose_the_newest(&app).await;
        let first = start(&app, 2).await.held.unwrap();
        look(&app, 3).await;
        person(&admin(&app), "bob").await;
        look(&app, 4).await;
        lose_the_newest(&app).await;
        let second = start(&app, 5).await;
        let second = second.held.filter(|_| second.noticed).unwrap();
        assert_ne!(first.id, second.id);
        let closed = app.store.read().await.unwrap().restore(first.id).await.unwrap().unwrap();
        assert!(closed.released_at.is_some() && closed.released_by.is_none(), "{closed:?}");
        assert!(
            matches!(let_go(&admin(&app), &first, "seen", &[]).await, Err(ServiceError::Refused(words)) if words.contains("once more"))
        );
    })
    .await;
}

#[tokio::test]
async fn another_machine_takes_what_was_noticed_for_known_and_another_installation_for_another() {
    on_each(async |app| {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, two) = (on_machine(&app, one.path()), on_machine(&app, two.path()));
        look(&one, 0).await;
        person(&admin(&app), "ann").await;
        look(&one, 1).await;
        look(&two, 1).await;
        lose_the_newest(&app).await;
        let held = start(&one, 2).await.held.unwrap();
        let_go(&at(&app, 3), &held, "looked", &[]).await.unwrap();
        assert_eq!(start(&two, 4).await, Looked::default(), "it was let go already");
        look(&two, 5).await;
        execute_raw(
            &app.store,
            if app.store.engine() == Engine::Sqlite {
                "UPDATE instance SET id = zeroblob(16)"
            } else {
                "UPDATE instance SET id = '00000000-0000-0000-0000-000000000000'"
            },
        )
        .await
        .unwrap();
        assert_eq!(start(&two, 6).await, Looked { is_another: true, ..Looked::default() });
        assert_eq!(start(&two, 7).await, Looked::default(), "told once");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_told_and_one_that_cannot_be_written_too() {
    on_each(async |app| {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = on_machine(&app, &folder.path().join("not/there"));
        let looked = look(&nowhere, 0).await;
        assert!(looked.held.is_none() && looked.not_kept.unwrap().contains("tenure.key.seen"));
        let app = on_machine(&app, folder.path());
        std::fs::write(folder.path().join("tenure.key.seen"), "x").unwrap();
        assert!(matches!(look_for_restore(&at(&app, 1)).await, Err(ServiceError::Vault(words)) if words.contains("restore hold")));
    })
    .await;
}

#[tokio::test]
async fn while_it_is_held_nothing_is_claimed_and_it_goes_on_only_after_readings() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        directory.contents().accounts.insert("ann".to_owned(), true);
        reconcile_target(&ctx, target, false).await.unwrap();
        end_identity(&ctx, ann, "left").await.unwrap();
        let later = at(&app, 10);
        assert_eq!(targets_due(&later).await.unwrap(), [target]);
        assert!(matches!(hold_outward(&later, " ").await, Err(ServiceError::Invalid(_))));
        hold_outward(&later, "put back from Tuesday").await.unwrap();
        assert!(matches!(hold_outward(&later, "again").await, Err(ServiceError::Refused(words)) if words.contains("Tuesday")));
        assert_eq!(targets_due(&later).await.unwrap(), []);
        assert_eq!(claim_operations(&later, target, "worker").await.unwrap().len(), 0);
        assert!(directory.contents().asked.is_empty());

        let auditor = signed_in(&app, ann, &[PortalRole::Auditor, PortalRole::Employee]);
        let page = show_restore(&auditor).await.unwrap();
        let row = page.restore.unwrap();
        assert_eq!((page.targets.len(), page.targets[0].owed), (1, 1));
        assert!(page.targets[0].is_unread_since(row.noticed_at));
        assert!(matches!(let_go(&auditor, &row, "looked", &[]).await, Err(ServiceError::Denied(_))));
        assert!(matches!(hold_outward(&auditor, "why not").await, Err(ServiceError::Denied(_))));

        let refused = let_go(&later, &row, "", &[]).await;
        let Err(ServiceError::Invalid(faults)) = refused else { panic!("{refused:?}") };
        assert_eq!(faults.iter().map(|f| f.field).collect::<Vec<_>>(), ["note", "unread"]);
        // One that is held by itself could be let go later.
        hold_target(&later, target, TargetState::Held).await.unwrap();
        assert!(matches!(let_go(&later, &row, "looked", &[]).await, Err(ServiceError::Invalid(_))));
        hold_target(&later, target, TargetState::Live).await.unwrap();

        reconcile_target(&at(&app, 11), target, false).await.unwrap();
        let_go(&at(&app, 12), &row, "looked", &[]).await.unwrap();
        let again = let_go(&at(&app, 13), &row, "me too", &[]).await;
        assert!(matches!(again, Err(ServiceError::Refused(words)) if words.contains("let it go already") && words.contains("looked")));
        assert_eq!(events(&app, "restore.released").await.len(), 1);
        assert_eq!(work(&app, target, TimeDelta::minutes(14)).await, [Verified]);
        assert!(!directory.contents().accounts["ann"]);
    })
    .await;
}

#[tokio::test]
async fn a_target_that_cannot_be_read_is_let_go_by_a_tick_that_is_told() {
    with_directory(OnEnd::Disable, async |app, _, target| {
        let ctx = admin(&app);
        reconcile_target(&ctx, target, false).await.unwrap();
        hold_outward(&at(&app, 1), "restored").await.unwrap();
        let row = open(&app).await.unwrap();
        let_go(&at(&app, 2), &row, "it is switched off", &[target]).await.unwrap();
        assert!(open(&app).await.is_none());
        let told = events(&app, "restore.released").await;
        assert!(told[0].body.contains("without_reading") && told[0].body.contains("it is switched off"), "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn of_two_who_let_it_go_at_once_one_is_told() {
    on_each(async |app| {
        hold_outward(&admin(&app), "restored").await.unwrap();
        let row = open(&app).await.unwrap();
        let (one, two) = (at(&app, 1), at(&app, 1));
        let (one, two) = tokio::join!(let_go(&one, &row, "one", &[]), let_go(&two, &row, "two", &[]));
        assert_eq!([&one, &two].iter().filter(|done| done.is_ok()).count(), 1, "{one:?} {two:?}");
        assert!([one, two].into_iter().any(|done| matches!(done, Err(ServiceError::Refused(_) | ServiceError::Conflict(_)))));
        assert_eq!(events(&app, "restore.released").await.len(), 1);
    })
    .await;
}
