//! Many wrong passwords: the account is locked for whoever guesses, and open for its owner.

use std::sync::Arc;

use chrono::Duration;
use tenure_services::accounts::limits::{Limit, attempts};
use tenure_services::accounts::{Browser, invite, note_sign_in, set_up, sign_in_from};
use tenure_services::places::Places;
use tenure_services::schedule::run_due;
use tenure_services::{App, Ctx, ServiceError, testing};

use super::mail_support::*;
use super::support::*;

const WRONG: &str = "a crane stands in shallow water";
const NEW: &str = "seven otters under the bridge";

fn from<'b>(network: &'b str, device: &'b str) -> Browser<'b> {
    Browser { label: "Firefox", address: network, network, device }
}

async fn words(ctx: &Ctx, name: &str, text: &str, from: &Browser<'_>) -> String {
    match sign_in_from(&nobody(ctx), name, password(text), from).await {
        Err(ServiceError::Refused(words)) => words,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn guessing_from_many_addresses_locks_the_password_but_not_the_browser_of_its_owner() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let ctx = admin(&app);
        let ann = addressed(&ctx, "ann").await;
        give_password(&ctx, ann).await;
        let cookie = note_sign_in(&nobody(&ctx), ann, &from("192.0.2.1", "")).await.unwrap();
        let refusals_before = refused_events(&app).await.len();
        for n in 0..200 {
            words(&ctx, "ann", WRONG, &from(&format!("198.51.100.{n}"), "")).await;
        }
        assert_eq!(refused_events(&app).await.len() - refusals_before, 10, "what is over the limit is not computed, and writes nothing");
        words(&ctx, "ann", GOOD, &from("203.0.113.1", "")).await;
        words(&ctx, "ann", GOOD, &from("192.0.2.1", "rubbish.of.a-cookie")).await;
        sign_in_from(&nobody(&ctx), "ann", password(GOOD), &from("192.0.2.1", &cookie)).await.unwrap();
        send_all(&app, "2024-03-01T12:00:00Z").await;
        assert_eq!(post.taken().iter().filter(|message| message.subject == "Tenure: your password is locked").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_known_browser_has_ten_tries_of_its_own_and_is_known_for_its_own_people_only() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (ann, bob) = (person(&ctx, "ann").await, person(&ctx, "bob").await);
        for who in [ann, bob] {
            give_password(&ctx, who).await;
        }
        let of_ann = note_sign_in(&nobody(&ctx), ann, &from("192.0.2.1", "")).await.unwrap();
        for n in 0..10 {
            words(&ctx, "bob", WRONG, &from(&format!("198.51.100.{n}"), &of_ann)).await;
        }
        words(&ctx, "bob", GOOD, &from("192.0.2.1", &of_ann)).await;
        let of_both = note_sign_in(&nobody(&ctx), bob, &from("192.0.2.1", &of_ann)).await.unwrap();
        // The sign-in by another way that gave it has forgiven what came before, but not the lock.
        words(&ctx, "bob", GOOD, &from("192.0.2.9", "")).await;
        sign_in_from(&nobody(&ctx), "bob", password(GOOD), &from("192.0.2.1", &of_both)).await.unwrap();
        for _ in 0..10 {
            words(&ctx, "ann", WRONG, &from("192.0.2.1", &of_both)).await;
        }
        // Its own tries are used up, and were nobody's else.
        assert_eq!(attempts(&ctx, Limit::SignInByName, "ann").await.unwrap(), 0);
        sign_in_from(&nobody(&ctx), "ann", password(GOOD), &from("192.0.2.7", "")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_name_that_nobody_has_is_refused_in_the_same_words_and_after_as_many_tries() {
    on_each(async |app| {
        let ctx = admin(&app);
        give_password(&ctx, person(&ctx, "ann").await).await;
        let mut said = Vec::new();
        for name in ["ann", "nobody"] {
            for n in 0..12 {
                let from = format!("198.51.100.{n}");
                said.push(words(&ctx, name, WRONG, &self::from(&from, "")).await);
            }
            assert_eq!(attempts(&ctx, Limit::SignInByName, name).await.unwrap(), 10, "{name}");
        }
        said.dedup();
        assert_eq!(said.len(), 1, "{said:?}");
        let hashed = refused_events(&app).await.iter().filter(|event| event.action == "sign-in").count();
        assert_eq!(hashed, 20, "ten each");
    })
    .await;
}

#[tokio::test]
async fn an_address_that_tries_many_names_is_refused_until_its_window_is_over_and_counters_are_swept() {
    on_each(async |app| {
        let ctx = admin(&app);
        give_password(&ctx, person(&ctx, "ann").await).await;
        for n in 0..100 {
            words(&ctx, &format!("name-{n}"), WRONG, &from("198.51.100.1", "")).await;
        }
        assert!(words(&ctx, "ann", GOOD, &from("198.51.100.1", "")).await.contains("from here"));
        sign_in_from(&nobody(&ctx), "ann", password(GOOD), &from("198.51.100.2", "")).await.unwrap();
        let later = ctx.at(ctx.now + Duration::minutes(10));
        sign_in_from(&nobody(&later), "ann", password(GOOD), &from("198.51.100.1", "")).await.unwrap();
        let end = testing::worker_ctx(&app).at(ctx.now + Duration::hours(1));
        run_due(&end).await.unwrap();
        assert_eq!(app.store.sweep_attempts(end.now).await.unwrap(), 0);
        assert_eq!(attempts(&ctx, Limit::SignInByAddress, "198.51.100.1").await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn tries_at_the_same_moment_are_all_counted() {
    on_each(async |app| {
        let ctx = admin(&app);
        let tries = (0..40).map(|_| tenure_services::accounts::limits::count_attempt(&ctx, Limit::ResetByAddress, "192.0.2.1"));
        let counted = futures::future::join_all(tries).await;
        let below = counted.into_iter().filter(|limited| matches!(limited, Ok(tenure_services::accounts::limits::Limited::Below))).count();
        assert_eq!(below, 20);
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_unlike_those_before_is_an_event_and_a_mail_to_whoever_it_is() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let ctx = admin(&app);
        let ann = addressed(&ctx, "ann").await;
        let cookie = note_sign_in(&nobody(&ctx), ann, &from("192.0.2.1", "")).await.unwrap();
        assert_eq!(note_sign_in(&nobody(&ctx), ann, &from("192.0.2.1", &cookie)).await.unwrap(), cookie, "it stays the same browser");
        assert_eq!(events(&app, "sign-in.unusual").await.len(), 0);
        note_sign_in(&nobody(&ctx), ann, &from("203.0.113.5", "")).await.unwrap();
        assert_eq!(events(&app, "sign-in.unusual").await.len(), 1);
        send_all(&app, "2024-03-01T12:00:00Z").await;
        let mail = post.last_to("ann@example.com");
        assert!(mail.text.contains("a browser in which you did not sign in before") && mail.text.contains("203.0.113.5"), "{}", mail.text);
        assert!(mail.text.contains("https://tenure.example/account"), "{}", mail.text);
        for _ in 0..60 {
            note_sign_in(&nobody(&ctx), ann, &from("192.0.2.1", &cookie)).await.unwrap();
        }
        assert_eq!(app.store.read().await.unwrap().sign_ins_of(ann, 1000).await.unwrap().len(), 50);
    })
    .await;
}

#[tokio::test]
async fn whoever_forgot_it_signs_in_with_the_new_one_however_often_the_old_one_was_guessed() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        give_password(&ctx, ann).await;
        for n in 0..12 {
            words(&ctx, "ann", WRONG, &from(&format!("198.51.100.{n}"), "")).await;
        }
        let link = invite(&ctx, ann).await.unwrap();
        set_up(&nobody(&ctx), link.expose(), password(NEW), &password(NEW)).await.unwrap();
        sign_in_from(&nobody(&ctx), "ann", password(NEW), &from("203.0.113.1", "")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn many_tries_at_once_by_a_copied_cookie_lock_the_password_as_others_do() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        give_password(&ctx, ann).await;
        let cookie = note_sign_in(&nobody(&ctx), ann, &from("192.0.2.1", "")).await.unwrap();
        let tries = (0..30).map(|n| {
            let (ctx, cookie, network) = (nobody(&ctx), cookie.clone(), format!("198.51.100.{n}"));
            async move { sign_in_from(&ctx, "ann", password(WRONG), &from(&network, &cookie)).await.is_err() }
        });
        assert!(futures::future::join_all(tries).await.into_iter().all(|refused| refused));
        // Ten were the browser's own; the others led to the lock.
        words(&ctx, "ann", GOOD, &from("203.0.113.1", "")).await;
        words(&ctx, "ann", GOOD, &from("203.0.113.1", &cookie)).await;
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_from_the_other_end_of_the_world_an_hour_later_is_told_with_its_place() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let table = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/places.mmdb"));
        let app = Arc::new(App { places: Some(Arc::new(Places::open(table).unwrap())), ..App::clone(&app) });
        let ctx = admin(&app);
        let ann = addressed(&ctx, "ann").await;
        let cookie = note_sign_in(&nobody(&ctx), ann, &from("192.0.2.1", "")).await.unwrap();
        // From the next town, and from nowhere that is known, at once.
        for near in ["203.0.113.1", "10.0.0.1"] {
            note_sign_in(&nobody(&ctx), ann, &from(near, &cookie)).await.unwrap();
        }
        let later = ctx.at(ctx.now + Duration::hours(1));
        note_sign_in(&nobody(&later), ann, &from("198.51.100.9", &cookie)).await.unwrap();
        let unusual = events(&app, "sign-in.unusual").await;
        assert_eq!(unusual.len(), 1);
        assert_eq!(told(&unusual[0])["reason"], "impossible-travel");
        send_all(&app, "2024-03-01T13:30:00Z").await;
        assert!(post.last_to("ann@example.com").text.contains("198.51.100.9 (Sydney, AU)"));
    })
    .await;
}
