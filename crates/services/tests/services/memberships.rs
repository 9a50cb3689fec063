//! What is really held: explained, out of band, missing; and the read-back of removals.

use std::sync::Arc;

use tenure_domain::grant::GrantState::{Held, OutOfBand, RemovalOwed};
use tenure_domain::id::IdentityId;
use tenure_domain::operation::OperationState;
use tenure_services::access::{MembershipOptions, MembershipSummary, import_memberships};
use tenure_services::identities::{end_identity, show_identity};
use tenure_services::{App, Ctx, ServiceError};

use super::support::*;

fn membership_options(ctx: &Ctx) -> MembershipOptions {
    MembershipOptions {
        source: "hr".to_owned(),
        application: "Git".to_owned(),
        file_name: "members.csv".to_owned(),
        as_of: ctx.today(),
        dry_run: false,
        accept_rejected: false,
    }
}

async fn read_back(ctx: &Ctx, rows: &[&str]) -> Result<MembershipSummary, ServiceError> {
    let file = format!("employee_id,team,role\n{}\n", rows.join("\n"));
    import_memberships(ctx, &membership_options(ctx), file.as_bytes()).await
}

/// Ann and Ben of Sales, whom a rule gives `core:member` on Git.
async fn two_members(app: &Arc<App>) -> (Ctx, IdentityId, IdentityId) {
    let ctx = admin(app);
    let git = application(&ctx, "Git").await;
    birthright(&ctx, git, "core:member", "Sales", 0).await;
    import(&ctx, &[row("1", "ann", "Sales"), row("2", "ben", "Sales")]).await.unwrap();
    (ctx, identity(app, "ann").await.id, identity(app, "ben").await.id)
}

#[tokio::test]
async fn what_a_role_gives_is_explained_and_the_rest_is_out_of_band() {
    on_each(async |app| {
        let (ctx, ann, ben) = two_members(&app).await;
        let found = read_back(&ctx, &["1,core,member", "1,core,lead"]).await.unwrap();
        let expected = MembershipSummary {
            rows: 2,
            explained: 1,
            out_of_band: 1,
            newly_out_of_band: 1,
            missing: 1,
            new_entitlements: 1,
            ..MembershipSummary::default()
        };
        assert_eq!(found, expected);
        assert_eq!(held(&ctx, ann).await, [("core:lead".to_owned(), OutOfBand), ("core:member".to_owned(), Held)]);
        assert_eq!(held(&ctx, ben).await, [("core:member".to_owned(), Held)]);
        assert_eq!(events(&app, "access.found").await[0].identity_id, Some(ann));

        let again = read_back(&ctx, &["1,core,member", "1,core,lead"]).await.unwrap();
        assert_eq!(again, MembershipSummary { newly_out_of_band: 0, new_entitlements: 0, ..expected });
    })
    .await;
}

#[tokio::test]
async fn a_removal_stays_owed_until_it_is_read_back() {
    on_each(async |app| {
        let (ctx, ann, _) = two_members(&app).await;
        read_back(&ctx, &["1,core,member", "2,core,member"]).await.unwrap();
        end_identity(&ctx, ann, "left").await.unwrap();

        let still = read_back(&ctx, &["1,core,member", "2,core,member"]).await.unwrap();
        assert_eq!((still.removals_open, still.removals_verified), (1, 0));
        assert_eq!(held(&ctx, ann).await, [("core:member".to_owned(), RemovalOwed)]);
        assert_eq!(show_identity(&ctx, ann).await.unwrap().operations[0].state, OperationState::Queued);

        let gone = read_back(&ctx, &["2,core,member"]).await.unwrap();
        assert_eq!((gone.removals_open, gone.removals_verified), (0, 1));
        assert!(held(&ctx, ann).await.is_empty());
        assert_eq!(show_identity(&ctx, ann).await.unwrap().operations[0].state, OperationState::Verified);
    })
    .await;
}

