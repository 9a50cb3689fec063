//! What happens by itself, on time, in everybody's own time zone.

use tenure_domain::identity::LifecycleState::{Active, PreHire, Terminated};
use tenure_services::identities::end_identity;
use tenure_services::schedule::{DueReport, run_due};

use super::support::*;

#[tokio::test]
async fn a_pre_hire_begins_when_the_first_day_begins_where_they_are() {
    on_each(async |app| {
        let rows = [("1", "tokyo", "Asia/Tokyo"), ("2", "london", "UTC"), ("3", "hawaii", "Pacific/Honolulu")]
            .map(|(key, name, zone)| row_of(key, name, "Sales", "", "2024-04-01", "", zone));
        import(&admin(&app), &rows).await.unwrap();
        assert_eq!(state(&app, "tokyo").await, PreHire);
        for (when, expected) in [
            ("2024-03-31T14:59:59Z", [PreHire, PreHire, PreHire]),
            ("2024-03-31T15:00:00Z", [Active, PreHire, PreHire]),
            ("2024-04-01T00:00:00Z", [Active, Active, PreHire]),
            ("2024-04-01T09:59:59Z", [Active, Active, PreHire]),
            ("2024-04-01T10:00:00Z", [Active, Active, Active]),
        ] {
            run_due(&admin_at(&app, when)).await.unwrap();
            let states = [state(&app, "tokyo").await, state(&app, "london").await, state(&app, "hawaii").await];
            assert_eq!(states, expected, "{when}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_scheduled_leaver_works_their_last_day_to_its_end_where_they_are() {
    on_each(async |app| {
        let rows = [("1", "tokyo", "Asia/Tokyo"), ("2", "london", ""), ("3", "hawaii", "Pacific/Honolulu")]
            .map(|(key, name, zone)| row_of(key, name, "Sales", "", "2020-01-01", "2024-03-31", zone));
        import(&admin(&app), &rows).await.unwrap();
        for (when, expected) in [
            ("2024-03-31T14:59:59Z", [Active, Active, Active]),
            ("2024-03-31T15:00:00Z", [Terminated, Active, Active]),
            ("2024-04-01T00:00:00Z", [Terminated, Terminated, Active]),
            ("2024-04-01T09:59:59Z", [Terminated, Terminated, Active]),
            ("2024-04-01T10:00:00Z", [Terminated, Terminated, Terminated]),
        ] {
            run_due(&admin_at(&app, when)).await.unwrap();
            let states = [state(&app, "tokyo").await, state(&app, "london").await, state(&app, "hawaii").await];
            assert_eq!(states, expected, "{when}");
        }
        let ended = events(&app, "identity.ended").await;
        assert_eq!(ended.len(), 3, "each once");
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_was_down_for_weeks_catches_up_once() {
    on_each(async |app| {
        let rows = [row_of("1", "ann", "Sales", "", "2024-03-10", "", ""), row_of("2", "ben", "Sales", "", "2020-01-01", "2024-03-10", "")];
        import(&admin(&app), &rows).await.unwrap();
        let late = admin_at(&app, "2024-05-01T12:00:00Z");
        assert_eq!(run_due(&late).await.unwrap(), DueReport { started: 1, ended: 1, ..DueReport::default() });
        assert_eq!(run_due(&late).await.unwrap(), DueReport::default());
    })
    .await;
}

#[tokio::test]
async fn who_was_ended_before_the_first_day_never_begins() {
    on_each(async |app| {
        let ctx = admin(&app);
        import(&ctx, &[row_of("1", "ann", "Sales", "", "2024-04-01", "", "")]).await.unwrap();
        end_identity(&ctx, identity(&app, "ann").await.id, "withdrew").await.unwrap();
        assert_eq!(run_due(&admin_at(&app, "2024-04-02T12:00:00Z")).await.unwrap(), DueReport::default());
        assert_eq!(state(&app, "ann").await, Terminated);
    })
    .await;
}

#[tokio::test]
async fn a_pre_hire_holds_nothing_before_the_first_day_and_their_birthright_on_it() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        birthright(&ctx, ledger, "read", "Sales", 0).await;
        import(&ctx, &[row_of("1", "ann", "Sales", "", "2024-04-01", "", "")]).await.unwrap();
        let ann = identity(&app, "ann").await.id;
        assert!(held(&ctx, ann).await.is_empty());
        let first_day = admin_at(&app, "2024-04-01T00:00:00Z");
        run_due(&first_day).await.unwrap();
        assert_eq!(held(&first_day, ann).await, [("read".to_owned(), tenure_domain::grant::GrantState::Held)]);
    })
    .await;
}

#[tokio::test]
async fn who_is_not_due_yet_where_they_are_takes_nobodys_place() {
    on_each(async |app| {
        // More of them than one round takes, and first by their days: in Samoa it is still March.
        let mut rows: Vec<String> = (0..210)
            .map(|n| row_of(&format!("S{n}"), &format!("s{n}"), "Sales", "", "2020-01-01", "2024-03-31", "Pacific/Pago_Pago"))
            .collect();
        rows.extend((0..210).map(|n| row_of(&format!("N{n}"), &format!("n{n}"), "Sales", "", "2024-04-01", "", "Pacific/Pago_Pago")));
        rows.push(row_of("K1", "kiri", "Sales", "", "2020-01-01", "2024-04-01", "Pacific/Kiritimati"));
        rows.push(row_of("K2", "bati", "Sales", "", "2024-04-02", "", "Pacific/Kiritimati"));
        import(&admin(&app), &rows).await.unwrap();
        let when = admin_at(&app, "2024-04-01T10:30:00Z");
        assert_eq!(run_due(&when).await.unwrap(), DueReport { started: 1, ended: 1, ..DueReport::default() });
        assert_eq!((state(&app, "kiri").await, state(&app, "bati").await), (Terminated, Active));
        assert_eq!((state(&app, "s0").await, state(&app, "n0").await), (Active, PreHire));
    })
    .await;
}

#[tokio::test]
async fn two_workers_at_once_do_everything_once() {
    on_each(async |app| {
        let ctx = admin_at(&app, "2024-03-01T12:00:00Z");
        let rows: Vec<String> =
            (0..20).map(|i| row_of(&format!("{i}"), &format!("p{i}"), "Sales", "", "2020-01-01", "2024-03-10", "")).collect();
        import(&ctx, &rows).await.unwrap();
        let late = admin_at(&app, "2024-04-02T12:00:00Z");
        let (one, two) = tokio::join!(run_due(&late), run_due(&late));
        assert_eq!(one.unwrap().ended + two.unwrap().ended + run_due(&late).await.unwrap().ended, 20);
        assert_eq!(events(&app, "identity.ended").await.len(), 20);
    })
    .await;
}
