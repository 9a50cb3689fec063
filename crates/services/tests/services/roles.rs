//! Roles change by plan and apply.

use serde_json::json;
use tenure_domain::access::{Relation, actions, authorize};
use tenure_domain::audit::{Actor, AuditEvent, EventBody, Outcome, Stream};
use tenure_domain::grant::GrantState::{Held, RemovalOwed};
use tenure_domain::id::Id;
use tenure_services::ServiceError;
use tenure_services::access::{
    RoleDraft, RuleDraft, apply_role, apply_rule, assign_role, export_roles, list_applications, list_roles, plan_role, plan_rule,
    show_application, show_role, unassign_role,
};
use tenure_services::identities::create_identity;
use tenure_store::PageRequest;
use tenure_store::access::RoleFilter;
use tenure_store::endings::Ending;

use super::support::*;

#[tokio::test]
async fn a_plan_names_who_gains_and_who_loses_and_apply_does_just_that() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        let (read, write) = (entitlement(&ctx, ledger, "read").await, entitlement(&ctx, ledger, "write").await);
        let role = put_role(&ctx, &role_draft("Clerk", &[read])).await;
        let ann = person(&ctx, "ann").await;
        assign_role(&ctx, ann, role, "new here", None).await.unwrap();

        let draft = RoleDraft { id: Some(role), version: 1, ..role_draft("Clerk", &[write]) };
        let plan = plan_role(&ctx, &draft).await.unwrap();
        assert_eq!((plan.plan.gaining(), plan.plan.losing()), (1, 1));
        let affected = &plan.plan.affected[0];
        assert_eq!(
            (affected.display_name.as_str(), plan.names[&affected.gains[0]].as_str(), plan.names[&affected.loses[0]].as_str()),
            ("ann", "Ledger / write", "Ledger / read")
        );
        assert_eq!(held(&ctx, ann).await, [("read".to_owned(), Held)], "a plan changes nothing");

        apply_role(&ctx, &draft, &plan.hash).await.unwrap();
        assert_eq!(held(&ctx, ann).await, [("read".to_owned(), RemovalOwed), ("write".to_owned(), Held)]);
        assert_eq!(events(&app, "role.changed").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn apply_is_refused_when_the_records_moved_on() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        let (read, write) = (entitlement(&ctx, ledger, "read").await, entitlement(&ctx, ledger, "write").await);
        let role = put_role(&ctx, &role_draft("Clerk", &[read])).await;
        let draft = RoleDraft { id: Some(role), version: 1, ..role_draft("Clerk", &[read, write]) };
        let seen = plan_role(&ctx, &draft).await.unwrap().hash;
        let ann = person(&ctx, "ann").await;
        assign_role(&ctx, ann, role, "came in between", None).await.unwrap();
        assert!(matches!(apply_role(&ctx, &draft, &seen).await, Err(ServiceError::Conflict(_))));
        assert_eq!(held(&ctx, ann).await, [("read".to_owned(), Held)]);
    })
    .await;
}

#[tokio::test]
async fn a_hash_is_for_one_draft_and_one_version_only() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        let read = entitlement(&ctx, ledger, "read").await;
        let role = put_role(&ctx, &role_draft("Clerk", &[read])).await;
        let draft = RoleDraft { id: Some(role), version: 1, ..role_draft("Clerk", &[]) };
        let seen = plan_role(&ctx, &draft).await.unwrap().hash;
        let other = RoleDraft { grace_days: 3, ..draft.clone() };
        assert!(matches!(apply_role(&ctx, &other, &seen).await, Err(ServiceError::Conflict(_))));
        apply_role(&ctx, &draft, &seen).await.unwrap();
        assert!(matches!(apply_role(&ctx, &draft, &seen).await, Err(ServiceError::Conflict(_))), "twice");
        assert_eq!(app.store.read().await.unwrap().role(role).await.unwrap().unwrap().version, 2);
    })
    .await;
}

