//! What is really there, compared with what is recorded.

use tenure_connectors::FaultKind;
use tenure_domain::grant::GrantState;
use tenure_domain::id::{AccountId, ApplicationId, IdentityId};
use tenure_domain::target::OnEnd;
use tenure_services::targets::{
    configure_target, correlate_account, correlate_orphan, give_to_service, list_accounts, owe_removal_of_account, probe_target,
    reconcile_target, suggest_owners,
};
use tenure_services::{App, Ctx, ServiceError};
use tenure_store::PageRequest;
use tenure_store::targets::{AccountFilter, AccountView};

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
        let seen = reconcile_target(&ctx, target, false).await.unwrap();
        assert_eq!((seen.accounts, seen.orphans, seen.new_entitlements, seen.memberships.newly_out_of_band), (2, 1, 2, 2));
        let held = app.store.read().await.unwrap().grants_of(ann).await.unwrap();
        assert!(held.len() == 2 && held.iter().all(|g| g.state == GrantState::OutOfBand), "the outer group counts too");

        let orphans = AccountFilter { application_id: Some(target), orphans: true, ..AccountFilter::default() };
        let page = list_accounts(&ctx, &orphans, &PageRequest::default()).await.unwrap();
        assert_eq!(page.rows.iter().map(|a| a.account.name.as_str()).collect::<Vec<_>>(), ["bobby"]);
        correlate_account(&ctx, page.rows[0].account.id, Some(bob)).await.unwrap();
        let seen = reconcile_target(&ctx.at(ctx.now + chrono::TimeDelta::hours(1)), target, false).await.unwrap();
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
        reconcile_target(&ctx, target, false).await.unwrap();
        directory.breaks(FaultKind::Timeout, 1);
        let later = ctx.at(ctx.now + chrono::TimeDelta::hours(1));
        assert!(matches!(reconcile_target(&later, target, false).await, Err(ServiceError::Refused(_))));
        let mut tx = app.store.read().await.unwrap();
        assert_eq!(tx.accounts_of(ann).await.unwrap().len(), 1);
        assert!(tx.grants_of(ann).await.unwrap().iter().all(|g| g.state == GrantState::OutOfBand));
        drop(tx);
        directory.contents().accounts.clear();
        directory.contents().groups.clear();
        let seen = reconcile_target(&later, target, false).await.unwrap();
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
        assert!(!row.reach.secret.windows(6).any(|w| w == b"s3cret") && !format!("{row:?}").contains("secret"));
        for event in events(&app, "target.").await {
            assert!(!format!("{event:?}").contains("s3cret"));
        }
    })
    .await;
}

#[tokio::test]
async fn an_account_of_somebody_who_has_ended_that_is_found_alive_is_owed_its_end() {
    with_directory(OnEnd::Delete, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        tenure_services::identities::end_identity(&ctx, ann, "left").await.unwrap();
        for name in ["ann", "stray"] {
            directory.contents().accounts.insert(name.to_owned(), true);
        }
        let seen = reconcile_target(&ctx, target, false).await.unwrap();
        assert_eq!((seen.of_ended, seen.orphans), (1, 1));
        assert_eq!(reconcile_target(&ctx, target, false).await.unwrap().of_ended, 0, "once");
        let orphans = AccountFilter { application_id: Some(target), orphans: true, ..AccountFilter::default() };
        let stray = list_accounts(&ctx, &orphans, &PageRequest::default()).await.unwrap().rows.remove(0).account.id;
        correlate_account(&ctx, stray, Some(ann)).await.unwrap();
        work(&app, target, chrono::TimeDelta::zero()).await;
        assert!(directory.contents().accounts.is_empty(), "{:?}", directory.contents().accounts);
    })
    .await;
}

#[tokio::test]
async fn a_look_that_misses_many_accounts_proves_nothing_until_a_person_says_so() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        for n in 0..20 {
            directory.contents().accounts.insert(format!("user{n}"), true);
        }
        reconcile_target(&ctx, target, false).await.unwrap();
        directory.contents().accounts.clear();
        let later = ctx.at(ctx.now + chrono::TimeDelta::hours(1));
        let Err(ServiceError::Invalid(faults)) = reconcile_target(&later, target, false).await else { panic!("too many are gone") };
        assert_eq!(faults[0].field, "many_gone");
        let all = AccountFilter { application_id: Some(target), ..AccountFilter::default() };
        assert_eq!(list_accounts(&ctx, &all, &PageRequest::default()).await.unwrap().rows.len(), 20);
        assert_eq!(reconcile_target(&later, target, true).await.unwrap().gone, 20);
    })
    .await;
}

