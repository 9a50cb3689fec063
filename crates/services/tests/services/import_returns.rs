//! Who comes back, and who does not by itself.

use tenure_domain::identity::{LifecycleState, Transition};
use tenure_services::ServiceError;
use tenure_services::identities::{change_lifecycle, end_identity, rehire_identity, show_identity};
use tenure_services::people::import_people;

use super::support::*;

#[tokio::test]
async fn who_is_listed_again_is_rehired_as_the_same_identity_with_its_history() {
    on_each(async |app| {
        import(&admin(&app), &[row("1", "ann", "Sales"), row("2", "ben", "Sales")]).await.unwrap();
        let first = identity(&app, "ben").await;
        import(&admin_at(&app, "2024-04-01T12:00:00Z"), &[row("1", "ann", "Sales")]).await.unwrap();
        let may = admin_at(&app, "2024-05-01T12:00:00Z");
        let back = import(&may, &[row("1", "ann", "Sales"), row("2", "ben", "Sales")]).await.unwrap();
        assert_eq!(counts(&back), [1, 0, 0, 1, 0, 1]);

        let ben = show_identity(&may, first.id).await.unwrap();
        assert_eq!((ben.identity.state, ben.identity.ended_at), (LifecycleState::Active, None));
        assert!(ben.identity.epoch > first.epoch, "what was dead stays dead");
        let periods: Vec<_> = ben.employments.iter().map(|e| (e.started_on.to_string(), e.ended_on.map(|d| d.to_string()))).collect();
        assert_eq!(periods, [("2024-05-01".to_owned(), None), ("2020-01-01".to_owned(), Some("2024-04-01".to_owned()))]);
    })
    .await;
}

#[tokio::test]
async fn who_was_ended_by_hand_stays_ended_until_absent_and_then_listed_again() {
    on_each(async |app| {
        let rows = [row("1", "ann", "Sales"), row("2", "ben", "Sales")];
        let ctx = admin(&app);
        import(&ctx, &rows).await.unwrap();
        end_identity(&ctx, identity(&app, "ben").await.id, "left in a hurry").await.unwrap();

        for when in ["2024-03-02T12:00:00Z", "2024-03-03T12:00:00Z"] {
            let still_listed = import(&admin_at(&app, when), &rows).await.unwrap();
            assert_eq!((counts(&still_listed), still_listed.warnings.len()), ([0, 0, 0, 0, 0, 2], 1));
            assert_eq!(state(&app, "ben").await, LifecycleState::Terminated);
        }
        let absent = import(&admin_at(&app, "2024-03-04T12:00:00Z"), &rows[..1]).await.unwrap();
        assert_eq!(absent.leavers, 0, "it has ended already");
        let back = import(&admin_at(&app, "2024-03-05T12:00:00Z"), &rows).await.unwrap();
        assert_eq!(back.rehires, 1);
        assert_eq!(state(&app, "ben").await, LifecycleState::Active);
    })
    .await;
}

#[tokio::test]
async fn a_new_first_day_after_the_end_is_a_rehire_at_once() {
    on_each(async |app| {
        let ctx = admin(&app);
        import(&ctx, &[row("1", "ann", "Sales")]).await.unwrap();
        end_identity(&ctx, identity(&app, "ann").await.id, "left").await.unwrap();
        let again = [row_of("1", "ann", "Sales", "", "2024-06-01", "", "")];
        assert_eq!(import(&admin_at(&app, "2024-05-01T12:00:00Z"), &again).await.unwrap().rehires, 1);
        assert_eq!(state(&app, "ann").await, LifecycleState::PreHire, "the day has not come");
    })
    .await;
}

#[tokio::test]
async fn a_mistaken_end_is_undone_by_a_rehire_with_a_reason() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        end_identity(&ctx, ann, "mistake").await.unwrap();
        assert!(matches!(rehire_identity(&ctx, ann, ctx.today(), " ").await, Err(ServiceError::Invalid(_))));
        assert_eq!(rehire_identity(&ctx, ann, ctx.today(), "it was Anna who left").await.unwrap(), LifecycleState::Active);
        assert!(matches!(rehire_identity(&ctx, ann, ctx.today(), "again").await, Err(ServiceError::Lifecycle(_))));
        assert_eq!(events(&app, "identity.rehired").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_next_contract_may_begin_the_day_after_the_last_one_however_late_both_are_imported() {
    on_each(async |app| {
        import(&admin(&app), &[row("1", "ann", "Sales"), row("2", "ben", "Sales")]).await.unwrap();
        // The worker was down and nobody imported: in June the files of April and May are caught up.
        let june = admin_at(&app, "2024-06-15T12:00:00Z");
        let snapshot = async |as_of: &str, ben: String| {
            import_people(&june, &options(as_of), file(&[row("1", "ann", "Sales"), ben]).as_bytes()).await.unwrap()
        };
        let left = snapshot("2024-04-01", row_of("2", "ben", "Sales", "", "2020-01-01", "2024-03-31", "")).await;
        assert_eq!(left.leavers, 1);
        let same = snapshot("2024-04-15", row_of("2", "ben", "Sales", "", "2024-03-31", "", "")).await;
        assert_eq!((same.rehires, same.warnings.len()), (0, 1), "no new contract: it began before the last one ended");
        let back = snapshot("2024-05-01", row_of("2", "ben", "Sales", "", "2024-04-01", "", "")).await;
        assert_eq!(back.rehires, 1);
        let ben = show_identity(&june, identity(&app, "ben").await.id).await.unwrap();
        assert_eq!(ben.identity.state, LifecycleState::Active);
        let periods: Vec<_> = ben.employments.iter().map(|e| (e.started_on, e.ended_on)).collect();
        assert_eq!(periods, [(day("2024-04-01"), None), (day("2020-01-01"), Some(day("2024-03-31")))]);
    })
    .await;
}

#[tokio::test]
async fn whom_the_source_still_lists_is_not_archived() {
    on_each(async |app| {
        let ctx = admin(&app);
        let rows = [row("1", "ann", "Sales"), row("2", "ben", "Sales")];
        import(&ctx, &rows).await.unwrap();
        let ben = identity(&app, "ben").await.id;
        end_identity(&ctx, ben, "left").await.unwrap();
        let Err(ServiceError::Refused(words)) = change_lifecycle(&ctx, ben, Transition::Archive, "").await else { panic!("archived") };
        assert!(words.contains("off its list"), "{words}");
        import(&ctx, &rows[..1]).await.unwrap();
        change_lifecycle(&ctx, ben, Transition::Archive, "").await.unwrap();
        // Whom no source knows can be archived at any time.
        let robot = service(&ctx, "robot", identity(&app, "ann").await.id).await;
        end_identity(&ctx, robot, "old").await.unwrap();
        change_lifecycle(&ctx, robot, Transition::Archive, "").await.unwrap();
    })
    .await;
}
