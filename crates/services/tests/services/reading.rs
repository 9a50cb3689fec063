//! Readings of targets: who does them, when, and what follows.

use std::time::Duration;

use chrono::TimeDelta;
use tenure_connectors::FaultKind;
use tenure_domain::credential::{CredentialOrigin, CredentialState};
use tenure_domain::id::{ApplicationId, ReadingId};
use tenure_domain::identity::Transition;
use tenure_domain::operation::OperationKind;
use tenure_domain::target::{OnEnd, ReadingKind, ReadingPlan, ReadingState};
use tenure_services::credentials::{Finding, findings_of, revoke_credential};
use tenure_services::identities::{NewIdentity, change_lifecycle, create_identity, end_identity};
use tenure_services::restores::hold_outward;
use tenure_services::targets::{
    ClaimedReading, TargetDraft, ask_reading, cancel_reading, claim_reading, configure_target, correlate_account, hold_target, let_go,
    list_accounts, list_readings, read_claimed, reading_is_alive, reconcile_target,
};
use tenure_services::{App, ServiceError};
use tenure_store::PageRequest;
use tenure_store::credentials::CredentialView;
use tenure_store::readings::ReadingRow;
use tenure_store::targets::AccountFilter;

use super::support::*;
use super::targets::*;

/// Takes what is due so long after noon.
async fn claimed(app: &std::sync::Arc<App>, after: TimeDelta, by: &str) -> Option<ClaimedReading> {
    claim_reading(&worker(app, after), by).await.unwrap()
}

async fn run(app: &std::sync::Arc<App>, after: TimeDelta, reading: &ClaimedReading) -> Option<ReadingState> {
    let ctx = worker(app, after);
    let now = ctx.now;
    read_claimed(&ctx, reading, &move || now).await.unwrap()
}

async fn row(app: &std::sync::Arc<App>, id: ReadingId) -> ReadingRow {
    app.store.read().await.unwrap().reading(id).await.unwrap().unwrap()
}

async fn accounts(app: &std::sync::Arc<App>, target: ApplicationId) -> Vec<String> {
    let filter = AccountFilter { application_id: Some(target), ..AccountFilter::default() };
    let page = list_accounts(&admin(app), &filter, &PageRequest::default()).await.unwrap();
    page.rows.into_iter().map(|a| a.account.name).collect()
}

async fn found(app: &std::sync::Arc<App>, user: &str) -> Vec<CredentialView> {
    let mut tx = app.store.read().await.unwrap();
    let id = tx.identity_by_user_name(user).await.unwrap().unwrap().id;
    let all = tx.credentials_of(id, 100).await.unwrap();
    all.into_iter().filter(|c| c.credential.origin == CredentialOrigin::Found).collect()
}

fn minutes(n: i64) -> TimeDelta {
    TimeDelta::minutes(n)
}

#[tokio::test]
async fn what_a_person_asks_for_is_read_by_whoever_comes_first_and_by_nobody_else() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        directory.contents().accounts.insert("ann".to_owned(), true);
        assert!(claimed(&app, minutes(90), "one").await.is_none(), "what nobody had read once is not read by itself");
        let id = ask_reading(&ctx, target, ReadingKind::Changes, false).await.unwrap();
        assert_eq!(ask_reading(&ctx, target, ReadingKind::Full, false).await.unwrap(), id, "two of one target never overlap");
        let reading = claimed(&app, minutes(0), "one").await.unwrap();
        assert_eq!((reading.id(), reading.kind()), (id, ReadingKind::Full), "the first reading is of everything");
        assert!(claimed(&app, minutes(0), "two").await.is_none());
        assert_eq!(run(&app, minutes(1), &reading).await, Some(ReadingState::Done));
        assert!(claimed(&app, minutes(1), "two").await.is_none(), "it is not due yet");
        let over = row(&app, id).await;
        assert_eq!(
            (over.state, over.asker.as_str(), over.ended_at),
            (ReadingState::Done, "local operator test", Some(noon() + minutes(1)))
        );
        assert_eq!(accounts(&app, target).await, ["ann"]);
    })
    .await;
}

