//! Rows that cannot be taken.

use tenure_domain::identity::LifecycleState;
use tenure_services::ServiceError;
use tenure_services::people::import_people;

use super::support::*;

#[tokio::test]
async fn one_bad_row_stops_the_file_and_says_where_and_why() {
    on_each(async |app| {
        let rows = [row("1", "ann", "Sales"), row("2", "ben", "Sales").replace("2020-01-01", "soon")];
        let error = import(&admin(&app), &rows).await.unwrap_err();
        let ServiceError::File(rejected) = error else { panic!("{error}") };
        assert_eq!(
            (rejected[0].line, rejected[0].field.as_deref(), rejected[0].employee_id.as_deref()),
            (3, Some("start_date"), Some("2"))
        );
        assert!(everybody(&app).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn whose_row_cannot_be_taken_stays_as_recorded_while_others_go_on() {
    on_each(async |app| {
        import(&admin(&app), &[row("1", "ann", "Sales"), row("2", "ben", "Sales"), row("3", "cem", "Sales")]).await.unwrap();
        let mut generous = options("2024-04-01");
        generous.accept_rejected = true;
        let rows = file(&[row("1", "ann", "Care"), row("2", "ben", "Care").replace("2020-01-01", "soon")]);
        let done = import_people(&admin_at(&app, "2024-04-01T12:00:00Z"), &generous, rows.as_bytes()).await.unwrap();
        assert_eq!((done.people, done.movers, done.leavers, done.rejected.len()), (1, 1, 1, 1));
        let ben = identity(&app, "ben").await;
        assert_eq!((ben.state, ben.department.as_str()), (LifecycleState::Active, "Sales"), "neither moved nor taken for a leaver");
        assert_eq!(state(&app, "cem").await, LifecycleState::Terminated);
    })
    .await;
}

#[tokio::test]
async fn nobody_leaves_while_a_row_without_a_key_may_be_theirs() {
    on_each(async |app| {
        import(&admin(&app), &[row("1", "ann", "Sales"), row("2", "ben", "Sales")]).await.unwrap();
        let mut generous = options("2024-04-01");
        generous.accept_rejected = true;
        let rows = file(&[row("1", "ann", "Sales"), row("", "ben", "Sales")]);
        let done = import_people(&admin_at(&app, "2024-04-01T12:00:00Z"), &generous, rows.as_bytes()).await.unwrap();
        assert_eq!((done.leavers, done.rejected.len()), (0, 1));
        assert_eq!(state(&app, "ben").await, LifecycleState::Active);
    })
    .await;
}

#[tokio::test]
async fn the_sign_in_name_of_another_identity_is_not_taken_over_whatever_its_case() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        let error = import(&ctx, &[row("1", "ANN", "Sales")]).await.unwrap_err();
        assert!(error.to_string().contains("belongs to another identity"), "{error}");
        assert_eq!(identity(&app, "ann").await.id, ann);
    })
    .await;
}

#[tokio::test]
async fn a_key_twice_rejects_both_rows() {
    on_each(async |app| {
        let error = import(&admin(&app), &[row("1", "ann", "Sales"), row("1", "ben", "Sales")]).await.unwrap_err();
        assert!(matches!(&error, ServiceError::File(rejected) if rejected.len() == 2), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_refused_first_import_leaves_no_source_behind() {
    on_each(async |app| {
        let ctx = admin(&app);
        assert!(import(&ctx, &[row("1", "ann", "Sales"), row("1", "ben", "Sales")]).await.is_err());
        assert!(app.store.read().await.unwrap().sources().await.unwrap().is_empty());
        import(&ctx, &[row("1", "ann", "Sales")]).await.unwrap();
        assert_eq!(app.store.read().await.unwrap().sources().await.unwrap().len(), 1);
    })
    .await;
}
