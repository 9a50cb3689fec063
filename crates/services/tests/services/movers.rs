//! A mover loses what the old rule gave and gains what the new one gives, with the grace that a
//! role allows.

use tenure_domain::grant::GrantState::{Held, RemovalOwed};
use tenure_domain::operation::OperationState;
use tenure_services::access::{assign_role, unassign_role};
use tenure_services::identities::{rehire_identity, show_identity};
use tenure_services::schedule::run_due;

use super::support::*;

#[tokio::test]
async fn a_mover_loses_the_old_birthright_and_gains_the_new_one() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        birthright(&ctx, ledger, "sell", "Sales", 0).await;
        birthright(&ctx, ledger, "care", "Care", 0).await;
        import(&ctx, &[row("1", "ann", "Sales")]).await.unwrap();
        let ann = identity(&app, "ann").await.id;
        assert_eq!(held(&ctx, ann).await, [("sell".to_owned(), Held)]);

        let april = admin_at(&app, "2024-04-01T12:00:00Z");
        import(&april, &[row("1", "ann", "Care")]).await.unwrap();
        assert_eq!(held(&april, ann).await, [("care".to_owned(), Held), ("sell".to_owned(), RemovalOwed)]);
        let detail = show_identity(&april, ann).await.unwrap();
        assert_eq!(detail.operations.len(), 1, "the removal is owed to the target once");
        let care = detail.grants.iter().find(|g| g.grant.entitlement == "care").unwrap();
        assert_eq!(care.paths[0].1[0].1, "Role of care", "and says why");
    })
    .await;
}

#[tokio::test]
async fn a_role_with_grace_is_kept_for_its_days_and_no_longer() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        birthright(&ctx, ledger, "sell", "Sales", 14).await;
        import(&ctx, &[row("1", "ann", "Sales")]).await.unwrap();
        let ann = identity(&app, "ann").await.id;
        import(&admin_at(&app, "2024-04-01T12:00:00Z"), &[row("1", "ann", "Care")]).await.unwrap();
        for (when, expected) in [("2024-04-02T12:00:00Z", Held), ("2024-04-15T11:59:59Z", Held), ("2024-04-15T12:00:00Z", RemovalOwed)] {
            let ctx = admin_at(&app, when);
            run_due(&ctx).await.unwrap();
            assert_eq!(held(&ctx, ann).await, [("sell".to_owned(), expected)], "{when}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_moves_back_within_the_grace_keeps_the_role_without_an_end() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        birthright(&ctx, ledger, "sell", "Sales", 14).await;
        for (when, department) in [("2024-03-01T12:00:00Z", "Sales"), ("2024-04-01T12:00:00Z", "Care"), ("2024-04-05T12:00:00Z", "Sales")] {
            import(&admin_at(&app, when), &[row("1", "ann", department)]).await.unwrap();
        }
        let later = admin_at(&app, "2024-06-01T12:00:00Z");
        run_due(&later).await.unwrap();
        let detail = show_identity(&later, identity(&app, "ann").await.id).await.unwrap();
        assert_eq!(detail.grants[0].grant.state, Held);
        assert_eq!((detail.assignments.len(), detail.assignments[0].until), (1, None));
    })
    .await;
}

#[tokio::test]
async fn who_moves_back_before_the_removal_is_done_is_no_longer_to_lose_it() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        birthright(&ctx, ledger, "sell", "Sales", 0).await;
        for (when, department) in [("2024-03-01T12:00:00Z", "Sales"), ("2024-04-01T12:00:00Z", "Care"), ("2024-04-05T12:00:00Z", "Sales")] {
            import(&admin_at(&app, when), &[row("1", "ann", department)]).await.unwrap();
        }
        let detail = show_identity(&ctx, identity(&app, "ann").await.id).await.unwrap();
        assert_eq!(detail.grants[0].grant.state, Held);
        assert_eq!(detail.operations[0].state, OperationState::Superseded);
    })
    .await;
}

#[tokio::test]
async fn what_two_ways_explain_stays_until_both_are_gone() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        let right = birthright(&ctx, ledger, "sell", "Sales", 0).await;
        let helper = put_role(&ctx, &role_draft("Helper", &[right])).await;
        import(&ctx, &[row("1", "ann", "Sales")]).await.unwrap();
        let ann = identity(&app, "ann").await.id;
        let by_hand = assign_role(&ctx, ann, helper, "helps out", None).await.unwrap();
        assert_eq!(show_identity(&ctx, ann).await.unwrap().grants[0].paths.len(), 2);

        let april = admin_at(&app, "2024-04-01T12:00:00Z");
        import(&april, &[row("1", "ann", "Care")]).await.unwrap();
        assert_eq!(held(&april, ann).await, [("sell".to_owned(), Held)]);
        unassign_role(&april, ann, by_hand, "done").await.unwrap();
        assert_eq!(held(&april, ann).await, [("sell".to_owned(), RemovalOwed)]);
    })
    .await;
}

#[tokio::test]
async fn a_rehire_gets_back_what_rules_give_and_nothing_that_was_given_by_hand() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        birthright(&ctx, ledger, "sell", "Sales", 0).await;
        let special = entitlement(&ctx, ledger, "special").await;
        let extra = put_role(&ctx, &role_draft("Extra", &[special])).await;
        let ann = person(&ctx, "ann").await;
        assign_role(&ctx, ann, extra, "for a project", None).await.unwrap();
        tenure_services::identities::end_identity(&ctx, ann, "left").await.unwrap();
        assert_eq!(held(&ctx, ann).await, [("sell".to_owned(), RemovalOwed), ("special".to_owned(), RemovalOwed)]);
        rehire_identity(&ctx, ann, ctx.today(), "back").await.unwrap();
        assert_eq!(held(&ctx, ann).await, [("sell".to_owned(), Held), ("special".to_owned(), RemovalOwed)]);
    })
    .await;
}

#[tokio::test]
async fn an_assignment_with_an_end_ends_then() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        let right = entitlement(&ctx, ledger, "close").await;
        let role = put_role(&ctx, &role_draft("Closer", &[right])).await;
        let ann = person(&ctx, "ann").await;
        assign_role(&ctx, ann, role, "year's end", Some(moment("2024-04-01T00:00:00Z"))).await.unwrap();
        for (when, expected) in [("2024-03-31T23:59:59Z", Held), ("2024-04-01T00:00:00Z", RemovalOwed)] {
            let ctx = admin_at(&app, when);
            run_due(&ctx).await.unwrap();
            assert_eq!(held(&ctx, ann).await, [("close".to_owned(), expected)], "{when}");
        }
    })
    .await;
}
