//! Sessions live no longer than the right to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Duration;
use tenure_domain::access::{PortalRole, TokenScopes};
use tenure_domain::identity::Transition;
use tenure_domain::session::SessionLimits;
use tenure_services::accounts::{
    SignedIn, authenticate_token, discard_draft, end_other_sessions, keep_draft, my_account, my_draft, set_portal_role, sign_in, sign_out,
};
use tenure_services::credentials::{NewToken, issue_token};
use tenure_services::identities::{change_lifecycle, end_identity, rehire_identity};
use tenure_services::session_limits::{apply_limits, plan_limits, session_settings};
use tenure_services::{App, Ctx, ServiceError};
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
        address: String::new(),
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
            address: String::new(),
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
        let new = NewToken {
            identity_id: ann,
            label: "t".to_owned(),
            purpose: "p".to_owned(),
            scopes: TokenScopes::reading(),
            networks: Default::default(),
            days: 9,
            once: None,
        };
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
            address: String::new(),
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

/// Limits of one role, and the others as they are.
fn only(role: PortalRole, overall: i64, idle: i64) -> BTreeMap<PortalRole, SessionLimits> {
    BTreeMap::from([(role, SessionLimits { overall, idle })])
}

#[tokio::test]
async fn limits_hold_for_live_sessions_of_that_role_and_those_that_are_over_end_at_once() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = person(&ctx, "ann").await;
        give_password(&ctx, ann).await;
        session(&ctx, b"cookie").await;
        let later = ctx.at(ctx.now + Duration::minutes(20));
        assert!(lives(&app, b"cookie", &later).await);
        let wanted = only(PortalRole::Auditor, 720, 15);
        assert_eq!(plan_limits(&later, &wanted).await.unwrap().ends, 0, "she is no auditor");
        set_portal_role(&ctx, ann, PortalRole::Auditor, true).await.unwrap();
        let plan = plan_limits(&later, &wanted).await.unwrap();
        assert_eq!((plan.ends, plan.changes.len()), (1, 1));
        assert!(lives(&app, b"cookie", &later).await, "a plan changes nothing");
        assert_eq!(apply_limits(&later, &wanted).await.unwrap(), 1);
        assert!(!lives(&app, b"cookie", &ctx).await, "it is gone, and not only too old");
        assert_eq!(events(&app, "session-limits.changed").await.len(), 1);
        assert_eq!(apply_limits(&later, &wanted).await.unwrap(), 0);
        assert_eq!(events(&app, "session-limits.changed").await.len(), 1, "what changes nothing leaves no event");
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_by_the_strictest_limits_of_what_is_held_now() {
    on_each(async |app| {
        let ctx = admin(&app);
        apply_limits(&ctx, &only(PortalRole::Admin, 30, 10)).await.unwrap();
        let ann = person(&ctx, "ann").await;
        give_password(&ctx, ann).await;
        let first = session(&ctx, b"cookie").await;
        assert_eq!((first.idle_minutes, first.expires_at), (60, ctx.now + Duration::hours(24)));
        let after = |minutes| ctx.at(ctx.now + Duration::minutes(minutes));
        assert!(lives(&app, b"cookie", &after(11)).await);
        set_portal_role(&ctx, ann, PortalRole::Admin, true).await.unwrap();
        assert!(lives(&app, b"cookie", &after(9)).await && !lives(&app, b"cookie", &after(10)).await);
        for minute in [8, 16, 24] {
            let now = after(minute).now;
            app.store.touch_session(b"cookie", now, now + Duration::minutes(10), "192.0.2.7").await.unwrap();
        }
        assert!(lives(&app, b"cookie", &after(29)).await && !lives(&app, b"cookie", &after(30)).await, "however much it is used");
        let again = session(&ctx, b"again").await;
        assert_eq!((again.idle_minutes, again.expires_at), (10, after(30).now));
        let me = signed_in(&app, ann, &[PortalRole::Admin]);
        assert!(my_account(&me.at(after(29).now)).await.unwrap().sessions.iter().any(|s| s.address == "192.0.2.7"));
    })
    .await;
}

#[tokio::test]
async fn limits_beyond_the_bounds_are_refused_by_field_and_an_auditor_changes_none() {
    on_each(async |app| {
        let ctx = admin(&app);
        let Err(ServiceError::Invalid(faults)) = plan_limits(&ctx, &only(PortalRole::Admin, 10, 60)).await else { panic!("too short") };
        assert_eq!(faults.iter().map(|f| f.field).collect::<Vec<_>>(), ["admin_overall", "admin_idle"]);
        let auditor = signed_in(&app, person(&ctx, "ann").await, &[PortalRole::Auditor]);
        assert_eq!(session_settings(&auditor).await.unwrap().limits.len(), 4);
        assert!(matches!(apply_limits(&auditor, &only(PortalRole::Admin, 720, 15)).await, Err(ServiceError::Denied(_))));
    })
    .await;
}

#[tokio::test]
async fn a_form_of_a_session_that_ran_out_is_kept_for_its_owner_for_ten_minutes() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (ann, bob) = (person(&ctx, "ann").await, person(&ctx, "bob").await);
        give_password(&ctx, ann).await;
        session(&ctx, b"cookie").await;
        let fields = "user_name=svc.late&display_name=Late";
        let keep = async |now| keep_draft(&app, b"cookie", "/identities/new", fields, now).await.unwrap();
        assert!(!keep(ctx.now).await, "it lives");
        let late = ctx.now + Duration::hours(25);
        assert!(keep(late).await);
        let of = async |who, now| my_draft(&signed_in(&app, who, &[PortalRole::Employee]).at(now)).await.unwrap();
        let draft = of(ann, late).await.unwrap();
        assert_eq!((draft.path.as_str(), draft.fields.as_str()), ("/identities/new", fields));
        assert_eq!(of(bob, late).await, None);
        assert_eq!(of(ann, late + Duration::minutes(10)).await, None);
        discard_draft(&signed_in(&app, ann, &[PortalRole::Employee])).await.unwrap();
        assert_eq!(of(ann, late).await, None);
        // Whose session somebody ended is not helped along.
        change_lifecycle(&ctx, ann, Transition::Suspend, "investigation").await.unwrap();
        assert!(!keep(late).await);
    })
    .await;
}
