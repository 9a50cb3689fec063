//! What is owed to a target is done, read back and settled; and stays owed until it is.

use chrono::TimeDelta;
use tenure_connectors::FaultKind;
use tenure_domain::grant::GrantState;
use tenure_domain::identity::Transition;
use tenure_domain::operation::Forecast;
use tenure_domain::operation::OperationKind::{DeleteAccount, DisableAccount, EnableAccount, RemoveEntitlement};
use tenure_domain::operation::OperationState::{Attested, NeedsHuman, Queued, Superseded, Verified};
use tenure_domain::target::{AccountState, OnEnd, TargetState};
use tenure_services::ServiceError;
use tenure_services::identities::{change_lifecycle, end_identity, rehire_identity};
use tenure_services::operations::{attempt, attest_operation, claim_operations, list_progress, retry_operation, settle_operation};
use tenure_services::records::{record_of, show_record};
use tenure_services::targets::{hold_target, reconcile_target};

use super::support::*;
use super::targets::*;

const NOW: TimeDelta = TimeDelta::zero();

/// Ann has an account in the directory, which was read, and is a member of `staff`.
async fn ann_is_there(
    app: &std::sync::Arc<tenure_services::App>,
    directory: &Directory,
    target: tenure_domain::id::ApplicationId,
) -> tenure_domain::id::IdentityId {
    let ctx = admin(app);
    let ann = person(&ctx, "ann").await;
    directory.contents().accounts.insert("ann".to_owned(), true);
    directory.contents().groups.insert("staff".to_owned(), ["ann".to_owned()].into());
    reconcile_target(&ctx, target, false).await.unwrap();
    ann
}

#[tokio::test]
async fn a_leaver_is_disabled_loses_groups_and_is_deleted_in_this_order_and_each_is_read_back() {
    with_directory(OnEnd::Delete, async |app, directory, target| {
        let ann = ann_is_there(&app, &directory, target).await;
        let ended = end_identity(&admin(&app), ann, "left").await.unwrap();
        assert_eq!((ended.effects.accounts_owed, ended.effects.removals_owed), (1, 1));
        assert_eq!(work(&app, target, NOW).await, [Verified, Verified, Verified]);
        assert_eq!(directory.contents().asked, ["disable ann", "remove ann", "delete ann"]);
        assert_eq!(operations(&app, "ann").await, [(DisableAccount, Verified), (RemoveEntitlement, Verified), (DeleteAccount, Verified)]);
        let mut tx = app.store.read().await.unwrap();
        assert_eq!(tx.accounts_of(ann).await.unwrap(), [], "gone");
        assert!(tx.grants_of(ann).await.unwrap().iter().all(|g| g.state == GrantState::Removed));
        assert_eq!(events(&app, "operation.verified").await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn what_the_target_says_yes_to_and_does_not_do_is_never_verified() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ann = ann_is_there(&app, &directory, target).await;
        end_identity(&admin(&app), ann, "left").await.unwrap();
        directory.contents().lies = true;
        let mut at = NOW;
        for _ in 0..20 {
            at += TimeDelta::minutes(20);
            assert!(!work(&app, target, at).await.contains(&Verified));
        }
        assert!(operations(&app, "ann").await.contains(&(DisableAccount, NeedsHuman)), "a person is asked, and trying goes on");
        directory.contents().lies = false;
        assert!(work(&app, target, at + TimeDelta::minutes(20)).await.contains(&Verified), "there is no last attempt");
    })
    .await;
}

#[tokio::test]
async fn a_target_that_is_down_is_left_alone_and_all_is_done_by_itself_when_it_is_back() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ann = ann_is_there(&app, &directory, target).await;
        end_identity(&admin(&app), ann, "left").await.unwrap();
        directory.breaks(FaultKind::Unreachable, 3);
        for minutes in [0, 1, 2] {
            assert_eq!(work(&app, target, TimeDelta::minutes(minutes)).await, [Queued], "minute {minutes}");
        }
        let row = app.store.read().await.unwrap().target(target).await.unwrap().unwrap();
        assert_eq!((row.failures, row.said.as_str()), (3, "Unreachable on purpose"));
        assert!(row.open_until.is_some_and(|until| until > noon() + TimeDelta::minutes(2)));
        assert_eq!(work(&app, target, TimeDelta::minutes(2)).await, [], "nobody asks meanwhile");
        assert_eq!(work(&app, target, TimeDelta::minutes(30)).await, [Verified, Verified]);
        let row = app.store.read().await.unwrap().target(target).await.unwrap().unwrap();
        assert_eq!((row.failures, row.open_until, row.said.as_str()), (0, None, ""));
    })
    .await;
}

#[tokio::test]
async fn what_did_not_come_about_is_tried_at_once_after_something_else_of_the_same_person_did() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ann = ann_is_there(&app, &directory, target).await;
        end_identity(&admin(&app), ann, "left").await.unwrap();
        directory.breaks(FaultKind::Refused, 1);
        assert_eq!(work(&app, target, NOW).await, [NeedsHuman, Verified, Verified], "the disabling does not wait for its own next turn");
        assert_eq!(operations(&app, "ann").await, [(DisableAccount, Verified), (RemoveEntitlement, Verified)]);
    })
    .await;
}

