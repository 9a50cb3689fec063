//! Who must have a second factor, and what happens when one is lost.

use std::collections::BTreeMap;

use chrono::Duration;
use tenure_domain::access::PortalRole::{Admin, Auditor, Employee};
use tenure_domain::sign_in::{Level, Need, Stand};
use tenure_services::accounts::{look_at_link, set_portal_role, set_up, sign_in};
use tenure_services::factors::{
    FirstStep, PolicyDraft, apply_policy, ask_reset_factors, begin_app, confirm_reset_factors, finish_by_code, make_recovery_codes,
    my_factors, plan_policy, remove_factor, reset_of, show_policy, withdraw_reset_factors,
};
use tenure_services::{Ctx, FieldError, ServiceError};

use super::factor_support::*;
use super::mail_support::*;
use super::support::*;

fn draft(version: i64, needs: &[(tenure_domain::access::PortalRole, Need)], grace_days: i64) -> PolicyDraft {
    PolicyDraft { version, needs: BTreeMap::from_iter(needs.iter().copied()), grace_days, proof_minutes: 15 }
}

async fn apply(ctx: &Ctx, draft: &PolicyDraft) {
    let plan = plan_policy(ctx, draft).await.unwrap();
    apply_policy(ctx, draft, &plan.hash).await.unwrap();
}

#[tokio::test]
async fn a_plan_names_who_would_have_to_enrol_and_is_applied_only_as_it_was_seen() {
    on_each(async |app| {
        let (app, _) = with_post(&app);
        let ctx = admin(&app);
        let (ada, of_ada) = with_password(&app, &ctx, "ada", &[Admin, Employee]).await;
        let (bob, _) = with_password(&app, &ctx, "bob", &[Admin, Employee]).await;
        with_password(&app, &ctx, "cid", &[Employee]).await;
        person(&ctx, "nobody-signs-in-as").await;
        app_of(&of_ada).await;
        let wanted = draft(0, &[(Admin, Need::Required)], 0);
        let plan = plan_policy(&ctx, &wanted).await.unwrap();
        assert_eq!(plan.lacking.len(), 1);
        assert_eq!((plan.lacking[0].people, plan.lacking[0].named.clone()), (1, vec![(bob, "bob".to_owned())]));
        let stricter = plan_policy(&ctx, &draft(0, &[(Admin, Need::Resistant), (Employee, Need::Required)], 0)).await.unwrap();
        let people: Vec<_> = stricter.lacking.iter().map(|l| (l.role, l.people)).collect();
        assert_eq!(people, [(Admin, 2), (Employee, 2)], "an app is no passkey; employees are all who can sign in");
        assert_eq!(show_policy(&ctx).await.unwrap().version, 0, "a plan changes nothing");
        set_portal_role(&ctx, bob, Admin, false).await.unwrap();
        assert!(matches!(apply_policy(&ctx, &wanted, &plan.hash).await, Err(ServiceError::Conflict(_))));
        apply(&ctx, &wanted).await;
        assert!(matches!(plan_policy(&ctx, &wanted).await, Err(ServiceError::Conflict(_))), "it is another version now");
        assert_eq!(events(&app, "sign-in-policy.changed").await.len(), 1);
        assert!(matches!(plan_policy(&of_ada_is_no_admin(&app, ada), &wanted).await, Err(ServiceError::Denied(_))));
    })
    .await;
}

fn of_ada_is_no_admin(app: &std::sync::Arc<tenure_services::App>, ada: tenure_domain::id::IdentityId) -> Ctx {
    signed_in(app, ada, &[Employee])
}

