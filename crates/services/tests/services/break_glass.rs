//! Sealed accounts for when nobody else can get in.

use chrono::Duration;
use tenure_domain::access::PortalRole;
use tenure_domain::break_glass::SealState;
use tenure_domain::id::IdentityId;
use tenure_services::accounts::{
    Browser, SignedIn, answer_resets, ask_reset, change_password, invite, portal_access, set_portal_role, set_up, sign_in, sign_out,
};
use tenure_services::break_glass::{NewBreakGlass, close_use, look, make_account, seal_account, sign_in_sealed};
use tenure_services::credentials::{NewToken, issue_token};
use tenure_services::{App, Ctx, ServiceError};
use tenure_store::PageRequest;
use tenure_store::audit::AuditFilter;
use tenure_vault::Password;

use super::support::*;

const REASON: &str = "both providers are down";
const NOTE: &str = "mended the provider, nothing else";

fn password(text: &str) -> Password {
    Password::from(text.to_owned())
}

const SECRET: &str = "an envelope of marsh and kettle";

async fn sealed(ctx: &Ctx) -> IdentityId {
    let new = NewBreakGlass { user_name: "glass-1".to_owned(), display_name: "Glass 1".to_owned(), minutes: 60 };
    let id = make_account(ctx, &new).await.unwrap();
    seal(ctx, id).await;
    id
}

async fn seal(ctx: &Ctx, id: IdentityId) {
    let link = seal_account(ctx, id).await.unwrap();
    set_up(ctx, link.expose(), password(SECRET), &password(SECRET)).await.unwrap();
}

async fn opened(ctx: &Ctx, secret: &str) -> Result<SignedIn, ServiceError> {
    let from = Browser { label: "Firefox", address: "192.0.2.1", network: "192.0.2.1", device: "" };
    sign_in_sealed(ctx, "glass-1", password(secret), REASON, &from).await
}

async fn state(app: &App, id: IdentityId) -> SealState {
    app.store.read().await.unwrap().break_glass_of(id).await.unwrap().unwrap().state
}

async fn events(app: &App, action: &str) -> usize {
    let filter = AuditFilter { action: action.to_owned(), ..AuditFilter::default() };
    app.store.read().await.unwrap().list_audit(&filter, &PageRequest::default()).await.unwrap().rows.len()
}

#[tokio::test]
async fn a_sealed_account_opens_one_session_that_ends_by_itself_and_its_password_is_dead() {
    on_each(async |app| {
        let ctx = admin(&app);
        let id = sealed(&ctx).await;
        assert_eq!(state(&app, id).await, SealState::Sealed);
        let (roles, has_password) = portal_access(&ctx, id).await.unwrap();
        assert!(roles.contains(&PortalRole::Admin) && has_password);
        let person = opened(&ctx, SECRET).await.unwrap();
        assert_eq!((person.identity_id, person.expires_at), (id, ctx.now + Duration::minutes(60)));
        assert_eq!(state(&app, id).await, SealState::Used);
        assert!(matches!(opened(&ctx, SECRET).await, Err(ServiceError::Refused(_))), "its password is dead");
        assert_eq!(events(&app, "break-glass.used").await, 1);
        let uses = look(&ctx).await.unwrap().uses;
        assert_eq!((uses.len(), uses[0].0.reason.as_str(), uses[0].0.address.as_str()), (1, REASON, "192.0.2.1"));
    })
    .await;
}