#[tokio::test]
async fn a_target_that_was_pointed_elsewhere_is_not_touched_before_it_was_read() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        directory.contents().accounts.insert("ann".to_owned(), true);
        reconcile_target(&ctx, target, false).await.unwrap();
        let mut elsewhere = draft(OnEnd::Disable);
        (elsewhere.version, elsewhere.settings, elsewhere.secret) = (1, serde_json::json!({ "url": "ldap://elsewhere.test" }), None);
        assert!(
            matches!(configure_target(&ctx, target, &elsewhere).await, Err(ServiceError::Invalid(_))),
            "the secret is not sent elsewhere"
        );
        elsewhere.secret = draft(OnEnd::Disable).secret;
        configure_target(&ctx, target, &elsewhere).await.unwrap();
        tenure_services::identities::end_identity(&ctx, ann, "left").await.unwrap();
        assert_eq!(work(&app, target, chrono::TimeDelta::zero()).await, [], "absence there would prove nothing");
        reconcile_target(&ctx, target, false).await.unwrap();
        assert_eq!(work(&app, target, chrono::TimeDelta::zero()).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn of_an_orphan_is_said_whose_it_might_be_and_it_goes_to_a_service_or_away() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann.smith").await;
        for (name, attribute, value) in
            [("asmith", "mail", "Ann.Smith@example.test"), ("backup", "description", "nobody knows"), ("old", "description", "of nobody")]
        {
            let mut it = directory.contents();
            it.accounts.insert(name.to_owned(), true);
            it.attributes.insert(name.to_owned(), [(attribute.to_owned(), vec![value.to_owned()])].into());
        }
        reconcile_target(&ctx, target, false).await.unwrap();
        let orphans = AccountFilter { application_id: Some(target), orphans: true, ..AccountFilter::default() };
        let rows = list_accounts(&ctx, &orphans, &PageRequest::default()).await.unwrap().rows;
        assert_eq!(rows.iter().map(|a| a.account.name.as_str()).collect::<Vec<_>>(), ["asmith", "backup", "old"]);
        let suggested = suggest_owners(&ctx, &rows).await.unwrap();
        assert_eq!(suggested.len(), 1);
        let one = &suggested[&rows[0].account.id];
        assert_eq!((one.identity.as_ref().map(|(id, _)| *id), one.user_name.as_str()), (Some(ann), "ann.smith"));
        assert_eq!(one.because, "the mail address is Ann.Smith@example.test");

        let service = give_to_service(&ctx, rows[1].account.id, ann).await.unwrap();
        let of_service = identity(&app, "backup").await;
        assert_eq!((of_service.id, of_service.owner_id), (service, Some(ann)));
        assert!(matches!(owe_removal_of_account(&ctx, rows[1].account.id).await, Err(ServiceError::Refused(_))), "it is the service's");

        for _ in 0..2 {
            owe_removal_of_account(&ctx, rows[2].account.id).await.unwrap();
        }
        let again = list_accounts(&ctx, &orphans, &PageRequest::default()).await.unwrap().rows;
        assert_eq!(again.iter().map(|a| (a.account.name.as_str(), a.is_owed)).collect::<Vec<_>>(), [("asmith", false), ("old", true)]);
        assert_eq!(work(&app, target, chrono::TimeDelta::minutes(1)).await.len(), 1);
        assert!(!directory.contents().accounts["old"]);
        assert!(directory.contents().accounts["asmith"]);
    })
    .await;
}