#[tokio::test]
async fn what_somebody_who_has_ended_holds_again_or_anew_is_owed_again() {
    on_each(async |app| {
        let (ctx, ann, _) = two_members(&app).await;
        end_identity(&ctx, ann, "left").await.unwrap();
        read_back(&ctx, &["2,core,member"]).await.unwrap();
        let rows = ["1,core,member", "1,core,lead", "2,core,member"];
        let back = read_back(&ctx, &rows).await.unwrap();
        assert_eq!((back.out_of_band, back.newly_out_of_band, back.removals_open, back.newly_owed), (0, 0, 2, 2));
        let owed = [("core:lead".to_owned(), RemovalOwed), ("core:member".to_owned(), RemovalOwed)];
        assert_eq!(held(&ctx, ann).await, owed);
        let open =
            async || show_identity(&ctx, ann).await.unwrap().operations.into_iter().filter(|o| o.state == OperationState::Queued).count();
        assert_eq!(open().await, 2, "each with its operation");
        let again = read_back(&ctx, &rows).await.unwrap();
        assert_eq!((again.removals_open, again.newly_owed, open().await), (2, 0, 2), "and no more than one");

        let gone = read_back(&ctx, &["2,core,member"]).await.unwrap();
        assert_eq!((gone.removals_verified, gone.removals_open), (2, 0));
        assert_eq!((held(&ctx, ann).await.len(), open().await), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn what_comes_back_to_somebody_at_work_is_out_of_band() {
    on_each(async |app| {
        let (ctx, ann, _) = two_members(&app).await;
        import(&ctx, &[row("1", "ann", "Care"), row("2", "ben", "Sales")]).await.unwrap();
        assert_eq!(held(&ctx, ann).await, [("core:member".to_owned(), RemovalOwed)]);
        read_back(&ctx, &["2,core,member"]).await.unwrap();
        let back = read_back(&ctx, &["1,core,member", "2,core,member"]).await.unwrap();
        assert_eq!((back.newly_out_of_band, back.newly_owed), (1, 0));
        assert_eq!(held(&ctx, ann).await, [("core:member".to_owned(), OutOfBand)]);
    })
    .await;
}

#[tokio::test]
async fn an_older_list_proves_no_removal_that_is_owed_since() {
    on_each(async |app| {
        let (ctx, ann, ben) = two_members(&app).await;
        read_back(&ctx, &["1,core,member", "2,core,member"]).await.unwrap();
        let noon = admin_at(&app, "2024-03-10T12:00:00Z");
        end_identity(&noon, ann, "left").await.unwrap();
        let look = async |now: &Ctx, as_of: &str, rows: &str| {
            let options = MembershipOptions { as_of: day(as_of), ..membership_options(now) };
            import_memberships(now, &options, format!("employee_id,team,role\n{rows}").as_bytes()).await.unwrap()
        };
        let later = admin_at(&app, "2024-03-12T12:00:00Z");
        for as_of in ["2024-03-05", "2024-03-10"] {
            let old = look(&later, as_of, "2,core,member\n").await;
            assert_eq!((old.removals_verified, old.removals_unproven), (0, 1), "{as_of}");
            assert_eq!(held(&later, ann).await, [("core:member".to_owned(), RemovalOwed)]);
        }
        let seen = async || show_identity(&later, ben).await.unwrap().grants[0].grant.observed_at;
        assert_eq!(seen().await, Some(moment("2024-03-10T00:00:00Z")), "seen when the list was true");
        assert_eq!(look(&later, "2024-03-11", "2,core,member\n").await.removals_verified, 1);
        assert_eq!(seen().await, Some(moment("2024-03-11T00:00:00Z")));

        // Nor does it bring back what was verified after it, or lose what was seen after it.
        let stale = look(&later, "2024-03-04", "1,core,member\n").await;
        assert_eq!((stale.newly_owed, stale.newly_out_of_band, stale.missing), (0, 0, 0));
        assert!(held(&later, ann).await.is_empty());
        assert_eq!(seen().await, Some(moment("2024-03-11T00:00:00Z")));
        assert_eq!(look(&later, "2024-03-12", "1,core,member\n").await.newly_owed, 1, "a list of today is as new as can be");
    })
    .await;
}

#[tokio::test]
async fn a_row_of_which_nobody_knows_whose_it_is_lets_nothing_count_as_absent() {
    on_each(async |app| {
        let (ctx, ann, _) = two_members(&app).await;
        read_back(&ctx, &["1,core,member", "2,core,member", "2,core,lead"]).await.unwrap();
        end_identity(&ctx, ann, "left").await.unwrap();
        let generous = MembershipOptions { accept_rejected: true, ..membership_options(&ctx) };
        let file = "employee_id,team,role\n=1,core,member\n2,core,lead\n";
        let done = import_memberships(&ctx, &generous, file.as_bytes()).await.unwrap();
        assert_eq!((done.removals_verified, done.removals_unproven, done.missing, done.vanished), (0, 1, 0, 0));
        assert_eq!(done.out_of_band, 1, "what is seen is seen");
        assert_eq!(held(&ctx, ann).await, [("core:member".to_owned(), RemovalOwed)]);

        // More rejected rows than are kept: their keys are not known any more.
        let many: String = (0..1_100).map(|n| format!("X{n},core,=\n")).collect();
        let done = import_memberships(&ctx, &generous, format!("employee_id,team,role\n{many}2,core,lead\n").as_bytes()).await.unwrap();
        assert_eq!((done.removals_verified, done.removals_unproven, done.missing), (0, 1, 0));
    })
    .await;
}

#[tokio::test]
async fn what_was_out_of_band_and_goes_by_itself_is_gone() {
    on_each(async |app| {
        let (ctx, ann, _) = two_members(&app).await;
        read_back(&ctx, &["1,core,member", "2,core,member", "1,core,lead"]).await.unwrap();
        let later = read_back(&ctx, &["1,core,member", "2,core,member"]).await.unwrap();
        assert_eq!((later.vanished, later.out_of_band), (1, 0));
        assert_eq!(held(&ctx, ann).await, [("core:member".to_owned(), Held)]);
    })
    .await;
}

#[tokio::test]
async fn a_row_of_nobody_stops_the_file_and_can_be_left_out() {
    on_each(async |app| {
        let (ctx, ..) = two_members(&app).await;
        let file = b"employee_id,team,role\n1,core,member\n9,core,member\n".as_slice();
        let error = import_memberships(&ctx, &membership_options(&ctx), file).await.unwrap_err();
        assert!(error.to_string().contains("`9` is not a person of hr"), "{error}");
        let generous = MembershipOptions { accept_rejected: true, ..membership_options(&ctx) };
        let done = import_memberships(&ctx, &generous, file).await.unwrap();
        assert_eq!((done.rows, done.rejected.len()), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_trial_changes_nothing() {
    on_each(async |app| {
        let (ctx, ann, _) = two_members(&app).await;
        let before = events(&app, "").await.len();
        let trial = MembershipOptions { dry_run: true, application: "New".to_owned(), ..membership_options(&ctx) };
        let shown = import_memberships(&ctx, &trial, b"employee_id,team,role\n1,core,lead\n".as_slice()).await.unwrap();
        assert_eq!((shown.newly_out_of_band, shown.dry_run), (1, true));
        assert_eq!(held(&ctx, ann).await, [("core:member".to_owned(), Held)]);
        assert_eq!(events(&app, "").await.len(), before);
    })
    .await;
}
