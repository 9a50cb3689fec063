//! The record of an end: everything that could act, and what became of it.

use chrono::TimeDelta;
use tenure_connectors::FaultKind;
use tenure_domain::record::{ItemClass, ItemState};
use tenure_domain::target::OnEnd;
use tenure_services::access::MembershipOptions;
use tenure_services::identities::{end_identity, hand_over, list_hand_overs};
use tenure_services::operations::attest_operation;
use tenure_services::records::{WatchedRecord, list_records, record_of, show_record, watch_record};
use tenure_services::targets::reconcile_target;
use tenure_services::{Ctx, testing};
use tenure_store::PageRequest;
use tenure_vault::verify_record;

use super::support::*;
use super::targets::*;

async fn shown(ctx: &Ctx, who: tenure_domain::id::IdentityId) -> tenure_services::records::ShownRecord {
    let id = record_of(ctx, who).await.unwrap().expect("who ended has a record");
    show_record(ctx, id).await.unwrap()
}

/// What an item of a class became.
fn of_class(shown: &tenure_services::records::ShownRecord, class: ItemClass) -> Vec<ItemState> {
    let record = &shown.file.record;
    record.items.iter().zip(record.states()).filter(|(item, _)| item.class == class).map(|(_, state)| state).collect()
}

#[tokio::test]
async fn a_record_is_open_until_each_item_is_read_back_handed_over_or_vouched_for_and_verifies_at_any_moment() {
    with_directory(OnEnd::Delete, async |app, directory, target| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let bob = person(&ctx, "bob").await;
        service(&ctx, "robot", ann).await;
        give_password(&ctx, ann).await;
        tenure_services::accounts::sign_in(&nobody(&ctx), "ann", password(GOOD), "Firefox").await.unwrap();
        directory.contents().accounts.insert("ann".to_owned(), true);
        directory.contents().groups.insert("staff".to_owned(), ["ann".to_owned()].into());
        reconcile_target(&ctx, target, false).await.unwrap();
        directory.breaks(FaultKind::Forbidden, 3);
        end_identity(&ctx, ann, "left").await.unwrap();
        let key = app.keys.public_key();
        let check = |shown: &tenure_services::records::ShownRecord| {
            let text = shown.file.to_text().unwrap();
            let verdict = verify_record(text.as_bytes(), Some(&key)).unwrap().verdict();
            assert_eq!((verdict.sound, verdict.tally), (true, shown.tally));
            shown.file.note.clone()
        };

        let frozen = shown(&ctx, ann).await;
        let first = check(&frozen);
        assert_eq!(of_class(&frozen, ItemClass::Session), [ItemState::Verified]);
        assert_eq!(of_class(&frozen, ItemClass::Account), [ItemState::Pending, ItemState::Pending], "disabled, then deleted");
        assert_eq!((of_class(&frozen, ItemClass::Entitlement).len(), of_class(&frozen, ItemClass::Ownership).len()), (1, 1));
        assert!(!frozen.tally.is_complete());

        work(&app, target, TimeDelta::zero()).await;
        let stuck = shown(&ctx.at(noon() + TimeDelta::minutes(1)), ann).await;
        check(&stuck);
        assert!(of_class(&stuck, ItemClass::Account).contains(&ItemState::NeedsHuman));
        assert!(stuck.said.values().any(|waits| waits.words.contains("Forbidden")), "it says why: {:?}", stuck.said);
        let id = app.store.read().await.unwrap().operations_of(ann, 10).await.unwrap().into_iter().find(|o| o.state.is_open()).unwrap().id;
        attest_operation(&ctx.at(noon() + TimeDelta::minutes(2)), id, "disabled it by hand in the console").await.unwrap();
        work(&app, target, TimeDelta::hours(1)).await;
        let task = list_hand_overs(&ctx, &PageRequest::default()).await.unwrap().rows.remove(0).id;
        let page = list_records(&ctx, &PageRequest::default()).await.unwrap();
        assert_eq!((page.rows.len(), page.rows[0].open), (1, 1), "the service still waits for somebody");
        hand_over(&ctx.at(noon() + TimeDelta::hours(2)), task, bob).await.unwrap();

        let done = shown(&ctx.at(noon() + TimeDelta::hours(3)), ann).await;
        check(&done);
        assert!(done.tally.is_complete(), "{:?}", done.tally);
        assert_eq!((done.tally.attested, list_records(&ctx, &PageRequest::default()).await.unwrap().rows[0].open), (1, 0));
        let verified = verify_record(done.file.to_text().unwrap().as_bytes(), Some(&key)).unwrap();
        assert!(verified.continues(&first).is_ok(), "what was signed first is still there");
    })
    .await;
}

