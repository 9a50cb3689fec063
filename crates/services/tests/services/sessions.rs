//! Sessions live no longer than the right to them.

use std::sync::Arc;

use tenure_domain::identity::Transition;
use tenure_services::accounts::{SignedIn, authenticate_token, end_other_sessions, my_account, sign_in, sign_out};
use tenure_services::credentials::{NewToken, issue_token};
use tenure_services::identities::{change_lifecycle, end_identity, rehire_identity};
use tenure_services::{App, Ctx};
use tenure_store::accounts::SessionRecord;

use super::support::*;

/// Signs ann in and keeps the session as the portal does.
async fn session(ctx: &Ctx, cookie: &[u8]) -> SignedIn {
    let s = sign_in(&nobody(ctx), "ann", password(GOOD), "Firefox").await.unwrap().signed_in().unwrap();
    let record = SessionRecord {
        id_hash: cookie.to_vec(),
        identity_id: Some(s.identity_id),
        credential_id: Some(s.session),
        epoch: Some(s.epoch),
        data: serde_json::json!({}),
        expires_at: s.expires_at,
    };
    ctx.app.store.put_session(&record, ctx.now).await.unwrap();
    s
}

async fn lives(app: &Arc<App>, cookie: &[u8], ctx: &Ctx) -> bool {
    app.store.read().await.unwrap().live_session(cookie, ctx.now).await.unwrap().is_some()
}

#[tokio::test]
async fn a_session_is_dead_after_the_end_and_stays_dead_after_a_rehire() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        give_password(&ctx, ann).await;
        let signed_in = session(&ctx, b"cookie").await;
        assert!(lives(&app, b"cookie", &ctx).await);
        end_identity(&ctx, ann, "left").await.unwrap();
        assert!(!lives(&app, b"cookie", &ctx).await);

        // Somebody who kept the row would win nothing: the epoch is another.
        let kept = SessionRecord {
            id_hash: b"kept".to_vec(),
            identity_id: Some(ann),
            credential_id: Some(signed_in.session),
            epoch: Some(signed_in.epoch),
            data: serde_json::json!({}),
            expires_at: signed_in.expires_at,
        };
        app.store.put_session(&kept, ctx.now).await.unwrap();
        assert!(!lives(&app, b"kept", &ctx).await);
        rehire_identity(&ctx, ann, ctx.today(), "back").await.unwrap();
        assert!(!lives(&app, b"kept", &ctx).await);
        assert!(sign_in(&nobody(&ctx), "ann", password(GOOD), "").await.is_err(), "the old password is gone too");
    })
    .await;
}

#[tokio::test]
async fn a_suspension_ends_sessions_and_tokens_for_good_and_keeps_the_password() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        give_password(&ctx, ann).await;
        let old = session(&ctx, b"cookie").await;
        let new = NewToken { identity_id: ann, label: "t".to_owned(), purpose: "p".to_owned(), may_write: false, days: 9, once: None };
        let token = issue_token(&ctx, &new).await.unwrap().token;
        let works = async || authenticate_token(&app, token.expose(), ctx.now).await.unwrap().is_some();
        assert!(lives(&app, b"cookie", &ctx).await && works().await);
        change_lifecycle(&ctx, ann, Transition::Suspend, "investigation").await.unwrap();
        assert!(!lives(&app, b"cookie", &ctx).await && !works().await);
        let event = events(&app, "identity.suspend").await.remove(0).body;
        assert!(event.contains(r#""api_tokens":1"#) && event.contains(r#""sessions":1"#) && event.contains(r#""epoch":1"#), "{event}");

        change_lifecycle(&ctx, ann, Transition::Resume, "cleared").await.unwrap();
        assert!(!lives(&app, b"cookie", &ctx).await && !works().await, "they do not come back");
        // Nor by a row that the portal writes late.
        let late = SessionRecord {
            id_hash: b"late".to_vec(),
            identity_id: Some(ann),
            credential_id: Some(old.session),
            epoch: Some(old.epoch),
            data: serde_json::json!({}),
            expires_at: old.expires_at,
        };
        app.store.put_session(&late, ctx.now).await.unwrap();
        assert!(!lives(&app, b"late", &ctx).await);
        let again = session(&ctx, b"again").await;
        assert!(lives(&app, b"again", &ctx).await && again.epoch == old.epoch + 1, "the password stays");
    })
    .await;
}

#[tokio::test]
async fn signing_out_ends_one_session_and_twice_is_no_error() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        give_password(&ctx, ann).await;
        let first = session(&ctx, b"one").await;
        session(&ctx, b"two").await;
        let me = signed_in(&app, ann, &[tenure_domain::access::PortalRole::Employee]);
        sign_out(&me, first.session).await.unwrap();
        sign_out(&me, first.session).await.unwrap();
        assert!(!lives(&app, b"one", &ctx).await && lives(&app, b"two", &ctx).await);
        assert_eq!(my_account(&me).await.unwrap().sessions.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn all_other_sessions_end_and_the_one_in_use_stays() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        give_password(&ctx, ann).await;
        session(&ctx, b"one").await;
        let kept = session(&ctx, b"two").await;
        let me = signed_in(&app, ann, &[tenure_domain::access::PortalRole::Employee]);
        assert_eq!(end_other_sessions(&me, Some(kept.session)).await.unwrap(), 1);
        assert!(!lives(&app, b"one", &ctx).await && lives(&app, b"two", &ctx).await);
    })
    .await;
}

#[tokio::test]
async fn nobody_ends_the_session_of_another() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (ann, ben) = (person(&ctx, "ann").await, person(&ctx, "ben").await);
        give_password(&ctx, ann).await;
        let hers = session(&ctx, b"cookie").await;
        let other = signed_in(&app, ben, &[tenure_domain::access::PortalRole::Employee]);
        assert!(tenure_services::accounts::end_session(&other, hers.session).await.is_err());
        assert!(lives(&app, b"cookie", &ctx).await);
    })
    .await;
}