#[tokio::test]
async fn a_circle_of_roles_is_refused_and_named() {
    on_each(async |app| {
        let ctx = admin(&app);
        let inner = put_role(&ctx, &role_draft("Inner", &[])).await;
        let outer = put_role(&ctx, &RoleDraft { induced: vec![inner], ..role_draft("Outer", &[]) }).await;
        let circle = RoleDraft { id: Some(inner), version: 1, induced: vec![outer], ..role_draft("Inner", &[]) };
        for error in [plan_role(&ctx, &circle).await.err(), apply_role(&ctx, &circle, "").await.err()] {
            let Some(ServiceError::Invalid(faults)) = error else { panic!("{error:?}") };
            assert_eq!(faults[0].field, "induced");
            assert!(faults[0].message.contains("Inner") && faults[0].message.contains("Outer"), "{}", faults[0].message);
        }
        let selfish = RoleDraft { induced: vec![inner], ..circle };
        assert!(matches!(plan_role(&ctx, &selfish).await, Err(ServiceError::Invalid(_))));
    })
    .await;
}

#[tokio::test]
async fn a_role_of_an_application_that_is_none_is_refused_by_that_field() {
    on_each(async |app| {
        let ctx = admin(&app);
        let nobodys = Id::from_uuid(uuid::Uuid::now_v7());
        let draft = RoleDraft { application_id: Some(nobodys), ..role_draft("Clerk", &[]) };
        let Err(ServiceError::Invalid(faults)) = plan_role(&ctx, &draft).await else { panic!("it was planned") };
        assert_eq!(faults.iter().map(|f| f.field).collect::<Vec<_>>(), ["application_id"]);
    })
    .await;
}

#[tokio::test]
async fn a_role_inside_a_role_gives_its_entitlements_too() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        let read = entitlement(&ctx, ledger, "read").await;
        let inner = put_role(&ctx, &role_draft("Reader", &[read])).await;
        let outer = put_role(&ctx, &RoleDraft { induced: vec![inner], ..role_draft("Clerk", &[]) }).await;
        let ann = person(&ctx, "ann").await;
        assign_role(&ctx, ann, outer, "new here", None).await.unwrap();
        assert_eq!(held(&ctx, ann).await, [("read".to_owned(), Held)]);
        let why = tenure_services::identities::show_identity(&ctx, ann).await.unwrap().grants.remove(0).paths;
        assert_eq!(why[0].1.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(), ["Clerk", "Reader"]);
    })
    .await;
}

#[tokio::test]
async fn a_role_is_given_by_hand_with_a_reason_once_and_to_the_living() {
    on_each(async |app| {
        let ctx = admin(&app);
        let role = put_role(&ctx, &role_draft("Clerk", &[])).await;
        let ann = person(&ctx, "ann").await;
        assert!(matches!(assign_role(&ctx, ann, role, " ", None).await, Err(ServiceError::Invalid(_))));
        assert!(matches!(assign_role(&ctx, ann, role, "late", Some(ctx.now)).await, Err(ServiceError::Invalid(_))));
        assign_role(&ctx, ann, role, "new here", None).await.unwrap();
        assert!(matches!(assign_role(&ctx, ann, role, "again", None).await, Err(ServiceError::Refused(_))));
        tenure_services::identities::end_identity(&ctx, ann, "left").await.unwrap();
        assert!(matches!(assign_role(&ctx, ann, role, "too late", None).await, Err(ServiceError::Refused(_))));
    })
    .await;
}

