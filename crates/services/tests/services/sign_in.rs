//! Sign-in: the same words whatever was wrong, a lock after ten, and the right password.

use chrono::Duration;
use tenure_domain::access::PortalRole;
use tenure_domain::identity::Transition;
use tenure_services::accounts::{change_password, sign_in};
use tenure_services::credentials::revoke_credential;
use tenure_services::identities::{change_lifecycle, end_identity};
use tenure_services::{Ctx, ServiceError};

use super::support::*;

const WRONG: &str = "a crane stands in shallow water";

async fn refusal(ctx: &Ctx, user_name: &str, text: &str) -> String {
    match sign_in(&nobody(ctx), user_name, password(text), "").await {
        Err(ServiceError::Refused(words)) => words,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_right_password_signs_in_whatever_the_case_of_the_name() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        give_password(&ctx, ann).await;
        let done = sign_in(&nobody(&ctx), "ANN", password(GOOD), "Firefox").await.unwrap().signed_in().unwrap();
        assert_eq!((done.identity_id, done.epoch, done.expires_at), (ann, 0, ctx.now + Duration::hours(24)));
        assert_eq!(events(&app, "sign-in").await[0].identity_id, Some(ann));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_does_not_tell_what_was_wrong_and_leaves_a_row() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        person(&ctx, "no-password").await;
        let away = person(&ctx, "suspended").await;
        for who in [ann, away] {
            give_password(&ctx, who).await;
        }
        change_lifecycle(&ctx, away, Transition::Suspend, "investigation").await.unwrap();
        let words = refusal(&ctx, "ann", WRONG).await;
        for (name, text) in [("nobody", GOOD), ("no-password", GOOD), ("suspended", GOOD), ("ann", "")] {
            assert_eq!(refusal(&ctx, name, text).await, words, "{name}");
        }
        assert_eq!(refused_events(&app).await.iter().filter(|e| e.action == "sign-in").count(), 5);
    })
    .await;
}

#[tokio::test]
async fn ten_wrong_passwords_lock_for_half_an_hour_also_against_the_right_one() {
    on_each(async |app| {
        let ctx = admin(&app);
        give_password(&ctx, person(&ctx, "ann").await).await;
        for _ in 0..10 {
            refusal(&ctx, "ann", WRONG).await;
        }
        refusal(&ctx, "ann", GOOD).await;
        refusal(&ctx.at(ctx.now + Duration::minutes(29)), "ann", GOOD).await;
        let later = ctx.at(ctx.now + Duration::minutes(31));
        sign_in(&nobody(&later), "ann", password(GOOD), "").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn nine_wrong_passwords_are_forgotten_by_a_right_one() {
    on_each(async |app| {
        let ctx = admin(&app);
        give_password(&ctx, person(&ctx, "ann").await).await;
        for _ in 0..2 {
            for _ in 0..9 {
                refusal(&ctx, "ann", WRONG).await;
            }
            sign_in(&nobody(&ctx), "ann", password(GOOD), "").await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_the_current_one() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        give_password(&ctx, ann).await;
        let me = signed_in(&app, ann, &[PortalRole::Employee]);
        let new = "seven otters under the bridge";
        assert!(matches!(change_password(&me, None, password(WRONG), password(new), &password(new)).await, Err(ServiceError::Invalid(_))));
        assert!(matches!(change_password(&me, None, password(GOOD), password(new), &password(GOOD)).await, Err(ServiceError::Invalid(_))));
        change_password(&me, None, password(GOOD), password(new), &password(new)).await.unwrap();
        refusal(&ctx, "ann", GOOD).await;
        sign_in(&nobody(&ctx), "ann", password(new), "").await.unwrap();
    })
    .await;
}

/// Checking and hashing take long, so that whatever runs beside them comes in between.
#[tokio::test]
async fn an_end_or_a_revocation_beside_a_change_of_password_wins() {
    on_each(async |app| {
        let ctx = admin(&app);
        let new = "seven otters under the bridge";
        for (name, end) in [("ann", true), ("ben", false)] {
            let who = person(&ctx, name).await;
            give_password(&ctx, who).await;
            let me = signed_in(&app, who, &[PortalRole::Employee]);
            let repeated = password(new);
            let change = change_password(&me, None, password(GOOD), password(new), &repeated);
            let stop = async {
                if end {
                    end_identity(&ctx, who, "left").await.map(drop)
                } else {
                    let credential = app.store.read().await.unwrap().credentials_of(who, 9).await.unwrap().remove(0).credential;
                    revoke_credential(&ctx, credential.id, "leaked").await.map(drop)
                }
            };
            let (_, stopped) = tokio::join!(change, stop);
            stopped.unwrap();
            assert_eq!(app.store.read().await.unwrap().local_account(who).await.unwrap(), None, "{name}");
            refusal(&ctx, name, new).await;
            refusal(&ctx, name, GOOD).await;
            let left = app.store.read().await.unwrap().credentials_of(who, 9).await.unwrap();
            assert!(left.iter().all(|c| !c.credential.state.is_live()), "{name}: {left:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn of_two_who_change_one_password_at_once_one_wins() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        give_password(&ctx, ann).await;
        let me = signed_in(&app, ann, &[PortalRole::Employee]);
        let (one, two) = ("seven otters under the bridge", "eight otters under the bridge");
        let repeated = (password(one), password(two));
        let (first, second) = tokio::join!(
            change_password(&me, None, password(GOOD), password(one), &repeated.0),
            change_password(&me, None, password(GOOD), password(two), &repeated.1),
        );
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        let kept = if first.is_ok() { one } else { two };
        sign_in(&nobody(&ctx), "ann", password(kept), "").await.unwrap();
    })
    .await;
}