#[tokio::test]
async fn how_far_a_target_is_and_why_nothing_goes_out_there_is_told_on_the_record_too() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = ann_is_there(&app, &directory, target).await;
        assert_eq!(list_progress(&ctx).await.unwrap(), []);
        end_identity(&ctx, ann, "left").await.unwrap();
        let record = record_of(&ctx, ann).await.unwrap().unwrap();
        let reasons = async || show_record(&ctx, record).await.unwrap().said.into_values().map(|waits| waits.words).collect::<Vec<_>>();
        let told = list_progress(&ctx).await.unwrap().remove(0);
        assert_eq!((told.open, told.needs_human, told.pace), (2, 0, None));
        assert!(matches!(told.forecast, Forecast::NotYet(least) if least > NOW), "{told:?}");
        assert!(reasons().await.iter().all(|why| why.contains("waits its turn")), "what is only not done yet says nothing else");

        let version = show_record(&ctx, record).await.unwrap().standing.version;
        hold_target(&ctx, target, TargetState::Held).await.unwrap();
        assert_eq!(list_progress(&ctx).await.unwrap()[0].forecast, Forecast::Waits);
        assert!(reasons().await.iter().all(|why| why.contains("is held: nothing goes out there")), "{:?}", reasons().await);
        assert_ne!(show_record(&ctx, record).await.unwrap().standing.version, version, "whoever watches is shown it");

        hold_target(&ctx, target, TargetState::Live).await.unwrap();
        work(&app, target, NOW).await;
        assert_eq!((list_progress(&ctx).await.unwrap(), reasons().await), (Vec::new(), Vec::new()));
    })
    .await;
}

#[tokio::test]
async fn who_dies_at_work_lets_go_and_what_comes_late_from_the_dead_does_not_count() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ann = ann_is_there(&app, &directory, target).await;
        directory.contents().groups.clear();
        end_identity(&admin(&app), ann, "left").await.unwrap();
        let (first, later) = (worker(&app, NOW), worker(&app, TimeDelta::minutes(5)));
        let lost = claim_operations(&first, target, "worker 1").await.unwrap();
        assert_eq!(lost.len(), 1);
        assert_eq!(claim_operations(&first, target, "worker 2").await.unwrap().len(), 0, "somebody holds it");
        let taken = claim_operations(&later, target, "worker 2").await.unwrap();
        assert_eq!(taken.len(), 1, "nobody heard of the first again");
        let done = attempt(&taken[0]).await;
        assert_eq!(settle_operation(&later, &lost[0], &done).await.unwrap(), None, "it is not theirs any more");
        assert_eq!(settle_operation(&later, &taken[0], &done).await.unwrap(), Some(Verified));
    })
    .await;
}

#[tokio::test]
async fn no_more_than_allowed_run_at_once_or_begin_within_a_minute() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        for n in 0..6 {
            directory.contents().accounts.insert(format!("user{n}"), true);
            person(&ctx, &format!("user{n}")).await;
        }
        reconcile_target(&ctx, target, false).await.unwrap();
        let limits = tenure_services::targets::TargetDraft { version: 1, at_once: 2, per_minute: 3, ..draft(OnEnd::Disable) };
        tenure_services::targets::configure_target(&ctx, target, &limits).await.unwrap();
        for n in 0..6 {
            let id = app.store.read().await.unwrap().identity_by_user_name(&format!("user{n}")).await.unwrap().unwrap().id;
            end_identity(&ctx, id, "left").await.unwrap();
        }
        let now = worker(&app, NOW);
        let claimed = async |ctx: &tenure_services::Ctx| claim_operations(ctx, target, "worker").await.unwrap();
        let first = claimed(&now).await;
        assert_eq!((first.len(), claimed(&now).await.len()), (2, 0), "two at once");
        for job in &first {
            settle_operation(&now, job, &attempt(job).await).await.unwrap();
        }
        assert_eq!((claimed(&now).await.len(), claimed(&now).await.len()), (1, 0), "three within the minute");
        assert_eq!(claimed(&worker(&app, TimeDelta::minutes(5))).await.len(), 2, "the next minute, and the one that was let go");
    })
    .await;
}