#[tokio::test]
async fn pages_of_roles_and_applications_count_what_there_is() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        let (read, write) = (entitlement(&ctx, ledger, "read").await, entitlement(&ctx, ledger, "write").await);
        let reader = put_role(&ctx, &role_draft("Reader", &[read])).await;
        let clerk = put_role(&ctx, &RoleDraft { induced: vec![reader], ..role_draft("Clerk", &[write]) }).await;
        for name in ["ann", "ben", "cem"] {
            let who = person(&ctx, name).await;
            assign_role(&ctx, who, clerk, "new here", None).await.unwrap();
        }
        let two = PageRequest { limit: 2, ..PageRequest::default() };
        let shown = show_role(&ctx, clerk, &two).await.unwrap();
        assert_eq!((shown.members, shown.effective, shown.entitlements.len(), shown.holders.rows.len()), (3, 2, 1, 2));
        assert_eq!((shown.through[0].0.name.as_str(), shown.through[0].2.as_slice()), ("read", ["Reader".to_owned()].as_slice()));
        let next = PageRequest { after: shown.holders.next, ..two };
        assert_eq!(show_role(&ctx, clerk, &next).await.unwrap().holders.rows[0].display_name, "ann", "the newest first");

        let list = list_roles(&ctx, &RoleFilter::default(), &PageRequest::default()).await.unwrap();
        assert_eq!(list.counts.iter().map(|(_, n)| n).sum::<i64>(), 2);
        let csv = String::from_utf8(export_roles(&ctx, &RoleFilter::default()).await.unwrap()).unwrap();
        assert!(csv.lines().any(|l| l.starts_with("Clerk,") && l.contains(",3,1,1,")), "{csv}");

        let all = list_applications(&ctx).await.unwrap();
        assert_eq!(all[0].entitlements.iter().map(|e| (e.holders, e.out_of_band)).collect::<Vec<_>>(), [(3, 0), (3, 0)]);
        assert_eq!(show_application(&ctx, ledger).await.unwrap().entitlements[0].holders, 3);
    })
    .await;
}

/// The body of the newest event of an action.
async fn body(app: &tenure_services::App, action: &str) -> serde_json::Value {
    serde_json::from_str(&events(app, action).await[0].body).unwrap()
}

#[tokio::test]
async fn the_log_says_what_a_role_was_what_it_is_and_what_that_gave_and_took() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        let (read, write) = (entitlement(&ctx, ledger, "read").await, entitlement(&ctx, ledger, "write").await);
        let inner = put_role(&ctx, &role_draft("Inner", &[])).await;
        let clerk = put_role(&ctx, &role_draft("Clerk", &[read])).await;
        let ann = person(&ctx, "ann").await;
        let given = assign_role(&ctx, ann, clerk, "new here", None).await.unwrap();
        let gained = body(&app, "access.changed").await["after"].clone();
        assert_eq!(gained, json!({ "entitlements_gained": { "count": 1, "names": ["Ledger / read"] } }));

        let draft = RoleDraft { id: Some(clerk), version: 1, induced: vec![inner], owner_id: Some(ann), ..role_draft("Scribe", &[write]) };
        put_role(&ctx, &draft).await;
        let role = body(&app, "role.changed").await;
        let (was, is) = (&role["before"], &role["after"]);
        assert_eq!((&was["name"], &was["entitlements"], &was["induced"]), (&json!("Clerk"), &json!(["Ledger / read"]), &json!([])));
        assert_eq!((&is["name"], &is["entitlements"], &is["induced"]), (&json!("Scribe"), &json!(["Ledger / write"]), &json!(["Inner"])));
        assert_eq!((&was["owner"], &is["owner"]), (&json!(null), &json!("ann")));
        let changed = body(&app, "access.changed").await;
        assert_eq!(
            changed["after"],
            json!({
                "entitlements_gained": { "count": 1, "names": ["Ledger / write"] },
                "removals_owed": { "count": 1, "names": ["Ledger / read"] },
            })
        );
        assert!(role["id"].as_str() < changed["id"].as_str(), "the cause comes first");

        let rule = put_rule(&ctx, &rule_draft("Sales", clerk, "true")).await;
        let other = RuleDraft { id: Some(rule), version: 1, ..rule_draft("Sales", inner, "true") };
        put_rule(&ctx, &other).await;
        let rule = body(&app, "rule.changed").await;
        assert_eq!((&rule["before"]["role"], &rule["after"]["role"]), (&json!("Scribe"), &json!("Inner")));
        assert_eq!(body(&app, "access.changed").await["after"]["roles_ended"], json!({ "count": 1, "names": ["Scribe"] }));
        unassign_role(&ctx, ann, given, "moved").await.unwrap();
        assert_eq!(body(&app, "access.changed").await["after"]["removals_owed"], json!({ "count": 1, "names": ["Ledger / write"] }));
    })
    .await;
}

