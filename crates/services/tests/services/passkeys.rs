//! Passkeys: enrolled, shown beside a password, alone, and never twice; and a copy of one is found out.

use chrono::Duration;
use tenure_domain::access::PortalRole::Employee;
use tenure_domain::credential::CredentialState;
use tenure_domain::identity::Transition;
use tenure_domain::sign_in::{Level, ProvedBy};
use tenure_services::accounts::{sign_in, sign_in_from};
use tenure_services::factors::{
    confirm_passkey, confirm_passkey_begin, enrol_passkey, enrol_passkey_begin, enter, enter_begin, finish_by_code, finish_by_passkey,
    finish_passkey_begin, my_factors, passkeys_work,
};
use tenure_services::identities::{change_lifecycle, end_identity};
use tenure_services::{App, ServiceError};

use super::factor_support::*;
use super::mail_support::*;
use super::support::*;

#[tokio::test]
async fn a_passkey_signs_in_alone_and_after_a_password_and_counts_as_two_factors() {
    on_each(async |app| {
        let (app, _) = with_post(&app);
        let ctx = admin(&app);
        let (ann, me) = with_password(&app, &ctx, "ann", &[Employee]).await;
        let mut key = key_of(&me, "Laptop").await;
        let asked = enter_begin(&nobody(&ctx)).await.unwrap();
        assert_eq!(asked.options["publicKey"]["userVerification"], "required");
        let person = enter(&nobody(&ctx), &asked.asked, &key.shown(&asked), &HERE).await.unwrap();
        assert_eq!((person.identity_id, person.first, person.level), (ann, ProvedBy::Passkey, Level::Resistant));
        let waiting = half(&ctx, "ann").await;
        let asked = finish_passkey_begin(&nobody(&ctx), &waiting).await.unwrap();
        let person = finish_by_passkey(&nobody(&ctx), &waiting, &asked.asked, &key.shown(&asked), &HERE).await.unwrap();
        assert_eq!((person.first, person.level), (ProvedBy::Password, Level::Resistant));
        let asked = confirm_passkey_begin(&me).await.unwrap();
        assert_eq!(confirm_passkey(&me, &asked.asked, &key.shown(&asked)).await.unwrap().level, Level::Resistant);
        let used = my_factors(&me).await.unwrap().factors[0].clone();
        assert_eq!((used.label.as_str(), used.last_used_at), ("Laptop", Some(ctx.now)));
    })
    .await;
}

#[tokio::test]
async fn an_answer_counts_once_in_its_time_for_its_person_from_this_address_and_verified() {
    on_each(async |app| {
        let (app, _) = with_post(&app);
        let ctx = admin(&app);
        let (_, ann) = with_password(&app, &ctx, "ann", &[Employee]).await;
        let (_, ben) = with_password(&app, &ctx, "ben", &[Employee]).await;
        let (mut of_ann, mut of_ben) = (key_of(&ann, "A").await, key_of(&ben, "B").await);
        let me = nobody(&ctx);
        let asked = enter_begin(&me).await.unwrap();
        let answer = of_ann.shown(&asked);
        enter(&me, &asked.asked, &answer, &HERE).await.unwrap();
        assert!(refusal(enter(&me, &asked.asked, &answer, &HERE).await).contains("answered before"));

        let asked = enter_begin(&me).await.unwrap();
        let late = me.at(me.now + Duration::minutes(5));
        assert!(refusal(enter(&late, &asked.asked, &of_ann.shown(&asked), &HERE).await).contains("too long"));

        let (one, two) = (enter_begin(&me).await.unwrap(), enter_begin(&me).await.unwrap());
        refusal(enter(&me, &one.asked, &of_ann.shown(&two), &HERE).await);

        let asked = enter_begin(&me).await.unwrap();
        of_ann.counter += 1;
        refusal(enter(&me, &asked.asked, &of_ann.shown_at(&asked, "https://tenure.example.evil.example"), &HERE).await);

        let asked = enter_begin(&me).await.unwrap();
        of_ann.verifies = false;
        refusal(enter(&me, &asked.asked, &of_ann.shown(&asked), &HERE).await);
        of_ann.verifies = true;

        let waiting = half(&ctx, "ann").await;
        let asked = finish_passkey_begin(&me, &waiting).await.unwrap();
        assert!(refusal(finish_by_passkey(&me, &waiting, &asked.asked, &of_ben.shown(&asked), &HERE).await).contains("somebody else"));

        // Who says to be somebody else is found out by the key.
        of_ben.of = of_ann.of;
        let asked = enter_begin(&me).await.unwrap();
        refusal(enter(&me, &asked.asked, &of_ben.shown(&asked), &HERE).await);

        for rubbish in ["", "{}", "null", "[]"] {
            let asked = enter_begin(&me).await.unwrap();
            refusal(enter(&me, &asked.asked, rubbish, &HERE).await);
            let asked = enrol_passkey_begin(&ann).await.unwrap();
            refusal(enrol_passkey(&ann, None, &asked.asked, rubbish, "A").await);
        }
    })
    .await;
}

