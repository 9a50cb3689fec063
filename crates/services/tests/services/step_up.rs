//! Showing anew that it is you: what asks for it, by what, and for how long it counts.

use chrono::Duration;
use tenure_domain::access::PortalRole::{Admin, Employee};
use tenure_domain::access::{ActionKind, TokenScopes, asks_for_proof};
use tenure_domain::sign_in::Level;
use tenure_services::access::plan_role;
use tenure_services::accounts::{invite, set_portal_role};
use tenure_services::credentials::{NewToken, issue_token};
use tenure_services::factors::{
    Ways, begin_app, confirm_by_code, confirm_by_password, make_recovery_codes, my_factors, remove_factor, ways_to_confirm,
};
use tenure_services::identities::{end_identity, preview_end};
use tenure_services::{Ctx, Proven, ServiceError};

use super::factor_support::*;
use super::support::*;

/// The same person, whose proof is over.
fn stale(me: &Ctx) -> Ctx {
    Ctx { proven: Some(Proven { level: Level::One, by_password: true, until: me.now }), ..me.clone() }
}

fn asks<T: std::fmt::Debug>(result: Result<T, ServiceError>) {
    assert!(matches!(result, Err(ServiceError::Proof)), "{result:?}");
}

#[tokio::test]
async fn what_ends_people_gives_power_or_makes_secrets_asks_for_a_fresh_proof_and_changes_nothing_before() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (ada, me) = with_password(&app, &ctx, "ada", &[Admin, Employee]).await;
        let bob = person(&ctx, "bob").await;
        let old = stale(&me);
        let before = events(&app, "").await.len();
        asks(preview_end(&old, bob).await);
        asks(end_identity(&old, bob, "left").await);
        asks(set_portal_role(&old, bob, Admin, true).await);
        asks(invite(&old, bob).await);
        let new = NewToken {
            identity_id: ada,
            label: "t".to_owned(),
            purpose: "p".to_owned(),
            scopes: TokenScopes::reading(),
            networks: Default::default(),
            days: 1,
            once: None,
        };
        asks(issue_token(&old, &new).await);
        asks(plan_role(&old, &role_draft("Clerk", &[])).await);
        asks(begin_app(&old).await.map(|_| ()));
        asks(make_recovery_codes(&old).await);
        assert_eq!(events(&app, "").await.len(), before, "asking is no refusal");
        // What asks for none goes on, and so does who was never at a session.
        person(&old, "cid").await;
        end_identity(&ctx, bob, "left").await.unwrap();
        let nothing_known = Ctx { proven: None, ..me.clone() };
        asks(issue_token(&nothing_known, &new).await);
        issue_token(&me, &new).await.unwrap();
    })
    .await;
}

#[test]
fn only_changes_ask_for_a_proof_and_what_one_does_all_day_does_not() {
    for action in ActionKind::ALL {
        assert!(!asks_for_proof(*action) || action.changes(), "{action}");
    }
    for action in [ActionKind::UseOwnAccount, ActionKind::CreateIdentity, ActionKind::EditIdentity, ActionKind::DecideReview] {
        assert!(!asks_for_proof(action), "{action}");
    }
}

#[tokio::test]
async fn the_password_serves_until_there_is_a_factor_and_then_only_that() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (_, me) = with_password(&app, &ctx, "ann", &[Employee]).await;
        assert_eq!(ways_to_confirm(&me).await.unwrap(), Ways { password: true, ..Ways::default() });
        assert!(matches!(confirm_by_password(&me, password("wrong horse battery")).await, Err(ServiceError::Invalid(_))));
        assert_eq!(confirm_by_password(&me, password(GOOD)).await.unwrap().level, Level::One);
        let secret = app_of(&me).await;
        let codes = make_recovery_codes(&me).await.unwrap();
        assert_eq!(ways_to_confirm(&me).await.unwrap(), Ways { code: true, ..Ways::default() });
        refusal(confirm_by_password(&me, password(GOOD)).await);
        let later = me.at(me.now + Duration::minutes(1));
        refusal(confirm_by_code(&later, &codes[0].expose(), "192.0.2.1").await);
        let code = secret.code_at(later.now.timestamp());
        assert_eq!(confirm_by_code(&later, &code, "192.0.2.1").await.unwrap().level, Level::Two);
        refusal(confirm_by_code(&later, &code, "192.0.2.1").await);
        assert_eq!(my_factors(&me).await.unwrap().codes_left, 10, "a recovery code was not used up by it");
        let said = events(&app, "session.proved").await;
        assert_eq!(said.iter().filter(|e| told(e)["after"]["by"] == "code").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn ten_wrong_passwords_of_who_sits_at_a_session_lock_the_password() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (ann, me) = with_password(&app, &ctx, "ann", &[Employee]).await;
        for _ in 0..10 {
            assert!(matches!(confirm_by_password(&me, password("wrong horse battery")).await, Err(ServiceError::Invalid(_))));
        }
        assert!(refusal(confirm_by_password(&me, password(GOOD)).await).contains("half an hour"));
        assert!(app.store.read().await.unwrap().local_account(ann).await.unwrap().unwrap().locked_until.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_factor_is_removed_with_a_fresh_proof_alone() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (_, me) = with_password(&app, &ctx, "ann", &[Employee]).await;
        app_of(&me).await;
        let id = my_factors(&me).await.unwrap().factors[0].credential_id;
        asks(remove_factor(&stale(&me), None, id).await);
        assert_eq!(my_factors(&me).await.unwrap().factors.len(), 1);
        remove_factor(&me, None, id).await.unwrap();
    })
    .await;
}