#[tokio::test]
async fn who_joins_while_a_rule_comes_into_force_is_not_missed() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        let read = entitlement(&ctx, ledger, "read").await;
        let role = put_role(&ctx, &role_draft("Clerk", &[read])).await;
        for round in 0..5 {
            let draft = rule_draft(&format!("Rule {round}"), role, &format!("user_name == \"new{round}\""));
            let hash = plan_rule(&ctx, &draft).await.unwrap().hash;
            let new = new_person(&format!("new{round}"));
            let (joined, applied) = tokio::join!(create_identity(&ctx, &new), apply_rule(&ctx, &draft, &hash));
            let expected = match applied {
                Ok(_) => vec![("read".to_owned(), Held)],
                // It joined first, and that is not what the plan showed.
                Err(ServiceError::Conflict(_)) => Vec::new(),
                Err(other) => panic!("{other}"),
            };
            assert_eq!(held(&ctx, joined.unwrap()).await, expected, "round {round}");
        }
    })
    .await;
}

/// What a transaction of the test's own commits with.
fn an_event(ctx: &tenure_services::Ctx) -> AuditEvent {
    AuditEvent(EventBody {
        id: Id::from_uuid(uuid::Uuid::new_v4()),
        at: ctx.now,
        stream: Stream::Identity,
        action: "test.done".to_owned(),
        actor: Actor::from(&ctx.principal),
        channel: ctx.channel,
        request_id: String::new(),
        target_kind: String::new(),
        target_id: String::new(),
        target_label: String::new(),
        identity_id: None,
        outcome: Outcome::Done,
        reason: String::new(),
        before: json!(null),
        after: json!(null),
    })
}

#[tokio::test]
async fn a_role_is_taken_from_who_they_are_now() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ledger = application(&ctx, "Ledger").await;
        let read = entitlement(&ctx, ledger, "read").await;
        let role = put_role(&ctx, &role_draft("Clerk", &[read])).await;
        let ann = person(&ctx, "ann").await;
        let given = assign_role(&ctx, ann, role, "new here", None).await.unwrap();
        // Somebody ends her, and is not done yet when the role is to be taken.
        let proof = authorize::<actions::EndIdentity, _>(&ctx.principal, &(ann, Relation::None)).unwrap();
        let ending = Ending {
            id: Id::from_uuid(uuid::Uuid::new_v4()),
            at: ctx.now,
            on: ctx.today(),
            reason: "left".to_owned(),
            channel: String::new(),
            actor: String::new(),
        };
        let mut tx = app.store.write().await.unwrap();
        tx.end_identities(&proof, &ending, &[ann], &uuid::Uuid::new_v4).await.unwrap();
        let taking = {
            let ctx = ctx.clone();
            tokio::spawn(async move { unassign_role(&ctx, ann, given, "moved").await })
        };
        for _ in 0..100 {
            tokio::task::yield_now().await;
            identity(&app, "ann").await;
        }
        tx.commit(an_event(&ctx)).await.unwrap();
        assert!(taking.await.unwrap().is_err(), "the assignment has ended");
        assert_eq!(held(&ctx, ann).await, [("read".to_owned(), RemovalOwed)]);
        let owed = app.store.read().await.unwrap().operations_of(ann, 9).await.unwrap();
        assert_eq!(owed.len(), 1, "owed once: {owed:?}");
    })
    .await;
}