#[tokio::test]
async fn a_person_states_what_cannot_be_read_and_only_once_and_not_for_themselves() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ann = ann_is_there(&app, &directory, target).await;
        directory.contents().groups.clear();
        let ctx = admin(&app);
        end_identity(&ctx, ann, "left").await.unwrap();
        directory.breaks(FaultKind::Forbidden, 2);
        assert_eq!(work(&app, target, NOW).await[0], NeedsHuman, "a right is missing: a person has to do something");
        let id =
            app.store.read().await.unwrap().operations_of(ann, 10).await.unwrap().iter().find(|o| o.kind == DisableAccount).unwrap().id;
        assert!(matches!(attest_operation(&ctx, id, "ok").await, Err(ServiceError::Invalid(_))), "a note of two letters says nothing");
        let herself = signed_in(&app, ann, &[tenure_domain::access::PortalRole::Admin]);
        assert!(matches!(attest_operation(&herself, id, "I saw it with my own eyes").await, Err(ServiceError::Refused(_))));
        attest_operation(&ctx, id, "seen in the console of the directory").await.unwrap();
        assert!(matches!(attest_operation(&ctx, id, "seen in the console of the directory").await, Err(ServiceError::Refused(_))));
        assert!(matches!(retry_operation(&ctx, id).await, Err(ServiceError::Refused(_))));
        assert!(operations(&app, "ann").await.contains(&(DisableAccount, Attested)));
        let accounts = app.store.read().await.unwrap().accounts_of(ann).await.unwrap();
        assert_eq!(accounts[0].account.state, AccountState::Disabled);
    })
    .await;
}

#[tokio::test]
async fn nothing_goes_out_to_a_target_that_is_held() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ann = ann_is_there(&app, &directory, target).await;
        hold_target(&admin(&app), target, TargetState::Held).await.unwrap();
        end_identity(&admin(&app), ann, "left").await.unwrap();
        assert_eq!(work(&app, target, NOW).await, []);
        assert_eq!(directory.contents().asked, Vec::<String>::new());
        hold_target(&admin(&app), target, TargetState::Live).await.unwrap();
        assert_eq!(work(&app, target, NOW).await, [Verified, Verified]);
    })
    .await;
}

#[tokio::test]
async fn who_is_suspended_cannot_sign_in_anywhere_until_they_resume_and_who_comes_back_can_again() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ann = ann_is_there(&app, &directory, target).await;
        let ctx = admin(&app);
        change_lifecycle(&ctx, ann, Transition::Suspend, "lost a laptop").await.unwrap();
        assert_eq!(work(&app, target, NOW).await, [Verified]);
        assert!(!directory.contents().accounts["ann"]);
        change_lifecycle(&ctx, ann, Transition::Resume, "found it").await.unwrap();
        work(&app, target, NOW).await;
        assert!(directory.contents().accounts["ann"]);
        end_identity(&ctx, ann, "left").await.unwrap();
        rehire_identity(&ctx, ann, day("2024-03-01"), "a mistake").await.unwrap();
        work(&app, target, NOW).await;
        assert!(directory.contents().accounts["ann"]);
        let operations = operations(&app, "ann").await;
        assert!(operations.contains(&(DisableAccount, Superseded)) && operations.contains(&(EnableAccount, Verified)), "{operations:?}");
    })
    .await;
}

#[tokio::test]
async fn what_was_superseded_under_way_is_waited_for_before_the_opposite_goes_out() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ann = ann_is_there(&app, &directory, target).await;
        directory.contents().groups.clear();
        let ctx = admin(&app);
        change_lifecycle(&ctx, ann, Transition::Suspend, "lost a laptop").await.unwrap();
        work(&app, target, NOW).await;
        change_lifecycle(&ctx, ann, Transition::Resume, "found it").await.unwrap();
        let now = worker(&app, NOW);
        let enabling = claim_operations(&now, target, "slow").await.unwrap();
        assert_eq!(enabling.len(), 1);
        end_identity(&ctx, ann, "left").await.unwrap();
        let others = claim_operations(&now, target, "quick").await.unwrap();
        assert!(others.iter().all(|job| !format!("{job:?}").contains("Disable(")), "the account waits for the slow one");
        for job in others {
            settle_operation(&now, &job, &attempt(&job).await).await.unwrap();
        }
        let late = attempt(&enabling[0]).await;
        assert_eq!(settle_operation(&now, &enabling[0], &late).await.unwrap(), None, "it counts for nothing");
        work(&app, target, NOW).await;
        assert!(!directory.contents().accounts["ann"], "what is wanted comes last");
        assert!(operations(&app, "ann").await.contains(&(DisableAccount, Verified)));
    })
    .await;
}

#[tokio::test]
async fn what_was_owed_before_the_end_is_part_of_its_record() {
    with_directory(OnEnd::Disable, async |app, directory, target| {
        let ann = ann_is_there(&app, &directory, target).await;
        let ctx = admin(&app);
        change_lifecycle(&ctx, ann, Transition::Suspend, "lost a laptop").await.unwrap();
        end_identity(&ctx, ann, "left").await.unwrap();
        let id = tenure_services::records::record_of(&ctx, ann).await.unwrap().unwrap();
        let open = tenure_services::records::show_record(&ctx, id).await.unwrap();
        assert_eq!((open.tally.open, open.file.record.items.len()), (2, 2), "the account and the group, once each");
        work(&app, target, NOW).await;
        let done = tenure_services::records::show_record(&ctx.at(noon() + TimeDelta::minutes(1)), id).await.unwrap();
        assert!(done.tally.is_complete());
    })
    .await;
}
