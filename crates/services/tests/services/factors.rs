//! Authenticator apps and recovery codes: enrolled, asked for at sign-in, each counted once, and gone with what they are of.

use chrono::Duration;
use tenure_domain::access::PortalRole::{Auditor, Employee};
use tenure_domain::credential::CredentialState;
use tenure_domain::identity::Transition;
use tenure_domain::sign_in::{FactorKind, Level, ProvedBy};
use tenure_services::ServiceError;
use tenure_services::accounts::{Browser, change_password, sign_in};
use tenure_services::credentials::revoke_credential;
use tenure_services::factors::{
    FirstStep, begin_app, enrol_app, finish_by_code, make_recovery_codes, my_factors, name_factor, remove_factor,
};
use tenure_services::identities::{change_lifecycle, end_identity, rehire_identity};

use super::factor_support::*;
use super::mail_support::*;
use super::support::*;

#[tokio::test]
async fn a_password_alone_serves_until_a_factor_is_enrolled_and_then_its_code_is_asked_for_once() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let ctx = admin(&app);
        let (ann, me) = with_password(&app, &ctx, "ann", &[Employee]).await;
        let before = sign_in(&nobody(&ctx), "ann", password(GOOD), "").await.unwrap().signed_in().expect("a password is enough");
        assert_eq!((before.first, before.level), (ProvedBy::Password, Level::One));
        let secret = app_of(&me).await;
        let ended = app.store.read().await.unwrap().credential(before.session).await.unwrap().unwrap().credential.state;
        assert_eq!(ended, CredentialState::Revoked, "what was opened with less is over");

        let waiting = half(&ctx, "ann").await;
        let code = secret.code_at(ctx.now.timestamp());
        assert!(refusal(finish_by_code(&nobody(&ctx), &waiting, &code, &HERE).await).contains("used before"), "it enrolled the app");
        let later = ctx.at(ctx.now + Duration::seconds(60));
        let code = secret.code_at(later.now.timestamp());
        refusal(finish_by_code(&nobody(&later), &waiting, "000000", &HERE).await);
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        let person = finish_by_code(&nobody(&later), &waiting, &spaced, &HERE).await.unwrap();
        assert_eq!((person.identity_id, person.first, person.level), (ann, ProvedBy::Password, Level::Two));
        let again = half(&later, "ann").await;
        refusal(finish_by_code(&nobody(&later), &again, &code, &HERE).await);
        send_all(&app, "2024-03-01T12:02:00Z").await;
        assert!(post.last_to("ann@example.com").text.contains("Authenticator app"));
        let actions: Vec<_> = events(&app, "factor").await.into_iter().map(|e| e.action).collect();
        assert_eq!(actions, ["factor.enrolled"]);
    })
    .await;
}

#[tokio::test]
async fn of_two_who_show_one_code_at_once_one_is_in() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (_, me) = with_password(&app, &ctx, "ann", &[Employee]).await;
        let secret = app_of(&me).await;
        let later = nobody(&ctx.at(ctx.now + Duration::seconds(90)));
        let (one, two) = (half(&later, "ann").await, half(&later, "ann").await);
        let code = secret.code_at(later.now.timestamp());
        let (one, two) = tokio::join!(finish_by_code(&later, &one, &code, &HERE), finish_by_code(&later, &two, &code, &HERE));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    })
    .await;
}

#[tokio::test]
async fn half_a_sign_in_ends_with_time_another_password_a_suspension_and_the_end() {
    on_each(async |app| {
        let ctx = admin(&app);
        for (n, name) in ["ann", "ben", "cid", "dan"].into_iter().enumerate() {
            let (id, me) = with_password(&app, &ctx, name, &[Employee]).await;
            let secret = app_of(&me).await;
            let later = ctx.at(ctx.now + Duration::minutes(1));
            let waiting = half(&later, name).await;
            let mut then = later.at(later.now + Duration::minutes(2));
            match n {
                0 => then = then.at(later.now + Duration::minutes(10)),
                1 => {
                    let new = "seven otters under the bridge";
                    change_password(&me.at(then.now), None, password(GOOD), password(new), &password(new)).await.unwrap();
                }
                2 => change_lifecycle(&then, id, Transition::Suspend, "investigation").await.map(drop).unwrap(),
                _ => end_identity(&then, id, "left").await.map(drop).unwrap(),
            }
            let code = secret.code_at(then.now.timestamp());
            let words = refusal(finish_by_code(&nobody(&then), &waiting, &code, &HERE).await);
            assert!(words.contains("sign in again"), "{name}: {words}");
        }
    })
    .await;
}