#[tokio::test]
async fn without_a_reason_or_with_a_wrong_password_nothing_opens_and_the_seal_stays() {
    on_each(async |app| {
        let ctx = admin(&app);
        let id = sealed(&ctx).await;
        let from = Browser::default();
        let short = sign_in_sealed(&ctx, "glass-1", password(SECRET), "hurry", &from).await;
        assert!(matches!(short, Err(ServiceError::Invalid(faults)) if faults[0].field == "reason"));
        let wrong = opened(&ctx, "wrong").await.unwrap_err();
        let nobody = sign_in_sealed(&ctx, "nobody", password(SECRET), REASON, &from).await.unwrap_err();
        assert_eq!(wrong.to_string(), nobody.to_string(), "the answer does not tell who there is");
        // Whoever has a password of the usual sort does not come in by this form.
        let ann = person(&ctx, "ann").await;
        let link = invite(&ctx, ann).await.unwrap();
        set_up(&ctx, link.expose(), password(SECRET), &password(SECRET)).await.unwrap();
        let usual = sign_in_sealed(&ctx, "ann", password(SECRET), REASON, &from).await;
        assert!(matches!(usual, Err(ServiceError::Refused(_))));
        assert_eq!(state(&app, id).await, SealState::Sealed);
        opened(&ctx, SECRET).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_sealed_account_has_no_other_way_in_and_nothing_that_outlives_its_session() {
    on_each(async |app| {
        let ctx = admin(&app);
        let id = sealed(&ctx).await;
        assert!(matches!(sign_in(&ctx, "glass-1", password(SECRET), "Firefox").await, Err(ServiceError::Refused(_))));
        assert!(matches!(invite(&ctx, id).await, Err(ServiceError::Refused(_))));
        let token = NewToken {
            identity_id: id,
            label: "t".to_owned(),
            purpose: "p".to_owned(),
            scopes: "identities:read".parse().unwrap(),
            networks: Default::default(),
            days: 1,
            once: None,
        };
        assert!(matches!(issue_token(&ctx, &token).await, Err(ServiceError::Refused(_))));
        ask_reset(&ctx, "glass-1", "192.0.2.1").await.unwrap();
        answer_resets(&ctx).await.unwrap();
        let person = opened(&ctx, SECRET).await.unwrap();
        let inside = signed_in(&app, id, &[PortalRole::Admin]);
        let another = "another kettle of marsh 31";
        let changed = change_password(&inside, Some(person.session), password(SECRET), password(another), &password(another)).await;
        assert!(matches!(changed, Err(ServiceError::Refused(_))));
        assert!(matches!(seal_account(&inside, id).await, Err(ServiceError::Refused(_))), "it does not seal itself");
    })
    .await;
}

#[tokio::test]
async fn sealing_anew_kills_the_password_of_before() {
    on_each(async |app| {
        let ctx = admin(&app);
        let id = sealed(&ctx).await;
        seal_account(&ctx, id).await.unwrap();
        assert_eq!(state(&app, id).await, SealState::Unsealed);
        assert!(matches!(opened(&ctx, SECRET).await, Err(ServiceError::Refused(_))));
        seal(&ctx, id).await;
        opened(&ctx, SECRET).await.unwrap();
        // And so a second time, after it was used.
        seal(&ctx, id).await;
        opened(&ctx, SECRET).await.unwrap();
        assert_eq!(look(&ctx).await.unwrap().uses.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_administrator_who_could_not_have_been_it_closes_the_review_and_with_it_the_session() {
    on_each(async |app| {
        let ctx = admin(&app);
        let (ann, bob) = (person(&ctx, "ann").await, person(&ctx, "bob").await);
        let as_admin = |id| signed_in(&app, id, &[PortalRole::Admin]);
        let (ann, bob) = (as_admin(ann), as_admin(bob));
        let id = sealed(&ann).await;
        let person = opened(&ctx, SECRET).await.unwrap();
        let used = look(&bob).await.unwrap().uses[0].0.id;
        let inside = as_admin(id);
        for involved in [&ann, &inside] {
            assert!(matches!(close_use(involved, used, NOTE).await, Err(ServiceError::Refused(_))));
        }
        assert!(matches!(close_use(&bob, used, "fine").await, Err(ServiceError::Invalid(_))), "a word says nothing");
        let auditor = signed_in(&app, bob.principal.identity_id().unwrap(), &[PortalRole::Auditor]);
        look(&auditor).await.expect("auditors see it");
        assert!(matches!(close_use(&auditor, used, NOTE).await, Err(ServiceError::Denied(_))));
        close_use(&bob, used, NOTE).await.unwrap();
        let view = look(&bob).await.unwrap().uses.remove(0).0;
        assert_eq!((view.note.as_str(), view.closed_at), (NOTE, Some(ctx.now)));
        assert_eq!(view.credential_id, person.session);
        assert_eq!(view.ended_at, Some(ctx.now), "its session ended with the review");
        assert!(matches!(close_use(&bob, used, NOTE).await, Err(ServiceError::Conflict(_))), "it is closed once");
    })
    .await;
}

#[tokio::test]
async fn a_sealed_account_does_not_count_as_the_last_administrator() {
    on_each(async |app| {
        let ctx = admin(&app);
        sealed(&ctx).await;
        let ann = person(&ctx, "ann").await;
        set_portal_role(&ctx, ann, PortalRole::Admin, true).await.unwrap();
        assert!(matches!(set_portal_role(&ctx, ann, PortalRole::Admin, false).await, Err(ServiceError::Refused(_))));
    })
    .await;
}

#[tokio::test]
async fn administrators_are_told_by_mail_and_without_an_address_the_event_says_so() {
    on_each(async |app| {
        let ctx = admin(&app);
        let ann = tenure_services::identities::create_identity(
            &ctx,
            &tenure_services::identities::NewIdentity { email: "ann@example.com".to_owned(), ..new_person("ann") },
        )
        .await
        .unwrap();
        set_portal_role(&ctx, ann, PortalRole::Admin, true).await.unwrap();
        set_portal_role(&ctx, person(&ctx, "bob").await, PortalRole::Admin, true).await.unwrap();
        sealed(&ctx).await;
        let person = opened(&ctx, SECRET).await.unwrap();
        let mails =
            tenure_services::mail::overview(&ctx, None, &PageRequest { limit: 50, ..PageRequest::default() }).await.unwrap().mails.rows;
        let told: Vec<_> = mails.iter().map(|mail| (mail.mail.kind.as_str(), mail.mail.recipient.as_str())).collect();
        assert_eq!(told, [("break-glass", "ann@example.com")]);
        let filter = AuditFilter { action: "break-glass.used".to_owned(), ..AuditFilter::default() };
        let kept = app.store.read().await.unwrap().list_audit(&filter, &PageRequest::default()).await.unwrap().rows;
        assert!(kept[0].body.contains("\"mailed\":1"), "{}", kept[0].body);
        let inside = signed_in(&app, person.identity_id, &[PortalRole::Admin]);
        sign_out(&inside, person.session).await.unwrap();
        assert!(look(&ctx).await.unwrap().uses[0].0.ended_at.is_some());
    })
    .await;
}
