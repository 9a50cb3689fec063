//! A forgotten password: the same answer for everybody, a link that works once and not for long.

use chrono::Duration;
use tenure_domain::access::PortalRole;
use tenure_services::accounts::{answer_resets, ask_reset, change_password, invite, look_at_link, set_up, sign_in};
use tenure_services::identities::end_identity;
use tenure_services::{App, Ctx, ServiceError, testing};

use super::mail_support::*;
use super::support::*;

const NOON: &str = "2024-03-01T12:00:00Z";
const NEW: &str = "seven otters under the bridge";

/// Answers who waits, and sends. How many mails there were until now.
async fn work(app: &std::sync::Arc<App>, when: &str, post: &Post) -> usize {
    answer_resets(&testing::worker_ctx(app).at(moment(when))).await.unwrap();
    send_all(app, when).await;
    post.taken().iter().filter(|message| message.subject == "Tenure: choose a new password").count()
}

async fn is_dead(ctx: &Ctx, token: &str) -> bool {
    matches!(look_at_link(ctx, token).await, Err(ServiceError::Refused(_)))
}

#[tokio::test]
async fn a_mailed_link_replaces_the_password_once_ends_all_sessions_and_a_mail_says_so() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let ctx = admin(&app);
        let ann = addressed(&ctx, "ann").await;
        give_password(&ctx, ann).await;
        let session = sign_in(&nobody(&ctx), "ann", password(GOOD), "").await.unwrap().signed_in().unwrap().session;
        ask_reset(&nobody(&ctx), "ANN", "192.0.2.1").await.unwrap();
        assert_eq!(work(&app, NOON, &post).await, 1);
        let token = token_in(&post.last_to("ann@example.com"));
        for _ in 0..3 {
            look_at_link(&nobody(&ctx), &token).await.unwrap();
        }
        assert!(sign_in(&nobody(&ctx), "ann", password(GOOD), "").await.is_ok(), "until then the old one serves");
        ask_reset(&nobody(&ctx), "ann", "192.0.2.1").await.unwrap();
        work(&app, "2024-03-01T12:00:01Z", &post).await;
        let token = token_in(&post.last_to("ann@example.com"));
        set_up(&nobody(&ctx), &token, password(NEW), &password(NEW)).await.unwrap();
        assert!(is_dead(&nobody(&ctx), &token).await);
        assert!(sign_in(&nobody(&ctx), "ann", password(GOOD), "").await.is_err());
        let credential = app.store.read().await.unwrap().credential(session).await.unwrap().unwrap();
        assert_eq!(credential.credential.state.as_str(), "revoked");
        assert_eq!(events(&app, "password.set").await.len(), 2);
        send_all(&app, "2024-03-01T12:00:02Z").await;
        assert_eq!(post.last_to("ann@example.com").subject, "Tenure: your password was changed");
    })
    .await;
}

#[tokio::test]
async fn nobody_learns_from_the_answer_whether_there_is_such_a_person() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let ctx = admin(&app);
        addressed(&ctx, "no-password").await;
        let gone = addressed(&ctx, "gone").await;
        give_password(&ctx, gone).await;
        end_identity(&ctx, gone, "left").await.unwrap();
        give_password(&ctx, person(&ctx, "no-address").await).await;
        for name in ["nobody", "no-password", "gone", "no-address", "x' OR 1=1 --"] {
            ask_reset(&nobody(&ctx), name, "192.0.2.1").await.unwrap();
        }
        let asked = events(&app, "password.reset-asked").await;
        assert_eq!(asked.len(), 5);
        assert!(asked.iter().all(|event| event.identity_id.is_none() && event.target_id.is_empty()));
        assert_eq!(work(&app, NOON, &post).await, 0);
        assert!(!app.store.resets_wait().await.unwrap());
        for wrong in ["", "  ", "a\nb", &"x".repeat(321)] {
            assert!(matches!(ask_reset(&nobody(&ctx), wrong, "192.0.2.1").await, Err(ServiceError::Invalid(_))), "{wrong:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_link_is_over_after_half_an_hour_by_another_by_a_sign_in_and_by_an_end() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let ctx = admin(&app);
        let ann = addressed(&ctx, "ann").await;
        give_password(&ctx, ann).await;
        let mut at = moment(NOON);
        let mut link = async || {
            at += Duration::hours(2);
            let now = ctx.at(at);
            ask_reset(&nobody(&now), "ann", "192.0.2.1").await.unwrap();
            work(&app, &at.to_rfc3339(), &post).await;
            (now, token_in(&post.last_to("ann@example.com")))
        };
        let (now, old) = link().await;
        assert!(!is_dead(&now.at(now.now + Duration::minutes(29)), &old).await);
        assert!(is_dead(&now.at(now.now + Duration::minutes(30)), &old).await);
        ask_reset(&nobody(&now), "ann", "192.0.2.1").await.unwrap();
        work(&app, &(now.now + Duration::minutes(1)).to_rfc3339(), &post).await;
        assert!(is_dead(&now, &old).await, "another took its place");
        let (now, token) = link().await;
        sign_in(&nobody(&now), "ann", password(GOOD), "").await.unwrap();
        assert!(is_dead(&now, &token).await);
        let (now, token) = link().await;
        end_identity(&now, ann, "left").await.unwrap();
        assert!(is_dead(&now, &token).await);
    })
    .await;
}

