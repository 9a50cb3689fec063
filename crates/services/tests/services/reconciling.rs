//! What is really there, compared with what is recorded.

use tenure_connectors::FaultKind;
use tenure_domain::grant::GrantState;
use tenure_domain::target::OnEnd;
use tenure_services::ServiceError;
use tenure_services::targets::{configure_target, correlate_account, list_accounts, probe_target, reconcile_target};
use tenure_store::PageRequest;
use tenure_store::targets::AccountFilter;

use super::support::*;
use super::targets::*;

#[tokio::test]
async fn accounts_find_their_identities_and_the_others_are_orphans_until_a_person_decides() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let bob = person(&ctx, "bob").await;
        for name in ["ann", "bobby"] {
            directory.contents().accounts.insert(name.to_owned(), true);
        }
        directory.contents().groups.insert("inner".to_owned(), ["ann".to_owned()].into());
        directory.contents().groups.insert("outer".to_owned(), ["@inner".to_owned(), "bobby".to_owned()].into());
        let seen = reconcile_target(&ctx, target).await.unwrap();
        assert_eq!((seen.accounts, seen.orphans, seen.new_entitlements, seen.memberships.newly_out_of_band), (2, 1, 2, 2));
        let held = app.store.read().await.unwrap().grants_of(ann).await.unwrap();
        assert!(held.len() == 2 && held.iter().all(|g| g.state == GrantState::OutOfBand), "the outer group counts too");

        let orphans = AccountFilter { application_id: Some(target), orphans: true };
        let page = list_accounts(&ctx, &orphans, &PageRequest::default()).await.unwrap();
        assert_eq!(page.rows.iter().map(|a| a.account.name.as_str()).collect::<Vec<_>>(), ["bobby"]);
        correlate_account(&ctx, page.rows[0].account.id, Some(bob)).await.unwrap();
        let seen = reconcile_target(&ctx.at(ctx.now + chrono::TimeDelta::hours(1)), target).await.unwrap();
        assert_eq!(
            (seen.orphans, seen.memberships.newly_out_of_band, seen.memberships.out_of_band),
            (0, 1, 3),
            "what a person decided stays"
        );
    })
    .await;
}

#[tokio::test]
async fn a_look_that_breaks_off_takes_nothing_back_and_can_be_begun_again() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        directory.contents().accounts.insert("ann".to_owned(), true);
        directory.contents().groups.insert("staff".to_owned(), ["ann".to_owned()].into());
        reconcile_target(&ctx, target).await.unwrap();
        directory.breaks(FaultKind::Timeout, 1);
        let later = ctx.at(ctx.now + chrono::TimeDelta::hours(1));
        assert!(matches!(reconcile_target(&later, target).await, Err(ServiceError::Refused(_))));
        let mut tx = app.store.read().await.unwrap();
        assert_eq!(tx.accounts_of(ann).await.unwrap().len(), 1);
        assert!(tx.grants_of(ann).await.unwrap().iter().all(|g| g.state == GrantState::OutOfBand));
        drop(tx);
        directory.contents().accounts.clear();
        directory.contents().groups.clear();
        let seen = reconcile_target(&later, target).await.unwrap();
        assert_eq!((seen.gone, seen.memberships.vanished), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn settings_are_checked_and_the_secret_is_asked_for_once_and_shown_to_nobody() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let mut faulty = draft(OnEnd::Disable);
        (faulty.version, faulty.settings, faulty.at_once) = (1, serde_json::json!({}), 0);
        let Err(ServiceError::Invalid(faults)) = configure_target(&ctx, target, &faulty).await else { panic!("it is faulty") };
        assert_eq!(faults.iter().map(|f| f.field).collect::<Vec<_>>(), ["at_once", "settings"]);
        let mut again = draft(OnEnd::Delete);
        (again.version, again.secret) = (1, None);
        configure_target(&ctx, target, &again).await.unwrap();
        assert!(matches!(configure_target(&ctx, target, &again).await, Err(ServiceError::Conflict(_))), "somebody else was first");
        assert!(probe_target(&ctx, target).await.unwrap().is_ok(), "the secret was kept");
        directory.breaks(FaultKind::SignIn, 1);
        assert!(probe_target(&ctx, target).await.unwrap().is_err());
        let row = app.store.read().await.unwrap().target(target).await.unwrap().unwrap();
        assert!(!row.secret.windows(6).any(|w| w == b"s3cret") && !format!("{row:?}").contains("secret"));
        for event in events(&app, "target.").await {
            assert!(!format!("{event:?}").contains("s3cret"));
        }
    })
    .await;
}