#[tokio::test]
async fn a_target_is_read_by_itself_as_often_as_its_plan_says() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        directory.contents().watermark = Some("mark 1".to_owned());
        reconcile_target(&ctx, target, false).await.unwrap();
        assert!(claimed(&app, minutes(59), "one").await.is_none());
        directory.contents().accounts.insert("by.hand".to_owned(), true);
        directory.contents().changed.insert("by.hand".to_owned());
        let reading = claimed(&app, minutes(60), "one").await.unwrap();
        assert_eq!(reading.kind(), ReadingKind::Changes);
        assert_eq!(run(&app, minutes(60), &reading).await, Some(ReadingState::Done));
        assert_eq!(directory.contents().since, [None, Some("mark 1".to_owned())]);
        assert_eq!(accounts(&app, target).await, ["by.hand"], "made on the target, found without anybody's click");
        assert!(claimed(&app, minutes(119), "one").await.is_none());
        // A day after all of it was read, all of it is.
        let reading = claimed(&app, TimeDelta::days(1), "one").await.unwrap();
        assert_eq!(reading.kind(), ReadingKind::Full);
        run(&app, TimeDelta::days(1), &reading).await;
        let never = TargetDraft { version: 1, reading: ReadingPlan { minutes: None, full_days: 1 }, ..draft(OnEnd::Disable) };
        configure_target(&ctx, target, &never).await.unwrap();
        assert!(claimed(&app, TimeDelta::days(9), "one").await.is_none(), "it is off");
        let wrong = TargetDraft { version: 2, reading: ReadingPlan { minutes: Some(1), full_days: 0 }, ..draft(OnEnd::Disable) };
        let Err(ServiceError::Invalid(faults)) = configure_target(&ctx, target, &wrong).await else { panic!("it is faulty") };
        assert_eq!(faults.iter().map(|f| f.field).collect::<Vec<_>>(), ["read_minutes", "full_days"]);
    })
    .await;
}

#[tokio::test]
async fn a_reading_whose_holder_dies_is_begun_anew_and_nothing_is_gone_because_of_it() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let names: Vec<String> = (0..2500).map(|n| format!("user{n:04}")).collect();
        for name in &names {
            directory.contents().accounts.insert(name.clone(), true);
        }
        reconcile_target(&ctx, target, false).await.unwrap();
        ask_reading(&ctx.at(noon() + minutes(5)), target, ReadingKind::Full, false).await.unwrap();
        let first = claimed(&app, minutes(5), "one").await.unwrap();
        directory.contents().hangs_after = Some(1200);
        directory.contents().accounts.insert("user0000".to_owned(), false);
        let cut = tokio::time::timeout(Duration::from_secs(2), run(&app, minutes(5), &first)).await;
        assert!(cut.is_err(), "it is killed in the middle");
        assert!(claimed(&app, minutes(5), "two").await.is_none(), "it is held");
        directory.contents().hangs_after = None;
        for name in &names[2495..] {
            directory.contents().accounts.remove(name);
        }
        let second = claimed(&app, minutes(7), "two").await.unwrap();
        assert_eq!(second.id(), first.id());
        assert!(!reading_is_alive(&worker(&app, minutes(7)), &first).await.unwrap(), "it is not the first one's any more");
        assert_eq!(run(&app, minutes(7), &first).await, None, "who comes late writes nothing");
        let mut tx = app.store.read().await.unwrap();
        assert_eq!(tx.account_counts(target).await.unwrap().0, 2500, "and what it did not see is not gone");
        drop(tx);
        assert_eq!(run(&app, minutes(8), &second).await, Some(ReadingState::Done));
        let over = row(&app, second.id()).await;
        assert_eq!((over.attempts, over.result.unwrap()["gone"].as_u64()), (2, Some(5)));
        let mut tx = app.store.read().await.unwrap();
        assert_eq!(tx.account_counts(target).await.unwrap().0, 2495);
    })
    .await;
}

#[tokio::test]
async fn who_stops_a_reading_is_obeyed_and_nothing_follows_from_what_was_not_seen() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        directory.contents().accounts.insert("ann".to_owned(), true);
        reconcile_target(&ctx, target, false).await.unwrap();
        directory.contents().accounts.clear();
        let id = ask_reading(&ctx.at(noon() + minutes(5)), target, ReadingKind::Full, false).await.unwrap();
        let reading = claimed(&app, minutes(5), "one").await.unwrap();
        cancel_reading(&ctx, target, id).await.unwrap();
        assert!(matches!(cancel_reading(&ctx, target, id).await, Err(ServiceError::Refused(_))));
        assert_eq!(run(&app, minutes(5), &reading).await, None);
        assert_eq!(accounts(&app, target).await, ["ann"]);
        assert_eq!(list_readings(&ctx, target).await.unwrap()[0].state, ReadingState::Cancelled);
    })
    .await;
}