#[tokio::test]
async fn what_became_somebodys_is_not_taken_from_them_by_a_page_that_is_old() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let (ann, bob) = (person(&ctx, "ann").await, person(&ctx, "bob").await);
        directory.contents().accounts.insert("stray".to_owned(), true);
        reconcile_target(&ctx, target, false).await.unwrap();
        let stray = orphans_on(&ctx, target).await.remove(0).account.id;
        correlate_orphan(&ctx, stray, bob).await.unwrap();
        let late = correlate_orphan(&ctx, stray, ann).await;
        assert!(matches!(late, Err(ServiceError::Conflict(_))), "{late:?}");
        assert_eq!(owner(&app, stray).await, Some(bob));
        // A second click, and who says on purpose that it is somebody else's.
        correlate_orphan(&ctx, stray, bob).await.unwrap();
        assert_eq!(events(&app, "account.correlated").await.len(), 1);
        correlate_account(&ctx, stray, Some(ann)).await.unwrap();
        assert_eq!(owner(&app, stray).await, Some(ann));
    })
    .await;
}

#[tokio::test]
async fn of_two_who_say_at_once_whose_an_account_is_one_is_told_and_no_service_is_left_without_it() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let (ann, bob) = (person(&ctx, "ann").await, person(&ctx, "bob").await);
        for n in 0..6 {
            directory.contents().accounts.insert(format!("stray{n}"), true);
        }
        reconcile_target(&ctx, target, false).await.unwrap();
        for row in orphans_on(&ctx, target).await {
            let stray = row.account.id;
            let (service, theirs) = tokio::join!(give_to_service(&ctx, stray, ann), correlate_orphan(&ctx, stray, bob));
            assert_ne!(service.is_ok(), theirs.is_ok(), "{service:?} {theirs:?}");
            let recorded = app.store.read().await.unwrap().identity_by_user_name(&row.account.name).await.unwrap().map(|i| i.id);
            assert_eq!((recorded, owner(&app, stray).await), (service.as_ref().ok().copied(), Some(*service.as_ref().unwrap_or(&bob))));
        }
    })
    .await;
}

#[tokio::test]
async fn however_often_at_once_somebody_says_that_an_account_goes_it_is_owed_once() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        for n in 0..3 {
            directory.contents().accounts.insert(format!("stray{n}"), true);
        }
        reconcile_target(&ctx, target, false).await.unwrap();
        for row in orphans_on(&ctx, target).await {
            let clicks = (0..6).map(|_| owe_removal_of_account(&ctx, row.account.id));
            let done = futures::future::join_all(clicks).await;
            assert!(done.iter().all(Result::is_ok), "{done:?}");
        }
        assert_eq!(events(&app, "account.removal-owed").await.len(), 3);
        assert_eq!(work(&app, target, chrono::TimeDelta::minutes(1)).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_nul_in_what_a_target_tells_ends_no_reading_of_it() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        {
            let mut it = directory.contents();
            it.accounts.insert("ann".to_owned(), true);
            it.attributes.insert("ann".to_owned(), [("displayName".to_owned(), vec!["A\0nn".to_owned()])].into());
            it.accounts.insert("od\0d".to_owned(), true);
            it.groups.insert("sta\0ff".to_owned(), ["ann".to_owned(), "od\0d".to_owned()].into());
            it.passwords.insert("od\0d".to_owned(), ctx.now);
        }
        let seen = reconcile_target(&ctx, target, false).await.unwrap();
        assert_eq!((seen.accounts, seen.orphans, seen.new_entitlements, seen.memberships.newly_out_of_band), (2, 1, 1, 1));
        let view = app.store.read().await.unwrap().accounts_of(ann).await.unwrap().remove(0);
        assert_eq!(view.attributes["displayName"], ["Ann"]);
        assert_eq!(app.store.read().await.unwrap().entitlements_of(target).await.unwrap()[0].name, "staff");
        let again = reconcile_target(&ctx.at(ctx.now + chrono::TimeDelta::hours(1)), target, false).await.unwrap();
        assert_eq!((again.accounts, again.changed, again.new_entitlements, again.gone), (2, 0, 0, 0), "it is known again");
    })
    .await;
}

async fn orphans_on(ctx: &Ctx, target: ApplicationId) -> Vec<AccountView> {
    let orphans = AccountFilter { application_id: Some(target), orphans: true, ..AccountFilter::default() };
    list_accounts(ctx, &orphans, &PageRequest::default()).await.unwrap().rows
}

async fn owner(app: &App, account: AccountId) -> Option<IdentityId> {
    app.store.read().await.unwrap().account(account).await.unwrap().unwrap().identity_id
}
