//! Identities recorded by hand: from when to when, where and for whom.

use tenure_domain::identity::LifecycleState::{Active, PreHire, Terminated};
use tenure_services::ServiceError;
use tenure_services::identities::{IdentityChange, NewIdentity, Work, create_identity, edit_identity, end_identity, show_identity};
use tenure_services::schedule::run_due;

use super::support::*;

fn working(user_name: &str, work: Work) -> NewIdentity {
    NewIdentity { work, ..new_person(user_name) }
}

fn change(version: i64, work: Work) -> IdentityChange {
    let new = new_person("ann");
    IdentityChange {
        version,
        display_name: new.display_name,
        email: new.email,
        department: new.department,
        title: new.title,
        purpose: new.purpose,
        owner_id: None,
        work,
    }
}

fn fields(error: &ServiceError) -> Vec<&'static str> {
    match error {
        ServiceError::Invalid(faults) => faults.iter().map(|f| f.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_contractor_without_a_source_begins_and_ends_on_their_days_where_they_are() {
    on_each(async |app| {
        let ctx = admin_at(&app, "2024-03-01T12:00:00Z");
        let boss = person(&ctx, "boss").await;
        let work = Work {
            manager_id: Some(boss),
            time_zone: "Asia/Tokyo".to_owned(),
            start_on: Some(day("2024-04-01")),
            end_on: Some(day("2024-04-02")),
        };
        let ann = create_identity(&ctx, &working("ann", work)).await.unwrap();
        assert_eq!(state(&app, "ann").await, PreHire);
        for (when, expected) in [
            ("2024-03-31T14:59:59Z", PreHire),
            ("2024-03-31T15:00:00Z", Active),
            ("2024-04-02T14:59:59Z", Active),
            ("2024-04-02T15:00:00Z", Terminated),
        ] {
            run_due(&admin_at(&app, when)).await.unwrap();
            assert_eq!(state(&app, "ann").await, expected, "{when}");
        }
        let shown = show_identity(&ctx, ann).await.unwrap();
        assert_eq!(shown.identity.manager_id, Some(boss));
        let [employment] = shown.employments.as_slice() else { panic!("one period of employment") };
        assert_eq!((employment.started_on, employment.ended_on), (day("2024-04-01"), Some(day("2024-04-02"))));
    })
    .await;
}

#[tokio::test]
async fn what_does_not_fit_is_told_at_its_field_and_nothing_is_recorded() {
    on_each(async |app| {
        let ctx = admin_at(&app, "2024-03-01T12:00:00Z");
        let gone = person(&ctx, "gone").await;
        end_identity(&ctx, gone, "left").await.unwrap();
        let wrong = Work {
            manager_id: Some(gone),
            time_zone: "Middle/Earth".to_owned(),
            start_on: Some(day("2024-03-10")),
            end_on: Some(day("2024-03-09")),
        };
        let error = create_identity(&ctx, &working("ann", wrong)).await.unwrap_err();
        assert_eq!(fields(&error), ["time_zone", "manager_id", "end_on"]);
        let over = Work { start_on: Some(day("2024-01-01")), end_on: Some(day("2024-02-01")), ..Work::default() };
        assert_eq!(fields(&create_identity(&ctx, &working("ann", over)).await.unwrap_err()), ["end_on"]);
        assert!(everybody(&app).await.iter().all(|i| i.user_name != "ann"));
    })
    .await;
}

#[tokio::test]
async fn a_last_day_and_a_manager_can_be_given_later_and_the_first_day_moved_until_it_comes() {
    on_each(async |app| {
        let ctx = admin_at(&app, "2024-03-01T12:00:00Z");
        let boss = person(&ctx, "boss").await;
        let later = Work { start_on: Some(day("2024-04-01")), ..Work::default() };
        let ann = create_identity(&ctx, &working("ann", later)).await.unwrap();
        let moved = Work { manager_id: Some(boss), start_on: Some(day("2024-04-15")), end_on: Some(day("2024-06-30")), ..Work::default() };
        edit_identity(&ctx, ann, &change(1, moved.clone())).await.unwrap();
        let shown = show_identity(&ctx, ann).await.unwrap();
        assert_eq!(shown.employments[0].started_on, day("2024-04-15"));
        assert_eq!((shown.identity.manager_id, shown.identity.end_on), (Some(boss), Some(day("2024-06-30"))));

        let begun = admin_at(&app, "2024-04-15T12:00:00Z");
        run_due(&begun).await.unwrap();
        let version = identity(&app, "ann").await.version;
        let error =
            edit_identity(&begun, ann, &change(version, Work { start_on: Some(day("2024-05-01")), ..moved.clone() })).await.unwrap_err();
        assert_eq!(fields(&error), ["start_on"]);
        let error = edit_identity(&begun, ann, &change(version, Work { manager_id: Some(ann), ..moved })).await.unwrap_err();
        assert_eq!(fields(&error), ["manager_id"]);
    })
    .await;
}

#[tokio::test]
async fn machines_and_second_identities_are_no_joiners() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let robot = service(&ctx, "robot", ann).await;
        let second = persona(&ctx, "ann-admin", ann).await;
        for (id, periods) in [(ann, 1), (robot, 0), (second, 0)] {
            assert_eq!(show_identity(&ctx, id).await.unwrap().employments.len(), periods);
        }
    })
    .await;
}

#[tokio::test]
async fn what_the_form_of_a_person_does_not_ask_stays_as_it_is() {
    on_each(async |app| {
        let ctx = admin(&app);
        let new = NewIdentity { purpose: "an auditor's second account".to_owned(), ..new_person("ann") };
        let ann = create_identity(&ctx, &new).await.unwrap();
        edit_identity(&ctx, ann, &IdentityChange { title: "Auditor".to_owned(), ..change(1, Work::default()) }).await.unwrap();
        let after = identity(&app, "ann").await;
        assert_eq!((after.purpose.as_str(), after.title.as_str()), ("an auditor's second account", "Auditor"));
    })
    .await;
}