#[tokio::test]
async fn a_target_that_cannot_be_read_is_told_once_and_asked_again_soon() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        reconcile_target(&admin(&app), target, false).await.unwrap();
        directory.breaks(FaultKind::Timeout, 2);
        for after in [60, 75] {
            let reading = claimed(&app, minutes(after), "one").await.unwrap();
            assert_eq!(run(&app, minutes(after), &reading).await, Some(ReadingState::Failed));
            assert!(row(&app, reading.id()).await.said.contains("Timeout on purpose"));
        }
        assert_eq!(events(&app, "target.reading-failed").await.len(), 1);
        let reading = claimed(&app, minutes(90), "one").await.unwrap();
        assert_eq!(run(&app, minutes(90), &reading).await, Some(ReadingState::Done));
    })
    .await;
}

#[tokio::test]
async fn while_a_restored_database_or_the_target_is_held_only_a_person_has_it_read() {
    with_directory(OnEnd::Disable, async |app, _, target| {
        let ctx = admin(&app);
        reconcile_target(&ctx, target, false).await.unwrap();
        hold_target(&ctx, target, tenure_domain::target::TargetState::Held).await.unwrap();
        assert!(claimed(&app, minutes(90), "one").await.is_none());
        hold_target(&ctx, target, tenure_domain::target::TargetState::Live).await.unwrap();
        hold_outward(&ctx, "restored").await.unwrap();
        assert!(claimed(&app, minutes(90), "one").await.is_none());
        ask_reading(&ctx.at(noon() + minutes(91)), target, ReadingKind::Full, false).await.unwrap();
        assert!(claimed(&app, minutes(91), "one").await.is_some());
    })
    .await;
}

#[tokio::test]
async fn of_what_changed_nothing_is_gone_but_what_the_target_says_is() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        for name in ["ann", "bob", "cleo"] {
            directory.contents().accounts.insert(name.to_owned(), true);
        }
        directory.contents().groups.insert("staff".to_owned(), ["bob".to_owned()].into());
        directory.contents().groups.insert("other".to_owned(), ["ann".to_owned()].into());
        directory.contents().watermark = Some("mark".to_owned());
        reconcile_target(&ctx, target, false).await.unwrap();
        {
            let mut it = directory.contents();
            it.accounts.clear();
            it.deleted = vec!["cleo".to_owned()];
            it.groups.insert("staff".to_owned(), ["ann".to_owned()].into());
            it.groups.insert("other".to_owned(), Default::default());
            it.changed = ["staff".to_owned(), "other".to_owned()].into();
        }
        let reading = claimed(&app, minutes(60), "one").await.unwrap();
        assert_eq!(run(&app, minutes(60), &reading).await, Some(ReadingState::Done));
        assert_eq!(accounts(&app, target).await, ["ann", "bob"], "cleo is gone, because the directory says so");
        let names: Vec<String> = held(&ctx, ann).await.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["other", "staff"], "what came is known; what went shows when everything is read");
    })
    .await;
}