#[tokio::test]
async fn one_person_gets_three_links_an_hour_and_one_address_asks_twenty_times() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let ctx = admin(&app);
        give_password(&ctx, addressed(&ctx, "ann").await).await;
        for n in 0..5 {
            ask_reset(&nobody(&ctx), "ann", &format!("192.0.2.{n}")).await.unwrap();
            work(&app, NOON, &post).await;
        }
        assert_eq!(work(&app, NOON, &post).await, 3);
        for _ in 0..20 {
            ask_reset(&nobody(&ctx), "nobody", "198.51.100.1").await.unwrap();
        }
        assert!(matches!(ask_reset(&nobody(&ctx), "nobody", "198.51.100.1").await, Err(ServiceError::Refused(_))));
        ask_reset(&nobody(&ctx), "nobody", "198.51.100.2").await.unwrap();
        let later = ctx.at(ctx.now + Duration::hours(1));
        ask_reset(&nobody(&later), "nobody", "198.51.100.1").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_invitation_that_waits_is_not_mailed_once_another_link_took_its_place() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let ctx = admin(&app);
        let ann = addressed(&ctx, "ann").await;
        give_password(&ctx, ann).await;
        let invitation = invite(&ctx, ann).await.unwrap();
        ask_reset(&nobody(&ctx), "ann", "192.0.2.1").await.unwrap();
        assert_eq!(work(&app, NOON, &post).await, 1);
        let links: Vec<String> = post.taken().iter().filter(|message| message.text.contains("token=")).map(token_in).collect();
        assert_eq!(links.len(), 1, "only the link that works is mailed");
        assert!(is_dead(&nobody(&ctx), invitation.expose()).await);
        assert!(!is_dead(&nobody(&ctx), &links[0]).await);
    })
    .await;
}

#[tokio::test]
async fn an_administrators_link_is_over_once_its_owner_uses_or_changes_the_password() {
    on_each(async |app| {
        let (app, _post) = with_post(&app);
        let ctx = admin(&app);
        let ann = addressed(&ctx, "ann").await;
        give_password(&ctx, ann).await;
        let link = invite(&ctx, ann).await.unwrap();
        sign_in(&nobody(&ctx), "ann", password(GOOD), "").await.unwrap();
        assert!(is_dead(&nobody(&ctx), link.expose()).await);
        let link = invite(&ctx, ann).await.unwrap();
        let me = signed_in(&app, ann, &[PortalRole::Employee]);
        change_password(&me, None, password(GOOD), password(NEW), &password(NEW)).await.unwrap();
        assert!(is_dead(&nobody(&ctx), link.expose()).await);
    })
    .await;
}

#[tokio::test]
async fn a_link_that_waits_in_the_outbox_is_not_mailed_to_who_has_ended() {
    on_each(async |app| {
        let (app, post) = with_post(&app);
        let ctx = admin(&app);
        let ann = addressed(&ctx, "ann").await;
        invite(&ctx, ann).await.unwrap();
        end_identity(&ctx, ann, "left").await.unwrap();
        assert_eq!(work(&app, NOON, &post).await, 0);
        assert_eq!(post.taken(), []);
    })
    .await;
}
