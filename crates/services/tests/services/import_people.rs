//! Joiners, movers, changes and leavers of one snapshot after another.

use tenure_domain::identity::LifecycleState;
use tenure_services::people::{import_people, preview_people};
use tenure_services::{ServiceError, identities};

use super::support::*;

#[tokio::test]
async fn a_snapshot_is_compared_with_what_is_recorded() {
    on_each(async |app| {
        let ctx = admin(&app);
        let first = import(&ctx, &[row("1", "ann", "Sales"), row("2", "ben", "Sales"), row("3", "cem", "Sales"), row("4", "dia", "Sales")])
            .await
            .unwrap();
        assert_eq!(counts(&first), [4, 0, 0, 0, 0, 0]);

        let april = admin_at(&app, "2024-04-01T12:00:00Z");
        let renamed = row("2", "ben", "Sales").replace("Clerk", "Head clerk");
        let second = import(&april, &[row("1", "ann", "Care"), renamed, row("3", "cem", "Sales"), row("5", "eva", "Sales")]).await.unwrap();
        assert_eq!(counts(&second), [1, 1, 1, 0, 1, 1]);
        assert_eq!(identity(&app, "ann").await.department, "Care");
        assert_eq!(identity(&app, "ben").await.title, "Head clerk");
        assert_eq!(state(&app, "dia").await, LifecycleState::Terminated);

        for (action, who) in [("identity.joined", "eva"), ("identity.moved", "ann"), ("identity.changed", "ben"), ("identity.ended", "dia")]
        {
            let newest = &events(&app, action).await[0];
            assert_eq!(newest.identity_id, Some(identity(&app, who).await.id), "{action}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_same_file_twice_changes_nothing_and_leaves_no_event() {
    on_each(async |app| {
        let rows = [row("1", "ann", "Sales"), row_of("2", "ben", "Sales", "1", "2020-01-01", "2030-01-01", "Asia/Tokyo")];
        import(&admin(&app), &rows).await.unwrap();
        let before = (everybody(&app).await, events(&app, "").await.len());
        let again = import(&admin_at(&app, "2024-03-01T18:00:00Z"), &rows).await.unwrap();
        assert_eq!(counts(&again), [0, 0, 0, 0, 0, 2]);
        assert_eq!((everybody(&app).await, events(&app, "").await.len()), before);
    })
    .await;
}

#[tokio::test]
async fn a_month_that_was_missed_is_caught_up() {
    on_each(async |app| {
        import(&admin(&app), &[row("1", "ann", "Sales"), row("2", "ben", "Sales")]).await.unwrap();
        let rows = [row("1", "ann", "Care"), row_of("3", "cem", "Care", "", "2024-04-15", "", "")];
        let late = import(&admin_at(&app, "2024-06-01T12:00:00Z"), &rows).await.unwrap();
        assert_eq!(counts(&late), [1, 1, 1, 0, 0, 0]);
        assert_eq!(state(&app, "cem").await, LifecycleState::Active, "the first day has long come");
    })
    .await;
}

#[tokio::test]
async fn a_preview_changes_nothing_and_names_the_plan_that_is_applied() {
    on_each(async |app| {
        let ctx = admin(&app);
        let snapshot = file(&[row("1", "ann", "Sales")]);
        let (plan, shown) = preview_people(&ctx, &options("2024-03-01"), snapshot.as_bytes()).await.unwrap();
        assert!(shown.dry_run && shown.joiners == 1 && everybody(&app).await.is_empty());

        let mut seen = options("2024-03-01");
        seen.expected_plan = Some(plan.hash());
        let other = file(&[row("1", "ann", "Sales"), row("2", "ben", "Sales")]);
        assert!(matches!(import_people(&ctx, &seen, other.as_bytes()).await, Err(ServiceError::Conflict(_))));
        assert!(everybody(&app).await.is_empty());
        assert_eq!(import_people(&ctx, &seen, snapshot.as_bytes()).await.unwrap().plan, plan.hash());
    })
    .await;
}

#[tokio::test]
async fn a_manager_is_found_wherever_the_row_stands() {
    on_each(async |app| {
        import(&admin(&app), &[row_of("1", "ann", "Sales", "2", "2020-01-01", "", ""), row("2", "ben", "Sales")]).await.unwrap();
        assert_eq!(identity(&app, "ann").await.manager_id, Some(identity(&app, "ben").await.id));
    })
    .await;
}

#[tokio::test]
async fn what_a_source_says_is_not_changed_by_hand() {
    on_each(async |app| {
        let ctx = admin(&app);
        import(&ctx, &[row("1", "ann", "Sales")]).await.unwrap();
        let ann = identity(&app, "ann").await;
        let change = identities::IdentityChange {
            version: ann.version,
            display_name: "Other".to_owned(),
            email: String::new(),
            department: String::new(),
            title: String::new(),
            purpose: String::new(),
            owner_id: None,
            work: tenure_services::identities::Work::default(),
        };
        assert!(matches!(identities::edit_identity(&ctx, ann.id, &change).await, Err(ServiceError::Refused(_))));
        assert_eq!(identity(&app, "ann").await, ann);
    })
    .await;
}

#[tokio::test]
async fn a_last_day_in_the_past_ends_somebody_who_is_still_listed() {
    on_each(async |app| {
        let ctx = admin(&app);
        import(&ctx, &[row("1", "ann", "Sales"), row("2", "ben", "Sales")]).await.unwrap();
        let april = admin_at(&app, "2024-04-01T12:00:00Z");
        let rows = [row("1", "ann", "Sales"), row_of("2", "ben", "Sales", "", "2020-01-01", "2024-03-20", "")];
        assert_eq!(import(&april, &rows).await.unwrap().leavers, 1);
        let ben = identity(&app, "ben").await;
        assert_eq!((ben.state, ben.end_on), (LifecycleState::Terminated, Some(day("2024-03-20"))));
        let periods = identities::show_identity(&april, ben.id).await.unwrap().employments;
        assert_eq!(periods[0].ended_on, Some(day("2024-03-20")), "the last day is the one in the file");
        assert_eq!(counts(&import(&april, &rows).await.unwrap()), [0, 0, 0, 0, 0, 2], "once");
    })
    .await;
}

#[tokio::test]
async fn an_older_snapshot_is_refused_until_it_is_allowed() {
    on_each(async |app| {
        let (old, new) = ([row("1", "ann", "Sales")], [row("1", "ann", "Care"), row("2", "ben", "Care")]);
        let april = admin_at(&app, "2024-04-01T12:00:00Z");
        import(&april, &new).await.unwrap();
        import(&april, &new).await.expect("the same day again is no older");
        let before = (everybody(&app).await, events(&app, "").await.len());

        let mut march = options("2024-03-31");
        let error = import_people(&april, &march, file(&old).as_bytes()).await.unwrap_err();
        assert!(matches!(error, ServiceError::Refused(_)));
        assert!(error.to_string().contains("--allow-older") && error.to_string().contains("2024-04-01"), "{error}");
        assert_eq!((everybody(&app).await, events(&app, "").await.len()), before);

        march.allowed.older = true;
        assert_eq!(import_people(&april, &march, file(&old).as_bytes()).await.unwrap().leavers, 1);
        assert_eq!(identity(&app, "ann").await.department, "Sales");
    })
    .await;
}

#[tokio::test]
async fn an_import_is_recorded_with_the_digest_of_its_file_and_its_event_names_it() {
    on_each(async |app| {
        let ctx = admin(&app);
        // The digest is over all bytes, blank lines at the end too.
        let content = format!("{}\n\n", file(&[row("1", "ann", "Sales")]));
        import_people(&ctx, &options("2024-03-01"), content.as_bytes()).await.unwrap();
        let import = app.store.read().await.unwrap().recent_imports(1).await.unwrap().remove(0);
        let staged = tenure_services::people::stage_upload(&ctx, "hr", "people.csv", ctx.today(), content.as_bytes()).await.unwrap();
        assert_eq!(import.digest.len(), 64);
        assert_eq!(import.digest, app.store.read().await.unwrap().import(staged).await.unwrap().unwrap().digest);

        let event = &events(&app, "import.applied").await[0];
        assert_eq!((event.target_kind.as_str(), event.target_id.as_str()), ("import", import.id.to_string().as_str()));
        assert!(event.body.contains("\"source\":\"hr\""), "{}", event.body);
    })
    .await;
}