#[tokio::test]
async fn found_credentials_enter_the_inventory_change_and_go() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        person(&ctx, "ann").await;
        for name in ["ann", "stray"] {
            directory.contents().accounts.insert(name.to_owned(), true);
            directory.contents().passwords.insert(name.to_owned(), moment("2021-05-06T07:08:09Z"));
        }
        let seen = reconcile_target(&ctx, target, false).await.unwrap();
        assert_eq!((seen.credentials, seen.new_credentials), (2, 2));
        let password = found(&app, "ann").await.remove(0);
        let c = &password.credential;
        assert_eq!((c.label.as_str(), c.issuer.as_str(), c.application_id), ("ann: password", "Directory", Some(target)));
        assert_eq!((c.state, c.rotated_at), (CredentialState::Active, Some(moment("2021-05-06T07:08:09Z"))));
        assert!(findings_of(&password, ctx.now).contains(&Finding::Overdue));
        // What is as it was is not written.
        let again = reconcile_target(&ctx.at(noon() + minutes(1)), target, false).await.unwrap();
        assert_eq!((again.changed, again.new_credentials, again.changed_credentials, again.gone_credentials), (0, 0, 0, 0));
        assert_eq!(found(&app, "ann").await[0].credential.version, c.version);
        // Changed, and found out whose the other one is.
        directory.contents().passwords.insert("ann".to_owned(), moment("2024-02-01T00:00:00Z"));
        let bob = person(&ctx, "bob").await;
        let orphans = AccountFilter { application_id: Some(target), orphans: true, ..AccountFilter::default() };
        let stray = list_accounts(&ctx, &orphans, &PageRequest::default()).await.unwrap().rows.remove(0).account.id;
        correlate_account(&ctx, stray, Some(bob)).await.unwrap();
        assert_eq!(found(&app, "bob").await.len(), 1);
        let again = reconcile_target(&ctx.at(noon() + minutes(2)), target, false).await.unwrap();
        assert_eq!((again.new_credentials, again.changed_credentials), (0, 1));
        assert_eq!(found(&app, "ann").await[0].credential.rotated_at, Some(moment("2024-02-01T00:00:00Z")));
        // Gone, and an account that nobody can sign in as.
        directory.contents().passwords.remove("stray");
        directory.contents().accounts.insert("ann".to_owned(), false);
        let again = reconcile_target(&ctx.at(noon() + minutes(3)), target, false).await.unwrap();
        assert_eq!((again.gone_credentials, again.changed_credentials), (1, 1));
        assert_eq!(found(&app, "bob").await[0].credential.state, CredentialState::Revoked);
        assert_eq!(found(&app, "ann").await[0].credential.state, CredentialState::Suspended);
    })
    .await;
}

#[tokio::test]
async fn a_found_credential_dies_with_its_account_and_is_owed_nothing_of_its_own() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        directory.contents().accounts.insert("ann".to_owned(), true);
        directory.contents().passwords.insert("ann".to_owned(), moment("2024-02-01T00:00:00Z"));
        reconcile_target(&ctx, target, false).await.unwrap();
        end_identity(&ctx, ann, "left").await.unwrap();
        assert_eq!(operations(&app, "ann").await.len(), 1, "the account's own end");
        let view = found(&app, "ann").await.remove(0);
        assert_eq!(view.credential.state, CredentialState::Revoking);
        assert_eq!(findings_of(&view, ctx.now).first(), Some(&Finding::EndedOwner));
        work(&app, target, minutes(1)).await;
        assert_eq!(found(&app, "ann").await[0].credential.state, CredentialState::Revoked);
        // It is still there, on an account that nobody can sign in as.
        reconcile_target(&ctx.at(noon() + minutes(2)), target, false).await.unwrap();
        assert_eq!(found(&app, "ann").await[0].credential.state, CredentialState::Revoked);
        // Somebody lets them in again.
        directory.contents().accounts.insert("ann".to_owned(), true);
        let seen = reconcile_target(&ctx.at(noon() + minutes(3)), target, false).await.unwrap();
        assert_eq!(seen.of_ended, 1);
        let view = found(&app, "ann").await.remove(0);
        assert_eq!(view.credential.state, CredentialState::Active);
        assert_eq!(findings_of(&view, ctx.now).first(), Some(&Finding::EndedOwner));
        work(&app, target, minutes(4)).await;
        assert_eq!(found(&app, "ann").await[0].credential.state, CredentialState::Revoked);
    })
    .await;
}

#[tokio::test]
async fn who_may_not_see_passwords_any_more_makes_none_of_them_gone() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        for n in 0..20 {
            directory.contents().accounts.insert(format!("user{n}"), true);
            directory.contents().passwords.insert(format!("user{n}"), moment("2024-02-01T00:00:00Z"));
        }
        reconcile_target(&ctx, target, false).await.unwrap();
        directory.contents().passwords.clear();
        let seen = reconcile_target(&ctx.at(noon() + minutes(1)), target, false).await.unwrap();
        assert_eq!((seen.gone_credentials, seen.unseen_credentials), (0, 20));
        let seen = reconcile_target(&ctx.at(noon() + minutes(2)), target, true).await.unwrap();
        assert_eq!((seen.gone_credentials, seen.unseen_credentials), (20, 0), "a person says that this is right");
    })
    .await;
}

