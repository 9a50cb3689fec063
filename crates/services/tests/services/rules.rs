//! Birthright rules change by plan and apply.

use std::sync::Arc;

use tenure_domain::grant::GrantState::{Held, RemovalOwed};
use tenure_services::access::{RuleDraft, apply_rule, match_rule, plan_rule, unassign_role};
use tenure_services::identities::show_identity;
use tenure_services::{App, ServiceError};

use super::support::*;

#[tokio::test]
async fn a_rule_gives_its_role_to_whom_it_matches_and_takes_it_when_it_is_off() {
    on_each(async |app| {
        let ctx = admin(&app);
        import(&ctx, &[row("1", "ann", "Sales"), row("2", "ben", "Care")]).await.unwrap();
        let ledger = application(&ctx, "Ledger").await;
        let read = entitlement(&ctx, ledger, "read").await;
        let role = put_role(&ctx, &role_draft("Clerk", &[read])).await;
        let draft = rule_draft("Sales reads", role, r#"department == "Sales""#);
        let plan = plan_rule(&ctx, &draft).await.unwrap();
        assert_eq!(plan.plan.affected.iter().map(|a| a.display_name.as_str()).collect::<Vec<_>>(), ["ann Test"]);
        let rule = apply_rule(&ctx, &draft, &plan.hash).await.unwrap();
        let (ann, ben) = (identity(&app, "ann").await.id, identity(&app, "ben").await.id);
        assert_eq!((held(&ctx, ann).await, held(&ctx, ben).await), (vec![("read".to_owned(), Held)], vec![]));

        put_rule(&ctx, &RuleDraft { id: Some(rule), version: 1, enabled: false, ..draft }).await;
        assert_eq!(held(&ctx, ann).await, [("read".to_owned(), RemovalOwed)]);
    })
    .await;
}

#[tokio::test]
async fn what_another_instance_changes_in_roles_and_rules_holds_at_once() {
    on_each(async |app| {
        let ctx = admin(&app);
        let sales = birthright(&ctx, application(&ctx, "Ledger").await, "read", "Sales", 0).await;
        import(&ctx, &[row("1", "ann", "Sales")]).await.unwrap();
        let role = ctx.app.store.read().await.unwrap().rules().await.unwrap().remove(0);
        // The same database, and nothing that this process remembers.
        let other = Arc::new(App { transient: Arc::default(), ..(*app).clone() });
        let off = RuleDraft {
            id: Some(role.id),
            version: role.version,
            name: role.name,
            role_id: role.role_id,
            expression: role.expression,
            enabled: false,
        };
        put_rule(&admin(&other), &off).await;
        import(&ctx, &[row("1", "ann", "Sales"), row("2", "ben", "Sales")]).await.unwrap();
        assert!(held(&ctx, identity(&app, "ben").await.id).await.is_empty(), "{sales:?} is no longer given");
        put_rule(&admin(&other), &RuleDraft { version: off.version + 1, enabled: true, ..off }).await;
        import(&ctx, &[row("1", "ann", "Sales"), row("2", "ben", "Sales"), row("3", "cid", "Sales")]).await.unwrap();
        assert_eq!(held(&ctx, identity(&app, "cid").await.id).await, [("read".to_owned(), Held)]);
    })
    .await;
}

#[tokio::test]
async fn apply_is_refused_when_somebody_joined_in_between() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        let read = entitlement(&ctx, ledger, "read").await;
        let role = put_role(&ctx, &role_draft("Clerk", &[read])).await;
        let draft = rule_draft("Everybody reads", role, "true");
        let seen = plan_rule(&ctx, &draft).await.unwrap().hash;
        let ann = person(&ctx, "ann").await;
        assert!(matches!(apply_rule(&ctx, &draft, &seen).await, Err(ServiceError::Conflict(_))));
        assert!(held(&ctx, ann).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_expression_that_is_none_is_a_fault_of_its_field() {
    on_each(async |app| {
        let ctx = admin(&app);
        let role = put_role(&ctx, &role_draft("Clerk", &[])).await;
        let error = plan_rule(&ctx, &rule_draft("", role, "department ==")).await.unwrap_err();
        let ServiceError::Invalid(faults) = error else { panic!("{error}") };
        assert_eq!(faults.iter().map(|f| f.field).collect::<Vec<_>>(), ["name", "expression"], "all at once");
    })
    .await;
}

#[tokio::test]
async fn matching_people_are_shown_clause_by_clause() {
    on_each(async |app| {
        let ctx = admin(&app);
        import(&ctx, &[row("1", "ann", "Sales"), row("2", "ben", "Sales").replace("Clerk", "Head"), row("3", "cem", "Care")])
            .await
            .unwrap();
        let found = match_rule(&ctx, r#"department == "Sales" and title == "Clerk""#).await.unwrap();
        assert_eq!((found.examined, found.matching, found.people[0].1.as_str()), (3, 1, "ann Test"));
        assert_eq!(found.clauses.iter().map(|c| (c.alone, c.so_far)).collect::<Vec<_>>(), [(2, 2), (2, 1)]);
    })
    .await;
}

#[tokio::test]
async fn what_a_rule_gives_is_not_taken_by_hand() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        birthright(&ctx, ledger, "read", "Sales", 0).await;
        let ann = person(&ctx, "ann").await;
        let assignment = show_identity(&ctx, ann).await.unwrap().assignments[0].id;
        assert!(matches!(unassign_role(&ctx, ann, assignment, "no").await, Err(ServiceError::Refused(_))));
        assert_eq!(held(&ctx, ann).await, [("read".to_owned(), Held)]);
    })
    .await;
}
