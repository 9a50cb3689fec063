//! A bad feed is stopped before it does harm.

use tenure_domain::people::{Allowed, LimitExceeded};
use tenure_services::ServiceError;
use tenure_services::people::import_people;

use super::support::*;

#[tokio::test]
async fn more_than_a_tenth_of_leavers_stops_everything_until_the_number_is_allowed() {
    on_each(async |app| {
        let ctx = admin(&app);
        import(&ctx, &crowd(20)).await.unwrap();
        let before = (everybody(&app).await, events(&app, "").await.len());

        let april = admin_at(&app, "2024-04-01T12:00:00Z");
        let mut careful = options("2024-04-01");
        careful.allowed = Allowed::default();
        let rest = file(&[&crowd(17)[..], &[row("N", "new", "Sales")]].concat());
        let error = import_people(&april, &careful, rest.as_bytes()).await.unwrap_err();
        assert!(
            matches!(&error, ServiceError::Limit(l) if matches!(l[..], [LimitExceeded::Leavers { leavers: 3, live: 20, .. }])),
            "{error}"
        );
        assert!(error.to_string().contains("--allow-leavers 3"), "{error}");
        assert_eq!((everybody(&app).await, events(&app, "").await.len()), before, "also the joiner waits");

        careful.allowed.leavers = Some(2);
        assert!(import_people(&april, &careful, rest.as_bytes()).await.is_err(), "three are more than two");
        careful.allowed.leavers = Some(3);
        assert_eq!(import_people(&april, &careful, rest.as_bytes()).await.unwrap().leavers, 3);
    })
    .await;
}

#[tokio::test]
async fn two_of_twenty_may_leave_unasked() {
    on_each(async |app| {
        import(&admin(&app), &crowd(20)).await.unwrap();
        let mut careful = options("2024-04-01");
        careful.allowed = Allowed::default();
        let done = import_people(&admin_at(&app, "2024-04-01T12:00:00Z"), &careful, file(&crowd(18)).as_bytes()).await.unwrap();
        assert_eq!(done.leavers, 2);
    })
    .await;
}

#[tokio::test]
async fn more_than_three_tenths_of_changes_stop_everything() {
    on_each(async |app| {
        import(&admin(&app), &crowd(10)).await.unwrap();
        let mut careful = options("2024-04-01");
        careful.allowed = Allowed::default();
        let mut rows = crowd(10);
        for row in &mut rows[..4] {
            *row = row.replace("Sales", "Care");
        }
        let april = admin_at(&app, "2024-04-01T12:00:00Z");
        let error = import_people(&april, &careful, file(&rows).as_bytes()).await.unwrap_err();
        assert!(error.to_string().contains("--allow-changes 4"), "{error}");
        assert_eq!(identity(&app, "p000").await.department, "Sales");
        careful.allowed.changes = Some(4);
        assert_eq!(import_people(&april, &careful, file(&rows).as_bytes()).await.unwrap().movers, 4);
    })
    .await;
}

#[tokio::test]
async fn a_feed_that_dates_the_end_of_a_quarter_is_held_as_leavers_are() {
    on_each(async |app| {
        let ctx = admin(&app);
        import(&ctx, &crowd(20)).await.unwrap();
        let mut careful = options("2024-04-01");
        careful.allowed = Allowed { changes: Some(20), ..Allowed::default() };
        let dated = |n: usize, day: &str| {
            let mut rows = crowd(20);
            for (i, row) in rows.iter_mut().enumerate().take(n) {
                *row = row_of(&format!("P{i:03}"), &format!("p{i:03}"), "Sales", "", "2020-01-01", day, "");
            }
            file(&rows)
        };
        let april = admin_at(&app, "2024-04-01T12:00:00Z");
        let error = import_people(&april, &careful, dated(5, "2024-06-30").as_bytes()).await.unwrap_err();
        assert!(error.to_string().contains("5 of 20 people would leave by a last day that is new or earlier"), "{error}");
        assert!(error.to_string().contains("--allow-leavers 5"), "{error}");
        assert_eq!(identity(&app, "p000").await.end_on, None);

        careful.allowed.leavers = Some(5);
        let done = import_people(&april, &careful, dated(5, "2024-06-30").as_bytes()).await.unwrap();
        assert_eq!((done.leavers, done.changed), (0, 5), "nobody leaves by it at once");
        careful.allowed.leavers = None;
        import_people(&april, &careful, dated(5, "2024-07-31").as_bytes()).await.expect("later is no harm");
        assert!(import_people(&april, &careful, dated(5, "2024-05-31").as_bytes()).await.is_err(), "earlier is");
    })
    .await;
}
