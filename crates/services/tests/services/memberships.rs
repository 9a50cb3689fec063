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
async fn what_comes_back_after_its_removal_was_verified_is_out_of_band() {
    on_each(async |app| {
        let (ctx, ann, _) = two_members(&app).await;
        end_identity(&ctx, ann, "left").await.unwrap();
        read_back(&ctx, &["2,core,member"]).await.unwrap();
        let back = read_back(&ctx, &["1,core,member", "2,core,member"]).await.unwrap();
        assert_eq!(back.newly_out_of_band, 1);
        assert_eq!(held(&ctx, ann).await, [("core:member".to_owned(), OutOfBand)]);
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