#[tokio::test]
async fn that_a_found_credential_dies_stays_owed_when_its_account_is_settled_or_given_away() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let (ann, bob) = (person(&ctx, "ann").await, person(&ctx, "bob").await);
        for name in ["ann", "stray"] {
            directory.contents().accounts.insert(name.to_owned(), true);
            directory.contents().passwords.insert(name.to_owned(), moment("2024-02-01T00:00:00Z"));
        }
        reconcile_target(&ctx, target, false).await.unwrap();
        let id = found(&app, "ann").await[0].credential.id;
        revoke_credential(&ctx, id, "leaked").await.unwrap();
        change_lifecycle(&ctx, ann, Transition::Suspend, "lost a laptop").await.unwrap();
        let open: Vec<_> = operations(&app, "ann").await.into_iter().filter(|(_, state)| state.is_open()).map(|(kind, _)| kind).collect();
        assert_eq!(open, [OperationKind::RevokeCredential, OperationKind::DisableAccount]);
        reconcile_target(&ctx.at(noon() + minutes(1)), target, false).await.unwrap();
        assert_eq!(found(&app, "ann").await[0].credential.state, CredentialState::Revoking);
        // Whoever gets the account gets it with what is owed.
        let mine = AccountFilter { application_id: Some(target), ..AccountFilter::default() };
        let all = list_accounts(&ctx, &mine, &PageRequest::default()).await.unwrap().rows;
        let account = |name: &str| all.iter().find(|a| a.account.name == name).unwrap().account.id;
        end_identity(&ctx, bob, "left").await.unwrap();
        correlate_account(&ctx, account("ann"), Some(bob)).await.unwrap();
        let open: Vec<_> = operations(&app, "bob").await.into_iter().filter(|(_, state)| state.is_open()).map(|(kind, _)| kind).collect();
        assert_eq!(open, [OperationKind::RevokeCredential, OperationKind::DisableAccount], "it does not hide that the account lives");
        assert_eq!(found(&app, "bob").await[0].credential.state, CredentialState::Revoking);
        // What only was to die with the account of somebody who had ended lives on with the next one.
        let cleo = person(&ctx, "cleo").await;
        correlate_account(&ctx, account("stray"), Some(cleo)).await.unwrap();
        end_identity(&ctx, cleo, "left").await.unwrap();
        assert_eq!(found(&app, "cleo").await[0].credential.state, CredentialState::Revoking);
        let dora = person(&ctx, "dora").await;
        correlate_account(&ctx, account("stray"), Some(dora)).await.unwrap();
        assert_eq!(found(&app, "dora").await[0].credential.state, CredentialState::Active);
    })
    .await;
}

#[tokio::test]
async fn readings_that_were_open_in_a_backup_do_not_run_when_it_is_restored() {
    with_directory(OnEnd::Disable, async |app, _, target| {
        let ctx = admin(&app);
        let id = ask_reading(&ctx, target, ReadingKind::Full, false).await.unwrap();
        hold_outward(&ctx, "restored").await.unwrap();
        let over = row(&app, id).await;
        assert_eq!((over.state, over.said.as_str()), (ReadingState::Cancelled, "the database was restored"));
        assert!(claimed(&app, minutes(1), "one").await.is_none());
        assert_ne!(ask_reading(&ctx.at(noon() + minutes(1)), target, ReadingKind::Full, false).await.unwrap(), id, "nothing blocks it");
    })
    .await;
}

#[tokio::test]
async fn a_reading_whose_readers_die_of_it_ends_and_one_that_is_let_go_was_not_begun() {
    with_directory(OnEnd::Disable, async |app, _, target| {
        let id = ask_reading(&admin(&app), target, ReadingKind::Full, false).await.unwrap();
        for n in 0..8 {
            let reading = claimed(&app, minutes(n), "one").await.unwrap();
            let_go(&worker(&app, minutes(n)), &reading).await.unwrap();
        }
        assert_eq!((row(&app, id).await.attempts, row(&app, id).await.state), (0, ReadingState::Queued));
        for n in 10..15 {
            claimed(&app, minutes(2 * n), "one").await.unwrap();
        }
        let last = claimed(&app, minutes(30), "one").await.unwrap();
        assert_eq!(run(&app, minutes(30), &last).await, Some(ReadingState::Failed));
        assert!(row(&app, id).await.said.starts_with("it broke off 5 times"));
    })
    .await;
}