#[tokio::test]
async fn numbers_out_of_bounds_and_a_policy_that_nobody_could_meet_are_refused_at_their_fields() {
    on_each(async |app| {
        let ctx = admin(&app);
        let fields = |error: ServiceError| match error {
            ServiceError::Invalid(faults) => faults.iter().map(|f: &FieldError| f.field).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        let wrong = PolicyDraft { grace_days: 91, proof_minutes: 0, ..draft(0, &[(Admin, Need::Resistant)], 0) };
        assert_eq!(fields(plan_policy(&ctx, &wrong).await.unwrap_err()), ["grace_days", "proof_minutes", "needs"]);
    })
    .await;
}

#[tokio::test]
async fn who_lacks_a_factor_comes_in_to_enrol_and_is_told_before_it_is_due() {
    on_each(async |app| {
        let (app, _) = with_post(&app);
        let ctx = admin(&app);
        let (_, me) = with_password(&app, &ctx, "ada", &[Admin, Employee]).await;
        apply(&ctx, &draft(0, &[(Admin, Need::Required)], 7)).await;
        assert!(matches!(my_factors(&me).await.unwrap().stand, Stand::Soon(_)));
        let due = me.at(me.now + Duration::days(7));
        assert_eq!(my_factors(&due).await.unwrap().stand, Stand::Enrol { passkey_only: false });
        assert!(matches!(sign_in(&nobody(&due), "ada", password(GOOD), "").await.unwrap(), FirstStep::In(_)), "or nobody could enrol");
        let secret = app_of(&due).await;
        let id = my_factors(&due).await.unwrap().factors[0].credential_id;
        assert!(refusal(remove_factor(&due, None, id).await).contains("last one"));
        let later = due.at(due.now + Duration::minutes(1));
        let waiting = half(&later, "ada").await;
        let done = finish_by_code(&nobody(&later), &waiting, &secret.code_at(later.now.timestamp()), &HERE).await.unwrap();
        assert_eq!(done.level, Level::Two);
    })
    .await;
}

#[tokio::test]
async fn where_a_passkey_is_asked_for_codes_neither_enrol_nor_serve() {
    on_each(async |app| {
        let (app, _) = with_post(&app);
        let ctx = admin(&app);
        let (_, me) = with_password(&app, &ctx, "ada", &[Admin, Employee]).await;
        let secret = app_of(&me).await;
        key_of(&me, "Laptop").await;
        apply(&ctx, &draft(0, &[(Admin, Need::Resistant)], 0)).await;
        let waiting = half(&ctx, "ada").await;
        assert!(waiting.passkey_only);
        let later = nobody(&ctx.at(ctx.now + Duration::minutes(1)));
        assert!(refusal(finish_by_code(&later, &waiting, &secret.code_at(later.now.timestamp()), &HERE).await).contains("passkey"));
        refusal(make_recovery_codes(&me).await);
        let (_, other) = with_password(&app, &ctx, "bob", &[Admin, Employee]).await;
        assert!(matches!(begin_app(&other).await, Err(ServiceError::Refused(_))));
    })
    .await;
}

#[tokio::test]
async fn two_administrators_let_somebody_begin_anew_and_neither_one_alone_nor_for_themselves() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let ctx = admin(&app);
        let (ada, of_ada) = with_password(&app, &ctx, "ada", &[Admin, Employee]).await;
        let (_, of_bob) = with_password(&app, &ctx, "bob", &[Admin, Employee]).await;
        let (ann, of_ann) = with_password(&app, &ctx, "ann", &[Employee]).await;
        let (cid, _) = with_password(&app, &ctx, "cid", &[Employee]).await;
        app_of(&of_ann).await;
        app_of(&of_ada).await;
        make_recovery_codes(&of_ann).await.unwrap();
        refusal(confirm_reset_factors(&of_bob, ann, "saw her").await);
        refusal(ask_reset_factors(&of_ada, cid, "has none").await);
        refusal(ask_reset_factors(&of_ada, ada, "I lost mine").await);
        refusal(ask_reset_factors(&ctx, ann, "an operator is no person").await);
        assert!(matches!(ask_reset_factors(&of_ann, ann, "mine").await, Err(ServiceError::Refused(_) | ServiceError::Denied(_))));
        assert!(matches!(ask_reset_factors(&of_ada, ann, " ").await, Err(ServiceError::Invalid(_))));
        ask_reset_factors(&of_ada, ann, "lost her phone").await.unwrap();
        assert!(matches!(ask_reset_factors(&of_bob, ann, "again").await, Err(ServiceError::Conflict(_))));
        assert!(refusal(confirm_reset_factors(&of_ada, ann, "saw her").await).contains("another administrator"));
        let late = of_bob.at(of_bob.now + Duration::hours(24));
        refusal(confirm_reset_factors(&late, ann, "saw her").await);
        let link = confirm_reset_factors(&of_bob, ann, "showed her passport").await.unwrap();
        assert!(!app.store.read().await.unwrap().held_factors(ann).await.unwrap().any());
        assert!(sign_in(&nobody(&ctx), "ann", password(GOOD), "").await.is_err(), "who knew the password begins nothing");
        send_all(&app, "2024-03-01T12:00:00Z").await;
        assert_eq!(token_in(&post.last_to("ann@example.com")), link.expose());
        look_at_link(&nobody(&ctx), link.expose()).await.unwrap();
        let new = "seven otters under the bridge";
        set_up(&nobody(&ctx), link.expose(), password(new), &password(new)).await.unwrap();
        assert!(matches!(sign_in(&nobody(&ctx), "ann", password(new), "").await.unwrap(), FirstStep::In(_)));
        assert!(reset_of(&of_bob, ann).await.unwrap().1.is_none());
        refusal(confirm_reset_factors(&of_bob, ann, "twice").await);
        let said = events(&app, "factor-reset").await;
        assert_eq!(said.len(), 2);
        assert!(said.iter().all(|e| e.identity_id == Some(ann) && !format!("{e:?}").contains(link.expose())));
    })
    .await;
}

#[tokio::test]
async fn a_wish_of_who_is_no_administrator_any_more_is_not_confirmed_and_one_can_be_withdrawn() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (ada, of_ada) = with_password(&app, &ctx, "ada", &[Admin, Employee]).await;
        let (_, of_bob) = with_password(&app, &ctx, "bob", &[Admin, Employee]).await;
        let (ann, of_ann) = with_password(&app, &ctx, "ann", &[Employee, Auditor]).await;
        app_of(&of_ann).await;
        ask_reset_factors(&of_ada, ann, "lost her phone").await.unwrap();
        set_portal_role(&ctx, ada, Admin, false).await.unwrap();
        assert!(refusal(confirm_reset_factors(&of_bob, ann, "saw her").await).contains("no administrator"));
        withdraw_reset_factors(&of_bob, ann).await.unwrap();
        assert!(reset_of(&of_bob, ann).await.unwrap().1.is_none());
        assert_eq!(my_factors(&of_ann).await.unwrap().factors.len(), 1);
    })
    .await;
}