#[tokio::test]
async fn ten_wrong_codes_stop_codes_for_a_while_and_their_owner_is_told_that_the_password_is_known() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let ctx = admin(&app);
        let (_, me) = with_password(&app, &ctx, "ann", &[Employee]).await;
        let secret = app_of(&me).await;
        let later = nobody(&ctx.at(ctx.now + Duration::minutes(1)));
        let waiting = half(&later, "ann").await;
        for n in 0..10 {
            let network = format!("198.51.100.{n}");
            refusal(finish_by_code(&later, &waiting, "123123", &Browser { network: &network, ..HERE }).await);
        }
        let code = secret.code_at(later.now.timestamp());
        assert!(refusal(finish_by_code(&later, &waiting, &code, &HERE).await).contains("half an hour"));
        send_all(&app, "2024-03-01T12:05:00Z").await;
        assert_eq!(post.taken().iter().filter(|m| m.subject == "Tenure: somebody knows your password").count(), 1);
        let much_later = nobody(&ctx.at(ctx.now + Duration::minutes(31)));
        let waiting = half(&much_later, "ann").await;
        finish_by_code(&much_later, &waiting, &secret.code_at(much_later.now.timestamp()), &HERE).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn recovery_codes_stand_in_once_each_and_new_ones_replace_them() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (_, me) = with_password(&app, &ctx, "ann", &[Employee]).await;
        assert!(refusal(make_recovery_codes(&me).await).contains("first"));
        app_of(&me).await;
        let codes = make_recovery_codes(&me).await.unwrap();
        assert_eq!((codes.len(), my_factors(&me).await.unwrap().codes_left), (10, 10));
        let waiting = half(&ctx, "ann").await;
        let done = finish_by_code(&nobody(&ctx), &waiting, &codes[0].expose().to_uppercase(), &HERE).await.unwrap();
        assert_eq!(done.level, Level::Two);
        refusal(finish_by_code(&nobody(&ctx), &waiting, &codes[0].expose(), &HERE).await);
        assert_eq!(my_factors(&me).await.unwrap().codes_left, 9);
        let event = events(&app, "sign-in").await.into_iter().find(|e| told(e)["after"]["then_by"] == "recovery-code").unwrap();
        assert_eq!(told(&event)["after"]["recovery_codes_left"], 9);
        let new = make_recovery_codes(&me).await.unwrap();
        refusal(finish_by_code(&nobody(&ctx), &waiting, &codes[1].expose(), &HERE).await);
        finish_by_code(&nobody(&ctx), &waiting, &new[1].expose(), &HERE).await.unwrap();
        for event in events(&app, "").await {
            let text = format!("{event:?}");
            assert!(codes.iter().chain(&new).all(|code| !text.contains(&code.expose())), "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_wrong_code_enrols_nothing_and_the_same_secret_is_shown_again() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (_, me) = with_password(&app, &ctx, "ann", &[Employee]).await;
        let (_, other) = with_password(&app, &ctx, "ben", &[Employee]).await;
        let new = begin_app(&me).await.unwrap();
        let code = secret_of(&new.uri).code_at(me.now.timestamp());
        let (error, shown) = enrol_app(&me, None, &new.sealed, "1").await.unwrap_err();
        assert!(matches!(error, ServiceError::Invalid(_)));
        assert_eq!(shown.unwrap().uri, new.uri);
        assert!(enrol_app(&other, None, &new.sealed, &code).await.is_err(), "it is somebody else's");
        let late = me.at(me.now + Duration::minutes(16));
        assert!(enrol_app(&late, None, &new.sealed, &secret_of(&new.uri).code_at(late.now.timestamp())).await.is_err());
        assert!(my_factors(&me).await.unwrap().factors.is_empty());
        enrol_app(&me, None, &new.sealed, &code).await.map_err(|e| e.0).unwrap();
        assert!(matches!(begin_app(&me).await, Err(ServiceError::Refused(_))), "one app is enough");
    })
    .await;
}

#[tokio::test]
async fn a_factor_is_named_and_removed_by_its_owner_alone_and_never_by_one_administrator() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (_, me) = with_password(&app, &ctx, "ann", &[Employee]).await;
        let (_, other) = with_password(&app, &ctx, "ben", &[Employee]).await;
        app_of(&me).await;
        make_recovery_codes(&me).await.unwrap();
        let id = my_factors(&me).await.unwrap().factors[0].credential_id;
        for who in [&ctx, &me] {
            assert!(refusal(revoke_credential(who, id, "lost").await).contains("two administrators"));
        }
        assert!(matches!(name_factor(&other, id, "mine").await, Err(ServiceError::NotFound(_))));
        assert!(matches!(remove_factor(&other, None, id).await, Err(ServiceError::NotFound(_))));
        assert!(matches!(name_factor(&me, id, " ").await, Err(ServiceError::Invalid(_))));
        name_factor(&me, id, "Old phone").await.unwrap();
        assert_eq!(my_factors(&me).await.unwrap().factors[0].label, "Old phone");
        remove_factor(&me, None, id).await.unwrap();
        let mine = my_factors(&me).await.unwrap();
        assert_eq!((mine.factors.len(), mine.codes_left), (0, 0));
        assert!(matches!(sign_in(&nobody(&ctx), "ann", password(GOOD), "").await.unwrap(), FirstStep::In(_)));
    })
    .await;
}

#[tokio::test]
async fn the_end_takes_factors_and_recovery_codes_and_a_rehire_brings_none_back() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (ann, me) = with_password(&app, &ctx, "ann", &[Employee, Auditor]).await;
        app_of(&me).await;
        make_recovery_codes(&me).await.unwrap();
        let effects = end_identity(&ctx, ann, "left").await.unwrap().effects;
        assert_eq!(effects.issued_revoked, 2, "the password and the factor are in the record of the end");
        let mut tx = app.store.read().await.unwrap();
        assert_eq!(tx.recovery_codes_left(ann).await.unwrap(), 0);
        assert!(tx.usable_factors(ann, FactorKind::Code).await.unwrap().is_empty());
        assert!(tx.credentials_of(ann, 9).await.unwrap().iter().all(|c| !c.credential.state.is_live()));
        drop(tx);
        rehire_identity(&ctx, ann, ctx.today(), "back").await.unwrap();
        assert!(!app.store.read().await.unwrap().held_factors(ann).await.unwrap().any());
    })
    .await;
}
