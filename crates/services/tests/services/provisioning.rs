//! Joiners and movers on targets: what roles give becomes accounts and memberships, and is read back.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tenure_connectors::FaultKind;
use tenure_domain::grant::GrantState;
use tenure_domain::id::ApplicationId;
use tenure_domain::identity::Transition;
use tenure_domain::operation::OperationKind::{AddEntitlement, ChangeAccount, CreateAccount, DisableAccount, RemoveEntitlement};
use tenure_domain::operation::OperationState::{NeedsHuman, Queued, Superseded, Verified};
use tenure_domain::target::{AccountState, OnEnd};
use tenure_services::identities::{change_lifecycle, end_identity, rehire_identity};
use tenure_services::operations::{attempt, claim_operations, settle_operation};
use tenure_services::targets::{
    accept_drift, correlate_account, list_missing, reconcile_target, reject_drift, repair_account, repair_grant, set_mapping, try_mapping,
};
use tenure_services::{App, Ctx, ServiceError};
use tenure_store::PageRequest;
use tenure_store::targets::AccountFilter;

use super::support::*;
use super::targets::*;

const NOW: TimeDelta = TimeDelta::zero();

fn mapping() -> Value {
    json!({ "name": "lower(user_name)", "attributes": { "mail": "email", "ou": "department", "employeeNumber": "employee_id" } })
}

/// Runs a test with a directory that was read, makes accounts, and has the group `staff`, which everybody in Sales gets.
async fn with_staff(on_end: OnEnd, test: impl AsyncFn(Arc<App>, Directory, ApplicationId)) {
    with_directory(on_end, async |app, directory, target| {
        let ctx = admin(&app);
        directory.contents().groups.insert("staff".to_owned(), [].into());
        reconcile_target(&ctx, target, false).await.unwrap();
        set_mapping(&ctx, target, 1, Some(&mapping())).await.unwrap();
        let staff = app.store.read().await.unwrap().entitlements_of(target).await.unwrap()[0].id;
        let role = put_role(&ctx, &role_draft("Sales people", &[staff])).await;
        put_rule(&ctx, &rule_draft("Sales", role, "department == \"Sales\"")).await;
        test(app, directory, target).await;
    })
    .await;
}

/// Whether Ann can sign in there, and how many are in the group.
fn there(directory: &Directory) -> (bool, usize) {
    let contents = directory.contents();
    (contents.accounts["ann"], contents.groups["staff"].len())
}