#[tokio::test]
async fn who_asks_for_more_than_what_waits_gets_it_and_is_told_when_it_is_under_way() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        directory.contents().watermark = Some("mark".to_owned());
        reconcile_target(&ctx, target, false).await.unwrap();
        let id = ask_reading(&ctx.at(noon() + minutes(1)), target, ReadingKind::Changes, false).await.unwrap();
        assert_eq!(ask_reading(&ctx, target, ReadingKind::Full, false).await.unwrap(), id);
        assert_eq!(ask_reading(&ctx, target, ReadingKind::Changes, true).await.unwrap(), id);
        let raised = row(&app, id).await;
        assert_eq!((raised.kind, raised.many_gone), (ReadingKind::Full, true));
        let before = events(&app, "target.reading-asked").await.len();
        assert_eq!(ask_reading(&ctx, target, ReadingKind::Changes, false).await.unwrap(), id);
        assert_eq!(events(&app, "target.reading-asked").await.len(), before, "it does all of that");
        let reading = claimed(&app, minutes(2), "one").await.unwrap();
        assert_eq!(ask_reading(&ctx, target, ReadingKind::Full, true).await.unwrap(), id);
        run(&app, minutes(2), &reading).await;
        ask_reading(&ctx.at(noon() + minutes(3)), target, ReadingKind::Changes, false).await.unwrap();
        claimed(&app, minutes(3), "one").await.unwrap();
        for (kind, many_gone) in [(ReadingKind::Full, false), (ReadingKind::Changes, true)] {
            let refused = ask_reading(&ctx, target, kind, many_gone).await;
            assert!(matches!(refused, Err(ServiceError::Conflict(_))), "{refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_is_gone_when_the_stream_is_cut_or_nobody_is_in_the_groups_any_more() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let names: Vec<String> = (0..20).map(|n| format!("user{n:02}")).collect();
        for name in &names {
            person(&ctx, name).await;
            directory.contents().accounts.insert(name.clone(), true);
        }
        directory.contents().watermark = Some(String::new());
        directory.contents().groups.insert("staff".to_owned(), names.iter().cloned().collect());
        reconcile_target(&ctx, target, false).await.unwrap();
        directory.contents().cut_after = Some(15);
        let cut = reconcile_target(&ctx.at(noon() + minutes(1)), target, false).await;
        assert!(matches!(&cut, Err(ServiceError::Refused(said)) if said.contains("not read to its end")), "{cut:?}");
        assert_eq!(accounts(&app, target).await.len(), 20);
        directory.contents().cut_after = None;
        directory.contents().groups.insert("staff".to_owned(), Default::default());
        let doubtful = reconcile_target(&ctx.at(noon() + minutes(2)), target, false).await;
        assert!(
            matches!(&doubtful, Err(ServiceError::Invalid(faults)) if faults[0].message.starts_with("20 of 20 memberships")),
            "{doubtful:?}"
        );
        let ann = identity(&app, "user00").await.id;
        assert_eq!(held(&ctx, ann).await.len(), 1);
        let seen = reconcile_target(&ctx.at(noon() + minutes(3)), target, true).await.unwrap();
        assert_eq!(seen.memberships.vanished, 20, "a person says that this is right");
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_at_each_reading_is_told_once() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        birthright(&ctx, target, "staff", "Sales", 0).await;
        let ann = NewIdentity { department: "Sales".to_owned(), ..new_person("ann") };
        create_identity(&ctx, &ann).await.unwrap();
        directory.contents().accounts.insert("ann".to_owned(), true);
        directory.contents().groups.insert("staff".to_owned(), ["ann".to_owned()].into());
        reconcile_target(&ctx, target, false).await.unwrap();
        directory.contents().groups.insert("staff".to_owned(), Default::default());
        for n in 1..4 {
            let seen = reconcile_target(&ctx.at(noon() + minutes(n)), target, false).await.unwrap();
            assert_eq!(seen.memberships.missing, 1);
            assert_eq!(events(&app, "target.access-seen").await.len(), 2, "seen, and missing since");
        }
    })
    .await;
}