#[tokio::test]
async fn what_nobody_reaches_is_verified_by_the_next_look_at_what_is_really_held() {
    on_each(async |app| {
        let ctx = admin(&app);
        import(&ctx, &[row("E1", "Ann", "Sales"), row("E2", "Bob", "Sales")]).await.unwrap();
        let held = |day_of: &str| MembershipOptions {
            source: "hr".to_owned(),
            application: "Teams".to_owned(),
            file_name: "held.csv".to_owned(),
            as_of: day(day_of),
            dry_run: false,
            accept_rejected: false,
        };
        let take = async |ctx: &Ctx, options: MembershipOptions, rows: &str| {
            let file = format!("employee_id,team,role\n{rows}");
            tenure_services::access::import_memberships(ctx, &options, file.as_bytes()).await.unwrap()
        };
        take(&ctx, held("2024-03-01"), "E1,core,member\nE2,core,member\n").await;
        let ann = app.store.read().await.unwrap().identities_by_employee_id(&["E1"]).await.unwrap()[0].1;
        end_identity(&ctx, ann, "left").await.unwrap();
        let open = shown(&ctx, ann).await;
        let item = open.file.record.items.iter().find(|i| i.class == ItemClass::Entitlement).unwrap();
        assert!(!item.enforceable && item.note.is_some(), "it says that Tenure cannot do it");
        take(&ctx.at(noon() + TimeDelta::days(1)), held("2024-03-02"), "E2,core,member\n").await;
        let done = shown(&ctx.at(noon() + TimeDelta::days(2)), ann).await;
        assert!(done.tally.is_complete() && done.tally.verified == 1, "{:?}", done.tally);
    })
    .await;
}

#[tokio::test]
async fn who_may_not_see_access_sees_no_record() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        end_identity(&ctx, ann, "left").await.unwrap();
        let id = record_of(&ctx, ann).await.unwrap().unwrap();
        let employee = testing::employee_ctx(&app, ann);
        assert!(show_record(&employee, id).await.is_err() && list_records(&employee, &PageRequest::default()).await.is_err());
        assert!(watch_record(&employee, id).await.is_err() && !WatchedRecord::may_see(&employee.principal));
        assert!(shown(&ctx, ann).await.tally.is_complete(), "there was nothing to end");
    })
    .await;
}

#[tokio::test]
async fn a_watched_record_has_another_version_after_each_change_and_the_page_has_the_same() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let bob = person(&ctx, "bob").await;
        service(&ctx, "robot", ann).await;
        service(&ctx, "crawler", ann).await;
        end_identity(&ctx, ann, "left").await.unwrap();
        let watched = watch_record(&ctx, record_of(&ctx, ann).await.unwrap().unwrap()).await.unwrap();
        let mut seen = vec![watched.look().await.unwrap()];
        assert_eq!(watched.look().await.unwrap(), seen[0], "as long as nothing happens it stays");
        for task in list_hand_overs(&ctx, &PageRequest::default()).await.unwrap().rows {
            hand_over(&ctx, task.id, bob).await.unwrap();
            seen.push(watched.look().await.unwrap());
            assert_eq!(shown(&ctx, ann).await.standing, seen[seen.len() - 1]);
        }
        assert_eq!(seen.iter().map(|s| s.is_complete).collect::<Vec<_>>(), [false, false, true]);
        assert!(seen[0].version != seen[1].version && seen[1].version != seen[2].version);
    })
    .await;
}