#[tokio::test]
async fn a_joiner_gets_an_account_and_what_roles_give_and_both_are_read_back() {
    with_staff(OnEnd::Disable, async |app, directory, target| {
        import(&admin(&app), &[row("E1", "ann", "Sales"), row("E2", "bob", "Legal")]).await.unwrap();
        assert_eq!(work(&app, target, NOW).await, [Verified, Verified]);
        assert_eq!(directory.contents().asked, ["create ann", "add ann"], "first the account, and nothing for Bob");
        assert_eq!(operations(&app, "ann").await, [(AddEntitlement, Verified), (CreateAccount, Verified)]);
        let ann = identity(&app, "ann").await.id;
        let mut tx = app.store.read().await.unwrap();
        let account = tx.accounts_of(ann).await.unwrap().remove(0).account;
        assert_eq!((account.key.as_str(), account.name.as_str(), account.state), ("key-ann", "ann", AccountState::Enabled));
        assert!(tx.grants_of(ann).await.unwrap()[0].observed_at.is_some(), "it was seen there");
        drop(tx);
        assert_eq!(directory.contents().attributes["ann"]["ou"], ["Sales"]);
        // Nothing changes by reading it, and nobody is there twice.
        let read = reconcile_target(&admin_at(&app, "2024-03-02T12:00:00Z"), target, false).await.unwrap();
        assert_eq!((read.accounts, read.orphans, read.drifted, read.memberships.explained), (1, 0, 0, 1));
        assert_eq!(app.store.read().await.unwrap().accounts_of(ann).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_same_list_again_owes_nothing_more() {
    with_staff(OnEnd::Disable, async |app, _, target| {
        let rows = [row("E1", "ann", "Sales")];
        import(&admin(&app), &rows).await.unwrap();
        import(&admin_at(&app, "2024-03-02T12:00:00Z"), &rows).await.unwrap();
        assert_eq!(operations(&app, "ann").await.len(), 2);
        work(&app, target, NOW).await;
        import(&admin_at(&app, "2024-03-03T12:00:00Z"), &rows).await.unwrap();
        assert_eq!(operations(&app, "ann").await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_name_that_is_taken_is_not_given_and_the_next_one_is() {
    with_staff(OnEnd::Disable, async |app, directory, target| {
        // One that Tenure knows, and one that it does not.
        directory.contents().accounts.insert("ann".to_owned(), true);
        directory.contents().strangers.insert("ann2".to_owned());
        let ctx = admin(&app);
        reconcile_target(&ctx, target, false).await.unwrap();
        person(&ctx, "ann").await;
        assert_eq!(work(&app, target, NOW).await, [Queued, Verified, Verified]);
        assert_eq!(directory.contents().asked, ["create ann2", "create ann3", "add ann3"]);
        let ann = identity(&app, "ann").await.id;
        let names: Vec<_> = app.store.read().await.unwrap().accounts_of(ann).await.unwrap().into_iter().map(|a| a.account.name).collect();
        assert_eq!(names, ["ann3"], "whoever has the other names keeps them");
    })
    .await;
}

#[tokio::test]
async fn who_has_an_account_there_gets_no_second_one() {
    with_staff(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        // Read after the person is known: its number tells whose it is.
        import(&ctx, &[row("ANN", "ann", "Legal")]).await.unwrap();
        directory.contents().accounts.insert("ann".to_owned(), true);
        reconcile_target(&ctx, target, false).await.unwrap();
        import(&admin_at(&app, "2024-03-02T12:00:00Z"), &[row("ANN", "ann", "Sales")]).await.unwrap();
        work(&app, target, TimeDelta::days(1)).await;
        assert!(!directory.contents().asked.contains(&"create ann".to_owned()), "{:?}", directory.contents().asked);
        assert!(directory.contents().groups["staff"].contains("ann"));
    })
    .await;
}

#[tokio::test]
async fn a_mover_loses_what_the_old_department_gave_and_the_account_says_the_new_one() {
    with_staff(OnEnd::Disable, async |app, directory, target| {
        import(&admin(&app), &[row("E1", "ann", "Sales")]).await.unwrap();
        work(&app, target, NOW).await;
        import(&admin_at(&app, "2024-03-02T12:00:00Z"), &[row("E1", "ann", "Legal")]).await.unwrap();
        assert_eq!(work(&app, target, TimeDelta::days(1)).await, [Verified, Verified]);
        assert_eq!(operations(&app, "ann").await[2..], [(RemoveEntitlement, Verified), (ChangeAccount, Verified)]);
        assert_eq!(directory.contents().attributes["ann"]["ou"], ["Legal"]);
        assert!(directory.contents().groups["staff"].is_empty());
    })
    .await;
}

#[tokio::test]
async fn who_ends_before_the_account_is_made_gets_none_and_nothing_is_left_open() {
    with_staff(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        end_identity(&ctx, ann, "never came").await.unwrap();
        work(&app, target, NOW).await;
        assert!(!directory.contents().accounts.contains_key("ann"));
        let states: Vec<_> = operations(&app, "ann").await;
        assert!(states.contains(&(CreateAccount, Superseded)) && states.contains(&(AddEntitlement, Superseded)), "{states:?}");
    })
    .await;
}

#[tokio::test]
async fn who_ends_while_the_account_is_being_made_has_it_disabled_all_the_same() {
    with_staff(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let worker = worker(&app, NOW);
        let jobs = claim_operations(&worker, target, "worker 1").await.unwrap();
        assert_eq!(jobs.len(), 1, "the group waits for the account");
        end_identity(&ctx, ann, "left").await.unwrap();
        assert_eq!(work(&app, target, NOW).await, [], "who ends it waits for who makes it");
        let attempted = attempt(&jobs[0]).await;
        assert!(directory.contents().accounts["ann"], "it was made after the end");
        assert_eq!(settle_operation(&worker, &jobs[0], &attempted).await.unwrap(), None, "and that does not count any more");
        let states = work(&app, target, NOW).await;
        assert!(states.contains(&Verified) && !directory.contents().accounts["ann"], "{states:?}");
        assert!(operations(&app, "ann").await.contains(&(DisableAccount, Verified)));
    })
    .await;
}

#[tokio::test]
async fn a_mapping_that_makes_no_name_asks_a_person_and_says_what_is_missing() {
    with_staff(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        set_mapping(&ctx, target, 2, Some(&json!({ "name": "lower(employee_id)", "attributes": {} }))).await.unwrap();
        let ann = person(&ctx, "ann").await;
        assert_eq!(work(&app, target, NOW).await[0], NeedsHuman);
        let mut tx = app.store.read().await.unwrap();
        let id = tx.operations_of(ann, 10).await.unwrap().into_iter().find(|o| o.kind == CreateAccount).unwrap().id;
        let said = tx.operation_detail(id).await.unwrap().unwrap().0.said;
        assert!(said.contains("employee_id has no value") || said.contains("one of employee_id"), "{said}");
        drop(tx);
        // Once it can be made, it is.
        set_mapping(&ctx, target, 3, Some(&mapping())).await.unwrap();
        work(&app, target, TimeDelta::hours(1)).await;
        assert!(directory.contents().accounts.contains_key("ann"));
    })
    .await;
}

#[tokio::test]
async fn what_is_otherwise_on_the_target_is_shown_and_made_as_recorded_when_somebody_says_so() {
    with_staff(OnEnd::Disable, async |app, directory, target| {
        import(&admin(&app), &[row("E1", "ann", "Sales")]).await.unwrap();
        work(&app, target, NOW).await;
        // Somebody changes it there by hand.
        directory.contents().attributes.get_mut("ann").unwrap().insert("ou".to_owned(), vec!["Board".to_owned()]);
        directory.contents().groups.get_mut("staff").unwrap().clear();
        let later = admin_at(&app, "2024-03-02T12:00:00Z");
        let read = reconcile_target(&later, target, false).await.unwrap();
        assert_eq!((read.drifted, read.memberships.missing), (1, 1));
        let all = PageRequest { limit: 50, ..PageRequest::default() };
        let filter = AccountFilter { application_id: Some(target), drifted: true, ..AccountFilter::default() };
        let drifted = app.store.read().await.unwrap().list_accounts(&filter, &all).await.unwrap().rows.remove(0);
        let ou = &drifted.drift.as_ref().unwrap()["ou"];
        assert_eq!((ou.recorded.as_slice(), ou.real.as_slice()), (&["Sales".to_owned()][..], &["Board".to_owned()][..]));
        let missing = list_missing(&later, target, &all).await.unwrap().rows.remove(0);
        // Twice: the second click owes nothing more.
        for _ in 0..2 {
            repair_account(&later, drifted.account.id).await.unwrap();
            repair_grant(&later, target, missing.id).await.unwrap();
        }
        assert_eq!(work(&app, target, TimeDelta::days(1)).await, [Verified, Verified]);
        assert_eq!(directory.contents().attributes["ann"]["ou"], ["Sales"]);
        assert!(directory.contents().groups["staff"].contains("ann"));
        let mut tx = app.store.read().await.unwrap();
        assert!(tx.list_accounts(&filter, &all).await.unwrap().rows.is_empty());
        assert!(tx.list_missing(target, &all).await.unwrap().rows.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_otherwise_and_left_so_stays_until_it_changes_here_or_there() {
    with_staff(OnEnd::Disable, async |app, directory, target| {
        import(&admin(&app), &[row("E1", "ann", "Sales")]).await.unwrap();
        work(&app, target, NOW).await;
        let set = |value: &str| directory.contents().attributes.get_mut("ann").unwrap().insert("ou".to_owned(), vec![value.to_owned()]);
        set("Board");
        let day = |day: u32| admin_at(&app, &format!("2024-03-{day:02}T12:00:00Z"));
        let drifted = async |ctx: &Ctx| reconcile_target(ctx, target, false).await.unwrap().drifted;
        assert_eq!(drifted(&day(2)).await, 1);
        let filter = AccountFilter { application_id: Some(target), drifted: true, ..AccountFilter::default() };
        let all = PageRequest { limit: 50, ..PageRequest::default() };
        let listed = async || app.store.read().await.unwrap().list_accounts(&filter, &all).await.unwrap().rows;
        let account = listed().await[0].account.id;
        let seen = |real: &str| [("ou".to_owned(), vec![real.to_owned()])].into();
        assert!(matches!(accept_drift(&day(2), account, &seen("Board"), " ").await, Err(ServiceError::Invalid(faults)) if faults[0].field == "note"));
        assert!(matches!(accept_drift(&day(2), account, &seen("Court"), "not as it was seen").await, Err(ServiceError::Conflict(_))));
        accept_drift(&day(2), account, &seen("Board"), "she sits on the board").await.unwrap();
        assert!(matches!(accept_drift(&day(2), account, &seen("Board"), "once more").await, Err(ServiceError::Conflict(_))));
        assert!(listed().await.is_empty());
        assert_eq!(drifted(&day(3)).await, 0);
        // A change of the account passes over it.
        repair_account(&day(3), account).await.unwrap();
        assert_eq!(work(&app, target, TimeDelta::days(3)).await, [Verified]);
        assert_eq!(directory.contents().attributes["ann"]["ou"], ["Board"]);
        // It changes there: that was never left so.
        set("Court");
        assert_eq!(drifted(&day(5)).await, 1);
        repair_account(&day(5), account).await.unwrap();
        assert_eq!(work(&app, target, TimeDelta::days(5)).await, [Verified]);
        assert_eq!(directory.contents().attributes["ann"]["ou"], ["Sales"], "what changed there since is made as recorded");
        // And what was left so once counts no more.
        set("Board");
        assert_eq!(drifted(&day(6)).await, 1);
        accept_drift(&day(6), account, &seen("Board"), "she sits on the board").await.unwrap();
        reject_drift(&day(6), account).await.unwrap();
        assert!(matches!(reject_drift(&day(6), account).await, Err(ServiceError::Refused(_))));
        assert_eq!((listed().await.len(), drifted(&day(7)).await), (1, 1));
        // A move changes what is recorded: that is made so.
        accept_drift(&day(7), account, &seen("Board"), "she sits on the board").await.unwrap();
        for (at, department) in [(8, "Legal"), (10, "Sales")] {
            import(&day(at), &[row("E1", "ann", department)]).await.unwrap();
            work(&app, target, TimeDelta::days(i64::from(at) + 1)).await;
            assert_eq!(directory.contents().attributes["ann"]["ou"], [department]);
        }
        // Nor is it left so of whom the account is next.
        set("Board");
        assert_eq!(drifted(&day(12)).await, 1);
        accept_drift(&day(12), account, &seen("Board"), "she sits on the board").await.unwrap();
        let bob = person(&day(12), "bob").await;
        correlate_account(&day(12), account, Some(bob)).await.unwrap();
        let view = app.store.read().await.unwrap().accounts_of(bob).await.unwrap().remove(0);
        assert_eq!((view.drift, view.accepted), (None, None));
    })
    .await;
}

#[tokio::test]
async fn who_is_suspended_before_the_account_is_made_gets_it_when_they_resume() {
    with_staff(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        change_lifecycle(&ctx, ann, Transition::Suspend, "under inquiry").await.unwrap();
        work(&app, target, NOW).await;
        assert!(!directory.contents().accounts.contains_key("ann"));
        change_lifecycle(&ctx, ann, Transition::Resume, "cleared").await.unwrap();
        work(&app, target, TimeDelta::days(1)).await;
        assert_eq!(directory.contents().accounts.get("ann"), Some(&true));
        assert!(directory.contents().groups["staff"].contains("ann"));
    })
    .await;
}

#[tokio::test]
async fn who_comes_back_has_the_old_account_again_with_what_roles_give() {
    with_staff(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        work(&app, target, NOW).await;
        end_identity(&ctx, ann, "left").await.unwrap();
        work(&app, target, NOW).await;
        assert_eq!(there(&directory), (false, 0));
        let later = admin_at(&app, "2024-03-05T12:00:00Z");
        rehire_identity(&later, ann, later.today(), "came back").await.unwrap();
        work(&app, target, TimeDelta::days(5)).await;
        assert_eq!(there(&directory), (true, 1));
        assert_eq!(directory.contents().asked.iter().filter(|a| a.starts_with("create")).count(), 1);
        assert_eq!(held(&later, ann).await, [("staff".to_owned(), GrantState::Held)]);
    })
    .await;
}

#[tokio::test]
async fn a_mapping_is_tried_without_changing_anything_and_a_wrong_one_names_its_fault() {
    with_staff(OnEnd::Disable, async |app, _, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let tried = try_mapping(&ctx, target, &mapping(), ann).await.unwrap();
        assert_eq!((tried.mapped.name.as_deref(), tried.mapped.attributes["ou"].as_slice()), (Some("ann"), &["Sales".to_owned()][..]));
        let wrong = json!({ "name": "lower(", "attributes": { "mail": "upper(" } });
        let Err(ServiceError::Invalid(faults)) = set_mapping(&ctx, target, 2, Some(&wrong)).await else { panic!("it is refused") };
        assert_eq!(faults.len(), 2, "all faults at once: {faults:?}");
        assert!(faults.iter().all(|f| f.field == "mapping") && faults.iter().any(|f| f.message.contains("mail")), "{faults:?}");
        let stale = set_mapping(&ctx, target, 1, None).await;
        assert!(matches!(stale, Err(ServiceError::Conflict(_))), "{stale:?}");
        assert_eq!(app.store.read().await.unwrap().target(target).await.unwrap().unwrap().reach.mapping, Some(mapping()));
    })
    .await;
}

#[tokio::test]
async fn who_has_the_chosen_name_there_is_not_disabled_in_place_of_somebody_who_ends() {
    with_staff(OnEnd::Delete, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        directory.breaks(FaultKind::Unreachable, 1);
        assert_eq!(work(&app, target, NOW).await, [Queued], "the name is chosen, and the target is away");
        // Meanwhile somebody else gets that name there.
        directory.contents().accounts.insert("ann".to_owned(), true);
        directory.contents().attributes.insert("ann".to_owned(), [("mail".to_owned(), vec!["other@example.com".to_owned()])].into());
        end_identity(&ctx, ann, "never came").await.unwrap();
        let states = work(&app, target, TimeDelta::hours(1)).await;
        assert!(states.contains(&NeedsHuman), "{states:?}");
        assert_eq!(directory.contents().accounts.get("ann"), Some(&true), "it is somebody else's");
    })
    .await;
}

#[tokio::test]
async fn an_account_that_a_person_links_is_the_one_that_was_to_be_made() {
    with_staff(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        directory.breaks(FaultKind::NeedsDecision, 1);
        assert_eq!(work(&app, target, NOW).await[0], NeedsHuman);
        directory.contents().accounts.insert("anna".to_owned(), true);
        reconcile_target(&admin_at(&app, "2024-03-02T12:00:00Z"), target, false).await.unwrap();
        let filter = AccountFilter { application_id: Some(target), orphans: true, ..AccountFilter::default() };
        let all = PageRequest { limit: 50, ..PageRequest::default() };
        let anna = app.store.read().await.unwrap().list_accounts(&filter, &all).await.unwrap().rows.remove(0).account.id;
        correlate_account(&ctx, anna, Some(ann)).await.unwrap();
        work(&app, target, TimeDelta::days(1)).await;
        assert!(operations(&app, "ann").await.iter().all(|(_, state)| *state == Verified), "{:?}", operations(&app, "ann").await);
        assert!(directory.contents().groups["staff"].contains("anna") && !directory.contents().accounts.contains_key("ann"));
    })
    .await;
}

#[tokio::test]
async fn who_is_suspended_while_the_target_is_away_gets_the_account_when_they_resume() {
    with_staff(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        directory.breaks(FaultKind::Unreachable, 1);
        work(&app, target, NOW).await;
        change_lifecycle(&ctx, ann, Transition::Suspend, "under inquiry").await.unwrap();
        work(&app, target, TimeDelta::hours(1)).await;
        assert!(!directory.contents().accounts.contains_key("ann"));
        change_lifecycle(&ctx, ann, Transition::Resume, "cleared").await.unwrap();
        work(&app, target, TimeDelta::hours(2)).await;
        assert_eq!(there(&directory), (true, 1));
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_back_before_anything_was_done_leaves_no_account_and_nothing_owed() {
    with_staff(OnEnd::Disable, async |app, directory, target| {
        import(&admin(&app), &[row("E1", "ann", "Sales")]).await.unwrap();
        import(&admin_at(&app, "2024-03-02T12:00:00Z"), &[row("E1", "ann", "Legal")]).await.unwrap();
        assert_eq!(work(&app, target, TimeDelta::days(1)).await, []);
        assert!(operations(&app, "ann").await.iter().all(|(_, state)| *state == Superseded), "{:?}", operations(&app, "ann").await);
        assert!(directory.contents().asked.is_empty());
        assert_eq!(held(&admin(&app), identity(&app, "ann").await.id).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_change_while_the_account_is_being_made_is_made_there_too() {
    with_staff(OnEnd::Disable, async |app, directory, target| {
        import(&admin(&app), &[row("E1", "ann", "Sales")]).await.unwrap();
        let ctx = worker(&app, NOW);
        let jobs = claim_operations(&ctx, target, "worker 1").await.unwrap();
        let mut changed = row("E1", "ann", "Sales");
        changed = changed.replace("ann@example.com", "anna@example.com");
        import(&admin_at(&app, "2024-03-02T12:00:00Z"), &[changed]).await.unwrap();
        let attempted = attempt(&jobs[0]).await;
        settle_operation(&ctx, &jobs[0], &attempted).await.unwrap();
        work(&app, target, TimeDelta::days(1)).await;
        assert_eq!(directory.contents().attributes["ann"]["mail"], ["anna@example.com"]);
    })
    .await;
}

#[tokio::test]
async fn names_that_differ_only_by_case_are_one_name() {
    with_staff(OnEnd::Disable, async |app, directory, target| {
        let ctx = admin(&app);
        directory.contents().accounts.insert("Ann".to_owned(), true);
        reconcile_target(&ctx, target, false).await.unwrap();
        // The reading found nobody for it, and its name is taken all the same.
        person(&ctx, "ann").await;
        work(&app, target, NOW).await;
        assert_eq!(directory.contents().asked[0], "create ann2");
    })
    .await;
}