#[tokio::test]
async fn a_copy_is_refused_marked_and_told_and_the_password_alone_is_not_enough_because_of_it() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let ctx = admin(&app);
        let (_, me) = with_password(&app, &ctx, "ann", &[Employee]).await;
        let mut key = key_of(&me, "Laptop").await;
        for _ in 0..3 {
            let asked = enter_begin(&nobody(&ctx)).await.unwrap();
            enter(&nobody(&ctx), &asked.asked, &key.shown(&asked), &HERE).await.unwrap();
        }
        // The copy was made when there were fewer.
        key.counter = 2;
        let asked = enter_begin(&nobody(&ctx)).await.unwrap();
        assert!(refusal(enter(&nobody(&ctx), &asked.asked, &key.shown(&asked), &HERE).await).contains("two of it"));
        key.counter = 50;
        let asked = enter_begin(&nobody(&ctx)).await.unwrap();
        assert!(refusal(enter(&nobody(&ctx), &asked.asked, &key.shown(&asked), &HERE).await).contains("serves no more"));
        let factor = my_factors(&me).await.unwrap().factors[0].clone();
        assert_eq!(factor.copied_at, Some(ctx.now));
        let credential = app.store.read().await.unwrap().credential(factor.credential_id).await.unwrap().unwrap().credential;
        assert_eq!(credential.state, CredentialState::Compromised);
        assert_eq!(events(&app, "factor.copied").await.len(), 1);
        send_all(&app, "2024-03-01T12:00:00Z").await;
        assert!(post.last_to("ann@example.com").text.contains("copy of your passkey Laptop"));
        let waiting = half(&ctx, "ann").await;
        refusal(finish_passkey_begin(&nobody(&ctx), &waiting).await);
    })
    .await;
}

/// Bar 6 of issue 4: whoever guesses passwords locks nobody out who has a passkey.
#[tokio::test]
async fn while_wrong_passwords_and_codes_are_locked_out_the_owner_gets_in_by_passkey() {
    on_each(async |app| {
        let (app, _) = with_post(&app);
        let ctx = admin(&app);
        let (ann, me) = with_password(&app, &ctx, "ann", &[Employee]).await;
        let mut key = key_of(&me, "Laptop").await;
        let waiting = half(&ctx, "ann").await;
        for n in 0..200 {
            let network = format!("198.51.100.{n}");
            let from = tenure_services::accounts::Browser { network: &network, ..HERE };
            assert!(sign_in_from(&nobody(&ctx), "ann", password("wrong horse battery staple"), &from).await.is_err());
        }
        for _ in 0..12 {
            assert!(finish_by_code(&nobody(&ctx), &waiting, "123123", &HERE).await.is_err());
        }
        assert!(sign_in(&nobody(&ctx), "ann", password(GOOD), "").await.is_err(), "the password is locked");
        let asked = enter_begin(&nobody(&ctx)).await.unwrap();
        assert_eq!(enter(&nobody(&ctx), &asked.asked, &key.shown(&asked), &HERE).await.unwrap().identity_id, ann);
    })
    .await;
}

#[tokio::test]
async fn who_may_not_act_does_not_come_in_by_passkey_either() {
    on_each(async |app| {
        let (app, _) = with_post(&app);
        let ctx = admin(&app);
        let (ann, of_ann) = with_password(&app, &ctx, "ann", &[Employee]).await;
        let (ben, of_ben) = with_password(&app, &ctx, "ben", &[Employee]).await;
        let (mut a, mut b) = (key_of(&of_ann, "A").await, key_of(&of_ben, "B").await);
        change_lifecycle(&ctx, ann, Transition::Suspend, "investigation").await.unwrap();
        end_identity(&ctx, ben, "left").await.unwrap();
        for key in [&mut a, &mut b] {
            let asked = enter_begin(&nobody(&ctx)).await.unwrap();
            refusal(enter(&nobody(&ctx), &asked.asked, &key.shown(&asked), &HERE).await);
        }
        change_lifecycle(&ctx, ann, Transition::Resume, "cleared").await.unwrap();
        let asked = enter_begin(&nobody(&ctx)).await.unwrap();
        enter(&nobody(&ctx), &asked.asked, &a.shown(&asked), &HERE).await.expect("a suspension takes no passkey away");
    })
    .await;
}

#[tokio::test]
async fn passkeys_are_offered_where_browsers_have_them_and_refused_in_words_elsewhere() {
    on_each(async |app| {
        for (origin, so) in [
            ("https://tenure.example", true),
            ("http://localhost:3000", true),
            ("http://tenure.example", false),
            ("https://192.0.2.1", false),
            ("http://127.0.0.1:3000", false),
            ("", false),
        ] {
            let settings = tenure_services::Settings { origin: origin.to_owned(), ..Default::default() };
            let app = std::sync::Arc::new(App { settings: settings.into(), ..App::clone(&app) });
            assert_eq!(passkeys_work(&app), so, "{origin}");
            if !so {
                assert!(matches!(enter_begin(&nobody(&admin(&app))).await, Err(ServiceError::Refused(_))), "{origin}");
            }
        }
    })
    .await;
}
